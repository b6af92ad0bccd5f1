"""The books of a scenario: what was asked for, what was answered, and whether the database agrees.

The rule: every acknowledged write is there exactly once; every unanswered one once or not at all, and sending it again gives
the first result; every change has its line in the history; every pending invitation has a mail in the outbox; no mail
left without a row there.
"""

import json
import random
import threading
import time
import uuid

from .client import Client, Unanswered, words
from .world import OWNER, demand

PLACES = {
    "partner": "/settings/profile/partners/new",
    "record": "/settings/partner-records/new",
    "invitation": "/settings/invitations/new",
}
# Table and column in which the marker of a write is found again.
TABLES = {"partner": ("organisations", "name"), "call": ("organisations", "name"), "record": ("partner_records", "company_name"), "invitation": ("invitations", "email")}


class Entry:
    def __init__(self, kind, marker, form):
        self.kind, self.marker, self.form = kind, marker, form
        self.state, self.location, self.tries = "new", "", 0


class Ledger:
    def __init__(self, world):
        self.world, self.entries, self.lock = world, [], threading.Lock()
        self.statuses, self.slowest, self.broken, self.run = {}, 0.0, 0, uuid.uuid4().hex[:6]
        self.writing, self.threads, self.made, self.key = False, [], 0, None

    def new(self, kind=None):
        with self.lock:
            kind = kind or random.choice(["partner", "call", "record", "invitation"])
            self.made += 1
            number = self.made
            once = {"once": str(uuid.uuid4())}
            if kind == "partner":
                marker = f"Partner {self.run} {number}"
                form = dict(once, name=marker, logo="", zuora_account_id=f"A{uuid.uuid4().hex[:12]}", salesforce_account_id="", invoice_owner="partner")
            elif kind == "call":
                marker = f"Partner {self.run} {number}"
                form = {"name": marker, "zuoraAccountId": f"A{uuid.uuid4().hex[:12]}", "isZuoraInvoiceOwner": True}
            elif kind == "record":
                marker = f"Record {self.run} {number}"
                form = dict(once, company_name=marker, partner_type="customer", email="a@b.example", sales_amount="1",
                            frequency="monthly", payment_terms="30 days net")
            else:
                marker = f"i{self.run}n{number}@guest.example"
                form = dict(once, email=marker, role="auditor", language="en", lifetime_days="7", reminder="true", kind="")
            entry = Entry(kind, marker, form)
            self.entries.append(entry)
            return entry

    def send(self, client, entry, door=None):
        """One try. The state says what is known afterwards."""
        entry.tries += 1
        try:
            answer = self.call(client, entry, door) if entry.kind == "call" else client.post(PLACES[entry.kind], entry.form, door=door)
        except Unanswered:
            entry.state = "unanswered"
            return None
        with self.lock:
            self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
            self.slowest = max(self.slowest, answer.seconds)
        if answer.status == 201 and entry.kind == "call":
            answer.headers["location"] = json.loads(answer.body)["id"]
        if answer.status in (201, 303) and not answer.location.startswith("/signin"):
            if entry.location:
                demand(entry.location == answer.location, f"{entry.marker}: sent again, and another result: {answer.location}")
            entry.state, entry.location = "acknowledged", answer.location
        # 409: the call that nobody answered is still under way.
        elif answer.status in (502, 503, 504) or (answer.status == 409 and entry.kind == "call"):
            entry.state = "unanswered"
        else:
            entry.state = f"refused {answer.status} {words(answer.body)[:160]}"
        return answer

    def call(self, client, entry, door):
        """By the API, under a key of its own."""
        if not self.key:
            with self.lock:
                self.key = self.key or self.world.api_key()
        headers = {"X-Api-Key": self.key, "Content-Type": "application/json", "Idempotency-Key": f"{self.run}-{entry.marker.split()[-1]}"}
        return client.send("POST", "/api/v1/organisations", headers=headers, door=door, body=json.dumps(entry.form))

    def signed_in(self, door):
        return Client(self.world.base, door).sign_in(OWNER)

    def begin(self, doors, writers=4):
        """Writers that go on until `end`, whatever happens to the portal. `doors` gives the port to knock at."""
        self.key = self.key or self.world.api_key()
        self.writing = True
        clients = [self.signed_in(doors()) for _ in range(writers)]

        def write(client):
            while self.writing:
                entry = self.new()
                self.send(client, entry, door=doors())
                if entry.state == "unanswered":
                    time.sleep(0.02)

        self.threads = [threading.Thread(target=write, args=(client,), daemon=True) for client in clients]
        for thread in self.threads:
            thread.start()
        return clients

    def end(self):
        self.writing = False
        for thread in self.threads:
            thread.join(30)
            demand(not thread.is_alive(), "a writer hangs")

    def count(self, state):
        return sum(1 for entry in self.entries if entry.state == state)

    def found(self):
        """Marker → ids, for each kind."""
        found = {}
        for kind, (table, column) in TABLES.items():
            for marker, key in self.world.postgres.sql(f"SELECT {column}, id FROM {table}", self.database):
                found.setdefault((kind, marker), []).append(key)
        return found

    @property
    def database(self):
        return self.world.environment["DATABASE_URL"].rsplit("/", 1)[1]

    def settle(self, door):
        """Compares with the database, sends again what was not answered, compares again. Tells the figures."""
        refused = sorted({entry.state for entry in self.entries if entry.state.startswith("refused")})
        demand(not refused, f"well-formed writes were refused: {refused[:2]} {self.statuses}")
        before, acknowledged = self.found(), self.count("acknowledged")
        open_ones = [entry for entry in self.entries if entry.state == "unanswered"]
        committed = sum(1 for entry in open_ones if before.get((entry.kind, entry.marker)))
        self.compare(before)
        client = self.signed_in(door)
        for entry in open_ones:
            first = before.get((entry.kind, entry.marker))
            for _ in range(40):
                self.send(client, entry)
                if entry.state == "acknowledged":
                    break
                time.sleep(0.25)
            demand(entry.state == "acknowledged", f"{entry.marker} cannot be sent again: {entry.state}")
            if first and entry.kind != "invitation":
                demand(entry.location.endswith(first[0]), f"{entry.marker}: sent again, and not the first result")
        self.compare(self.found())
        return f"{len(self.entries)} writes, {acknowledged} acknowledged, {len(open_ones)} unanswered of which {committed} had committed; lost 0, twice 0, partial 0"

    def compare(self, found):
        lost, twice, elsewhere = [], [], []
        for entry in self.entries:
            ids = found.get((entry.kind, entry.marker), [])
            if len(ids) > 1:
                twice.append(entry.marker)
            if entry.state == "acknowledged":
                if not ids:
                    lost.append(entry.marker)
                elif entry.kind != "invitation" and not entry.location.endswith(ids[0]):
                    elsewhere.append(entry.marker)
        demand(not lost, f"LOST: {len(lost)} acknowledged writes are not there, such as {lost[:1]}")
        demand(not twice, f"TWICE: {len(twice)} writes are there more than once, such as {twice[:1]}")
        demand(not elsewhere, f"{len(elsewhere)} writes are not where the answer said, such as {elsewhere[:1]}")
        audit(self.world, self.database)

    def mails_fit(self):
        """Nobody got a mail that no row of the outbox tells of, and what is called sent has come. Copies of each, by row."""
        rows = dict(self.world.postgres.sql("SELECT id, state FROM mails", self.database))
        copies, strays = {}, []
        for mail in list(self.world.sink.mails):
            row = (mail["id"] or "").strip("<>").split(".")[0]
            copies[row] = copies.get(row, 0) + 1
            if row not in rows:
                strays.append(mail["id"])
        demand(not strays, f"STRAY MAIL: {len(strays)} mails left without a row, such as {strays[:1]}")
        missing = [row for row, state in rows.items() if state == "sent" and row not in copies]
        demand(not missing, f"LOST MAIL: {len(missing)} mails are called sent and never came")
        return copies


# Each finds rows that must not be; the words say what they would mean.
BOOKS = {
    "NO HISTORY: partners without the line of their creation":
        "SELECT o.id FROM organisations o WHERE o.kind = 'partner' AND (SELECT count(*) FROM audit_events a WHERE a.object_id = o.id AND a.verb = 'create') <> 1",
    "NO HISTORY: partner records without the line of their creation":
        "SELECT r.id FROM partner_records r WHERE (SELECT count(*) FROM audit_events a WHERE a.object_id = r.id AND a.verb = 'create') <> 1",
    "NO HISTORY: invitations without the line that tells of them":
        "SELECT i.id FROM invitations i WHERE i.batch_id IS NULL AND (SELECT count(*) FROM audit_events a WHERE a.object_id = i.id AND a.verb = 'invite') <> 1",
    "PARTIAL: lines of the history about what was never made":
        "SELECT a.id FROM audit_events a WHERE a.verb = 'create' AND a.object_kind = 'organisation' AND NOT EXISTS (SELECT FROM organisations o WHERE o.id = a.object_id)",
    "NO MAIL: pending invitations without a mail in the outbox":
        "SELECT i.id FROM invitations i WHERE i.state = 'pending' AND NOT EXISTS (SELECT FROM mails m WHERE m.invitation_id = i.id)",
    "NO LINK: pending invitations without a link":
        "SELECT i.id FROM invitations i WHERE i.state = 'pending' AND NOT EXISTS (SELECT FROM invitation_links l WHERE l.invitation_id = i.id)",
    "PARTIAL: form keys that point at nothing":
        "SELECT k.key FROM used_form_keys k WHERE k.location ~ '/settings/profile/partners/[0-9a-f-]{36}$' AND NOT EXISTS (SELECT FROM organisations o WHERE o.id = right(k.location, 36)::uuid)",
    "TWICE: mails of one link in the outbox more than once":
        "SELECT min(id::text) FROM mails WHERE kind = 'invitation' GROUP BY invitation_id, generation HAVING count(*) > 1",
}


def audit(world, database="guildhall"):
    """What must hold of the whole database, whoever wrote it."""
    for meaning, query in BOOKS.items():
        rows = world.postgres.sql(query, database)
        demand(not rows, f"{meaning}: {len(rows)}, such as {rows[:1]}")
