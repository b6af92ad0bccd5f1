"""The scenarios: what is broken, and what must hold all the same. Each returns its figures as one sentence."""

import json
import os
import random
import signal
import subprocess
import threading
import time

from kit.client import Client, Unanswered, words, words_of
from kit.ledger import Ledger, audit
from kit.proxy import Wire
from kit.world import OWNER, Failed, Postgres, Skipped, World, demand, free_port, german, is_open, until

LIST = "/settings/profile/partners"
# Every page that only reads, as its owner sees it.
READING = [LIST, "/settings/staff", "/settings/invitations", "/settings/partner-records", "/settings/connections", "/settings/history",
           "/settings/bin", "/settings", "/account", "/settings/api-clients", "/settings/profile"]
# A request is answered within this, whatever the database does; what the network and a busy machine add comes on top.
ANSWERED = 5.0 + 0.7


def plant_into(ledger, world):
    """What a broken portal would leave behind; the accounting must see it."""
    database, sql = ledger.database, world.postgres.sql
    if world.plant == "twice":
        sql("""INSERT INTO organisations (id, tenant_id, kind, parent_id, name, name_key, time_zone, created_at, updated_at)
               SELECT gen_random_uuid(), tenant_id, kind, parent_id, name, name_key || 'x', time_zone, now(), now()
               FROM organisations WHERE name LIKE 'Partner %' LIMIT 1""", database)
    if world.plant == "no-history":
        sql("SET session_replication_role = replica; DELETE FROM audit_events WHERE id = (SELECT id FROM audit_events WHERE verb = 'create' AND object_name LIKE 'Partner %' LIMIT 1)", database)
    if world.plant == "no-mail":
        sql("SET session_replication_role = replica; DELETE FROM mails WHERE invitation_id = (SELECT id FROM invitations WHERE state = 'pending' LIMIT 1)", database)
    if world.plant == "half":
        sql("SET session_replication_role = replica; DELETE FROM organisations WHERE name LIKE 'Partner %' AND id = (SELECT min(id::text)::uuid FROM organisations WHERE name LIKE 'Partner %')", database)
    if world.plant == "stray-mail":
        world.sink.keep(["nobody@guest.example"], b"Message-ID: <0198.1@nowhere>\r\nSubject: planted\r\n\r\n")
    if world.plant == "lost":
        # As if the last acknowledged write had been answered by somebody who never passed it on.
        entry = ledger.new("partner")
        entry.state, entry.location = "acknowledged", "/settings/profile/partners/01980000-0000-7000-8000-000000000000"


# What is planted, and the scenario that must catch it.
PLANTS = dict.fromkeys(["lost", "twice", "half", "no-history", "no-mail", "stray-mail", "not-killed"], "portal-killed")
PLANTS["unnoticed"] = "restore"


def closed(ledger, world, portal):
    plant_into(ledger, world)
    said = ledger.settle(portal.port)
    ledger.mails_fit()
    demand(not portal.faults(), f"the portal logged faults of its own: {portal.faults()[:1]}")
    odd = {status: number for status, number in ledger.statuses.items() if status not in (201, 303, 503)}
    demand(not odd, f"answers that nobody expects: {odd}")
    return said


def often(long, quick):
    """How many cycles: `long` may be a number of them."""
    return quick if not long else 1000 if long is True else long


def portal_killed(world, long):
    """kill -9 of the portal, again and again, under writes."""
    cycles = often(long, 10)
    portal, ledger = world.portal().start(), Ledger(world)
    ledger.begin(lambda: portal.port)
    slowest = 0.0
    for _ in range(cycles):
        time.sleep(random.uniform(0.15, 0.45))
        portal.kill(world.plant)
        begun = time.monotonic()
        portal.start()
        slowest = max(slowest, time.monotonic() - begun)
    time.sleep(0.3)
    ledger.end()
    return f"{cycles} kills; {closed(ledger, world, portal)}; ready again in at most {slowest:.1f} s"


def database_killed(world, long):
    """kill -9 and immediate stops of PostgreSQL, again and again, under writes. The portal is never restarted."""
    cycles = often(long, 4)
    settings = dict(world.postgres.sql("SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit')"))
    demand(set(settings.values()) == {"on"}, f"PostgreSQL is not durable here: {settings}")
    portal, ledger = world.portal().start(), Ledger(world)
    ledger.begin(lambda: portal.port)
    reader, slowest = ledger.signed_in(portal.port), 0.0
    for cycle in range(cycles):
        time.sleep(random.uniform(0.15, 0.45))
        if cycle % 2:
            world.postgres.stop("immediate")
        else:
            world.postgres.kill()
        world.postgres.start()
        begun = time.monotonic()
        first = reader.get(LIST)
        demand(first.status == 200, f"the first request after recovery gets {first.status}: {words(first.body)}")
        slowest = max(slowest, time.monotonic() - begun)
    time.sleep(0.3)
    ledger.end()
    return f"{cycles} stops; {closed(ledger, world, portal)}; the first page afterwards in at most {slowest:.1f} s"


def backend_terminated(world, long):
    """Backends terminated inside their transactions."""
    seconds = 60 if long else 4
    portal, ledger = world.portal().start(), Ledger(world)
    ledger.begin(lambda: portal.port, writers=6)
    ended, until_then = 0, time.monotonic() + seconds
    while time.monotonic() < until_then:
        ended += int(world.postgres.one(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'guildhall' AND xact_start IS NOT NULL"))
        time.sleep(0.03)
    ledger.end()
    demand(ended > 5, f"only {ended} backends were caught inside a transaction")
    return f"{ended} backends terminated; {closed(ledger, world, portal)}"


def silent(world, portal, ledger, seconds, begin, end):
    """While PostgreSQL says nothing: every request is answered in time, and afterwards all is well by itself."""
    reader = ledger.signed_in(portal.port)
    reader.patience = 12
    stranger = world.client(portal, 12)
    begin()
    seen, slowest, lock, threads = {}, {"page": 0.0, "live": 0.0}, threading.Lock(), []
    until_then = time.monotonic() + seconds

    def ask(client, path, kind):
        while time.monotonic() < until_then:
            try:
                answer = client.get(path)
            except Unanswered as problem:
                with lock:
                    seen[(path, f"no answer: {problem}")] = 1
                return
            with lock:
                seen[(path, answer.status)] = seen.get((path, answer.status), 0) + 1
                slowest[kind] = max(slowest[kind], answer.seconds)
            time.sleep(0.05)

    for path, client, kind in [(LIST, reader, "page")] * 8 + [("/settings/history", reader, "page"), ("/health/ready", stranger, "page"),
                                                              ("/health/live", stranger, "live"), ("/signin", stranger, "live")]:
        threads.append(threading.Thread(target=ask, args=(client, path, kind), daemon=True))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds + 20)
    end()
    recovered = until(lambda: reader.get(LIST).status == 200, 15, "the portal does not recover by itself")
    until(lambda: portal.health("ready") == 200, 15, "the portal does not get ready by itself")
    odd = {key: number for key, number in seen.items() if key[1] != (200 if key[0] in ("/health/live", "/signin") else 503)}
    demand(not odd, f"while the database was silent: {odd}")
    demand(slowest["page"] <= ANSWERED, f"a request took {slowest['page']:.1f} s")
    demand(slowest["live"] <= 1.0, f"what needs no database took {slowest['live']:.1f} s")
    return f"{sum(seen.values())} requests, the slowest {slowest['page']:.1f} s, without database {slowest['live']:.2f} s; well again after {recovered:.1f} s"


def frozen(world, long):
    """PostgreSQL stops answering without going away (SIGSTOP), under writes."""
    portal, ledger = world.portal().start(), Ledger(world)
    ledger.begin(lambda: portal.port, writers=2)
    family = []
    said = silent(world, portal, ledger, 30 if long else 7, lambda: family.extend(world.postgres.freeze()), lambda: world.postgres.thaw(family))
    time.sleep(0.3)
    ledger.end()
    return f"{said}; {closed(ledger, world, portal)}"


def dropped(world, long):
    """Packets between portal and PostgreSQL vanish, under writes."""
    wire = Wire(free_port(), ("127.0.0.1", world.postgres.port))
    world.closing.append(wire.close)
    portal, ledger = world.portal(DATABASE_URL=world.over_wire(wire.listener.getsockname()[1])).start(), Ledger(world)
    ledger.begin(lambda: portal.port, writers=2)
    said = silent(world, portal, ledger, 30 if long else 7, lambda: setattr(wire, "mode", "swallow"), lambda: setattr(wire, "mode", "pass"))
    time.sleep(0.3)
    ledger.end()
    return f"{said}; {closed(ledger, world, portal)}"


def exhausted(world, _long):
    """Every connection is held by a statement that waits."""
    portal, ledger = world.portal().start(), Ledger(world)
    reader, stranger = ledger.signed_in(portal.port), world.client(portal)
    holder = world.postgres.hold("LOCK TABLE organisations IN ACCESS EXCLUSIVE MODE", 7)
    answers, lock = [], threading.Lock()

    def ask(client, path):
        answer = client.get(path)
        with lock:
            answers.append((path, answer.status, answer.seconds, answer.headers.get("retry-after")))

    threads = [threading.Thread(target=ask, args=(reader, LIST), daemon=True) for _ in range(24)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    asset = next(part for part in stranger.get("/signin").body.split('"') if part.startswith("/static/"))
    free = {path: stranger.get(path) for path in ("/health/live", "/signin", asset)}
    for thread in threads:
        thread.join(20)
        demand(not thread.is_alive(), "a request hangs")
    holder.wait(20)
    demand(all(answer.status == 200 and answer.seconds < 0.5 for answer in free.values()), f"what needs no database waited: {[(p, a.status, a.seconds) for p, a in free.items()]}")
    odd = [answer for answer in answers if answer[1] != 503 or answer[2] > ANSWERED or not answer[3]]
    demand(not odd, f"answers that nobody expects: {odd[:3]}")
    waited = sorted(answer[2] for answer in answers)
    until(lambda: reader.get(LIST).status == 200, 10, "the portal does not recover by itself")
    return f"24 requests for 4 connections: all 503 with Retry-After, half within {waited[12]:.1f} s, the last after {waited[-1]:.1f} s; sign-in, static files and /health/live within {max(a.seconds for a in free.values()):.2f} s"


def disk_full(world, _long):
    """No room for the data, then room again; the server says so in German, where it can."""
    if os.getuid() != 0:
        raise Skipped("needs root, for a disk of its own")
    disk = f"{world.folder}/small"
    os.makedirs(disk)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=160m,mode=711", "none", disk], capture_output=True).returncode:
        raise Skipped("this machine lets nobody mount a disk of its own")
    world.closing.append(lambda: subprocess.run(["umount", "-l", disk], check=False))
    locales = german(world.folder)
    tongue = ["lc_messages = 'de_DE.UTF-8'"] if locales else []
    small = Postgres(f"{disk}/pg", settings=["max_wal_size = 32MB", "min_wal_size = 32MB", "wal_keep_size = 0", *tongue], locales=locales)
    world.closing.append(lambda: small.stop("immediate"))
    world.closing.reverse()
    first, world.postgres = world.postgres, small
    world.closing.append(lambda: setattr(world, "postgres", first))
    world.fresh()
    portal, ledger = world.portal().start(), Ledger(world)
    clients = ledger.begin(lambda: portal.port, writers=2)
    time.sleep(0.3)
    ballast = f"{disk}/ballast"
    with open(ballast, "wb") as file:
        try:
            while True:
                file.write(b"\0" * 65536)
                file.flush()
        except OSError:
            pass
    full = until(lambda: ledger.count("unanswered") >= 3, 40, "no write ever failed: the disk was not full")
    ledger.end()
    pages = {path: clients[0].get(path).status for path in READING}
    said = {status for status in ledger.statuses}
    refused = world.client(portal)
    refused.cookies, refused.csrf = clients[0].cookies, clients[0].csrf
    answer = refused.post("/settings/profile/partners/new", ledger.new("partner").form)
    ledger.entries.pop()
    os.unlink(ballast)
    with open(small.log, encoding="utf-8", errors="replace") as log:
        demand(("FEHLER" in log.read()) == bool(locales), "the server did not speak the language that it was to speak")
    demand(said <= {201, 303, 503}, f"writes on a full disk were answered {said}")
    demand(answer.status in (503, 303), f"a write on a full disk: {answer.status} {words(answer.body)}")
    demand(set(pages.values()) == {200}, f"pages on a full disk: {pages}")
    recovered = until(lambda: ledger.send(clients[0], ledger.new("partner")) and ledger.entries[-1].state == "acknowledged", 30, "no write works after there is room again")
    return f"full after {full:.1f} s, told in {'German' if locales else 'English'}: writes 503, {len(pages)} pages 200; with room again well after {recovered:.1f} s without a hand; {closed(ledger, world, portal)}"


def read_only(world, _long):
    """The database takes no writes: maintenance, or a standby."""
    portal, ledger = world.portal().start(), Ledger(world)
    reader = ledger.signed_in(portal.port)
    made, machine = [ledger.new("partner") for _ in range(3)], {"X-Api-Key": world.api_key()}
    for entry in made:
        ledger.send(reader, entry)
    # The visit would be noted, if it could be.
    world.postgres.sql("UPDATE sessions SET last_seen_at = last_seen_at - interval '2 minutes'")
    again = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'guildhall'"
    world.postgres.sql(f"ALTER DATABASE guildhall SET default_transaction_read_only = on; {again}")
    pages = {path: reader.get(path) for path in READING + [made[0].location]}
    odd = {path: (answer.status, words(answer.body)) for path, answer in pages.items() if answer.status != 200}
    demand(not odd, f"pages of a database that is read-only: {odd}")
    calls = {path: world.client(portal).get(path, headers=machine).status for path in ("/api/v1/organisations", "/api/v1/partner-invitations")}
    demand(set(calls.values()) == {200}, f"API reads of a database that is read-only: {calls}")
    refused = [reader.post(path, ledger.new("partner").form) for path in ("/settings/profile/partners/new", "/settings/partner-records/new")]
    del ledger.entries[-2:]
    refused[1] = reader.post("/settings/partner-records/new", ledger.new("record").form)
    ledger.entries.pop()
    stranger = world.client(portal)
    door, begun = stranger.get("/signin"), stranger.get("/signin/begin/test")
    for answer in [*refused, begun]:
        demand(answer.status == 503 and "reading only" in answer.body and answer.headers.get("retry-after"), f"{answer.status} {words(answer.body)}")
    demand(door.status == 200, f"the page of the sign-in: {door.status}")
    demand(portal.health("live") == 200 and portal.health("ready") == 200, "a portal that can be read is not ready")
    world.postgres.sql(f"SET default_transaction_read_only = off; ALTER DATABASE guildhall RESET default_transaction_read_only; {again}")
    recovered = until(lambda: ledger.send(reader, ledger.new("partner")) and ledger.entries[-1].state == "acknowledged", 10, "no write works afterwards")
    return f"{len(pages)} pages and {len(calls)} API reads 200, writes and sign-in 503 saying so; well again after {recovered:.1f} s; {closed(ledger, world, portal)}"


def provider_down(world, long):
    """The identity provider is gone, broken, or slow."""
    figures = []
    for mode in ("gone", "error", "slow"):
        portal = world.portal(f"portal-{mode}").start()
        signed_in = Ledger(world).signed_in(portal.port)
        world.end_processes()
        if mode == "gone":
            world.provider.down()
        else:
            world.provider.mode = mode
        # A new process knows nothing of the provider yet.
        portal.start()
        begun = time.monotonic()
        refused = world.client(portal).get("/signin/begin/test")
        took = time.monotonic() - begun
        demand(refused.status == 503 and took <= 10.5, f"provider {mode}: {refused.status} after {took:.1f} s")
        second = world.client(portal).get("/signin/begin/test")
        demand(second.status == 503, f"provider {mode}: {second.status}")
        demand(signed_in.get(LIST).status == 200, "people who are signed in are disturbed")
        world.provider.mode = "well"
        if mode == "gone":
            world.provider.up()
        recovered = until(lambda: world.client(portal).get("/signin/begin/test").status == 303, 60, "sign-in does not recover")
        Ledger(world).signed_in(portal.port)
        world.end_processes()
        figures.append(f"{mode}: 503 in {took:.1f} s, then in {second.seconds:.1f} s, back after {recovered:.0f} s")
    return "; ".join(figures)


def queued(ledger, client, number):
    for _ in range(number):
        entry = ledger.new("invitation")
        ledger.send(client, entry)
        demand(entry.state == "acknowledged", f"an invitation was not taken: {entry.state}")


def mail_down(world, long):
    """The mail server is gone, slow, or takes a mail and never says so."""
    portal, ledger = world.portal().start(), Ledger(world)
    client, sql = ledger.signed_in(portal.port), world.postgres.sql
    due = "UPDATE mails SET due_at = now() - interval '1 second' WHERE kind = 'invitation' AND state IN ('queued', 'deferred')"

    def waiting(states="'queued', 'deferred'"):
        return int(world.postgres.one(f"SELECT count(*) FROM mails WHERE kind = 'invitation' AND state IN ({states})"))

    world.sink.down()
    queued(ledger, client, 10)
    until(lambda: waiting("'deferred'") == 10, 20, "nobody noticed that the mail server is gone")
    world.sink.mode = "slow"
    world.sink.up()
    sql(due)
    queued(ledger, client, 4)
    slowest = ledger.slowest
    until(lambda: waiting() == 0, 60, "the mails do not leave")
    # Twice the content was taken and the line went dead before the answer.
    world.sink.mode = "drop"
    queued(ledger, client, 3)
    until(lambda: len(world.sink.mails) >= 17, 20, "no mail came")
    until(lambda: waiting("'deferred'") == 3, 20, "the lost answers were not noticed")
    world.sink.mode = "well"
    sql(due)
    until(lambda: waiting() == 0, 20, "the mails do not leave")
    copies = ledger.mails_fit()
    again = [number for number in copies.values() if number > 1]
    demand(max(copies.values()) <= 2 and len(again) <= 3, f"copies: {sorted(copies.values())[-5:]}")
    bodies = {}
    for mail in world.sink.mails:
        bodies.setdefault(mail["id"], set()).add(mail["raw"])
    demand(all(len(raw) == 1 for raw in bodies.values()), "the second copy of a mail is another mail")
    demand(slowest < 2.0, f"a request waited {slowest:.1f} s for the mail server")
    return f"{len(copies)} mails; gone and slow: each once, the slowest request {slowest:.2f} s; 3 never confirmed: {len(again)} second copies, byte for byte the first; {closed(ledger, world, portal)}"


def two_instances(world, long):
    """Two portals on one database: the same outbox, the same form at the same time."""
    one, two = world.portal("one").start(), world.portal("two").start()
    ledger = Ledger(world)
    client, mails = ledger.signed_in(one.port), 10000 if long else 500
    world.sink.down()
    for part in range(0, mails, 500):
        rows = "\n".join(f"many{ledger.run}n{number}@guest.example" for number in range(part, part + 500))
        form = {"list": rows, "role": "auditor", "language": "en", "lifetime_days": "7", "reminder": "", "typos": "true", "confirm": "1", "once": f"00000000-0000-4000-8000-{part:012d}"}
        answer = client.post("/settings/invitations/many", form)
        demand(answer.status in (200, 303), f"a list is not taken: {answer.status} {words(answer.body)}")
    total = int(world.postgres.one("SELECT count(*) FROM mails WHERE kind = 'invitation'"))
    demand(total == mails, f"{total} mails for {mails} rows: {words(answer.body)}")
    world.sink.up()
    begun = time.monotonic()
    world.postgres.sql("UPDATE mails SET state = 'queued', leased_until = NULL, due_at = now() - interval '1 second' WHERE kind = 'invitation'")
    until(lambda: world.postgres.one("SELECT count(*) FROM mails WHERE kind = 'invitation' AND state <> 'sent'") == "0", 600 if long else 60, "the mails do not leave")
    took = time.monotonic() - begun
    copies = ledger.mails_fit()
    demand(len(copies) == mails and max(copies.values()) == 1, f"TWICE: {sum(1 for n in copies.values() if n > 1)} of {len(copies)} mails came more than once")
    rounds = 1000 if long else 30
    for _ in range(rounds):
        entry = ledger.new(random.choice(["partner", "record"]))
        answers = [None, None]

        def press(at, door):
            answers[at] = client.post("/settings/profile/partners/new" if entry.kind == "partner" else "/settings/partner-records/new", entry.form, door=door)

        threads = [threading.Thread(target=press, args=(at, portal.port), daemon=True) for at, portal in enumerate((one, two))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        demand([answer.status for answer in answers] == [303, 303] and answers[0].location == answers[1].location,
               f"the same form at two portals: {[(a.status, a.location) for a in answers]}")
        entry.state, entry.location = "acknowledged", answers[0].location
    return f"{mails} mails by two workers in {took:.1f} s: 0 twice; {rounds} forms sent to both at once: 1 thing each; {closed(ledger, world, two)}"


def told_to_stop(world, long):
    """SIGTERM while requests are under way: all are finished."""
    rounds, finished = 20 if long else 3, 0
    ledger = Ledger(world)
    for number in range(rounds):
        portal = world.portal(f"portal-{number}").start()
        clients = [ledger.signed_in(portal.port) for _ in range(4)]
        holder = world.postgres.hold("LOCK TABLE organisations IN ACCESS EXCLUSIVE MODE", 1.2)
        entries = [ledger.new("partner") for _ in clients]
        threads = [threading.Thread(target=ledger.send, args=pair, daemon=True) for pair in zip(clients, entries)]
        for thread in threads:
            thread.start()
        time.sleep(0.4)
        code = portal.terminate()
        for thread in threads:
            thread.join(20)
        holder.wait(10)
        demand(code == 0, f"SIGTERM ends with {code}")
        states = [entry.state for entry in entries]
        demand(states == ["acknowledged"] * 4, f"requests under way at SIGTERM: {states} {ledger.statuses}")
        demand(not is_open(portal.port), "the port is still open")
        finished += 4
    portal = world.portal("afterwards").start()
    return f"{rounds} times SIGTERM with 4 requests under way: {finished} finished; {closed(ledger, world, portal)}"


def restarted(world, long):
    """Restarts (SIGTERM, start) under writes, as an upgrade does."""
    cycles = 200 if long else 4
    portal, ledger = world.portal().start(), Ledger(world)
    ledger.begin(lambda: portal.port)
    for _ in range(cycles):
        time.sleep(0.5)
        demand(portal.terminate() == 0, "SIGTERM does not end well")
        portal.start()
    time.sleep(0.3)
    ledger.end()
    demand(set(ledger.statuses) <= {201, 303}, f"answers during restarts: {ledger.statuses}")
    return f"{cycles} restarts, no error was ever answered; {closed(ledger, world, portal)}"


def schema(world, database):
    # Without privileges: they name the role of the second wall, which is called after its database.
    dump = world.postgres.run("pg_dump", "-h", world.postgres.folder, "-p", str(world.postgres.port), "-U", "guildhall", "--schema-only", "--no-privileges", database).stdout
    return "\n".join(line for line in dump.splitlines() if not line.startswith(("\\restrict", "\\unrestrict")))


def migration(world, long):
    """A migration killed half-way, then two at once."""
    wanted, kills, landed = schema(world, "guildhall"), 60 if long else 8, 0
    for number in range(kills):
        world.postgres.sql('DROP DATABASE IF EXISTS half WITH (FORCE)', "postgres")
        world.postgres.sql('CREATE DATABASE half', "postgres")
        environment = dict(world.environment, DATABASE_URL=world.postgres.url("half"))
        start = lambda: subprocess.Popen([world.binary, "migrate"], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        first = start()
        world.processes.append(first)
        time.sleep(random.uniform(0.02, 0.25))
        first.kill()
        first.wait(10)
        landed += world.postgres.one("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", "half") not in ("0", str(wanted.count("CREATE TABLE ")))
        both = [start(), start()]
        world.processes.extend(both)
        codes = [process.wait(60) for process in both]
        demand(codes == [0, 0], f"two migrations at once end with {codes}")
        demand(schema(world, "half") == wanted, "the schema is another one than that of an undisturbed migration")
    pending = world.command("serve", check=False, DATABASE_URL=world.postgres.url("postgres"))
    demand(pending.returncode != 0 and "migrate" in pending.stderr, f"a portal starts on an empty database: {pending.stderr}")
    return f"{kills} kills, {landed} of them between two migrations; twice two at once: the same schema, byte for byte"


def configuration(world, _long):
    """Mistakes in the configuration: one line for each, and no start."""
    mistakes = {
        "GUILDHALL_SECRET_KEY": "abc", "BASE_URL": "http://portal.example.com", "DATABASE_URL": "mysql://localhost/x", "OIDC_TEST_ISSUER": "http://id.example.com",
        "PORT": "eighty", "LISTEN": "everywhere", "WORKERS": "0", "DATABASE_POOL_SIZE": "none", "SMTP_URL": "http://mail.example.com", "MAIL_FROM": "nobody",
        "OIDC_TEST_ALGORITHMS": "none", "OIDC_TEST_TRUST_EMAIL": "perhaps", "OIDC_TEST_AUTH_METHOD": "telepathy", "OIDC_TEST_CLIENT_ID": "",
    }
    for name, value in mistakes.items():
        done = world.command("serve", check=False, **{name: value})
        lines = [line for line in done.stderr.splitlines() if line.startswith("  ")]
        demand(done.returncode != 0 and len(lines) == 1 and lines[0].strip().startswith(name) and (value not in done.stderr or len(value) < 5), f"{name}={value}: {done.stderr}")
    everything = world.command("serve", check=False, **mistakes)
    lines = [line for line in everything.stderr.splitlines() if line.startswith("  ")]
    demand(len(lines) == len(mistakes), f"{len(mistakes)} mistakes, {len(lines)} lines: {everything.stderr}")
    nobody = world.command("serve", check=False, DATABASE_URL=f"postgres://guildhall@127.0.0.1:{free_port()}/x")
    demand(nobody.returncode != 0 and "cannot be reached" in nobody.stderr, f"no database: {nobody.stderr}")
    return f"{len(mistakes)} mistakes, each alone and all together: one line each, no value shown, exit code not 0; an unreachable database too"


def dumped(world, into):
    """Backs the portal's database up and restores it as another one, as the README says."""
    postgres, dump = world.postgres, f"{world.postgres.folder}/backup"
    at = ["-h", postgres.folder, "-p", str(postgres.port), "-U", "guildhall"]
    if not os.path.exists(dump):
        postgres.run("pg_dump", *at, "-Fc", "-f", dump, "guildhall")
    postgres.run("createdb", *at, into)
    postgres.run("pg_restore", *at, "--exit-on-error", "--no-privileges", "-d", into, dump)


def restore(world, _long):
    """A backup with mails that have left since: a new database, and one put under a running portal."""
    portal, ledger = world.portal().start(), Ledger(world)
    client, sql = ledger.signed_in(portal.port), world.postgres.sql
    queued(ledger, client, 3)
    until(lambda: len(world.sink.mails) == 3, 20, "the first mails do not leave")
    world.sink.down()
    queued(ledger, client, 4)
    portal.kill()
    sql("UPDATE mails SET state = 'queued', leased_until = NULL, due_at = now() - interval '1 second' WHERE kind = 'invitation' AND state <> 'sent'")
    dumped(world, "restored")
    if world.plant == "unnoticed":
        sql("UPDATE installation SET mark = database_mark()", "restored")
    # Life goes on after the backup: the four leave, and somebody joins.
    world.sink.up()
    portal.start()
    until(lambda: len(world.sink.mails) == 7, 20, "the mails do not leave")
    lost = ledger.new("partner")
    ledger.send(client, lost)
    closed(ledger, world, portal)
    portal.terminate()
    ledger.entries.remove(lost)

    world.environment["DATABASE_URL"] = world.postgres.url("restored")
    again = world.portal("restored").start()
    time.sleep(5)
    demand(len(world.sink.mails) == 7, f"TWICE: a restored backup sent {len(world.sink.mails) - 7} mails that had left")
    told = json.loads(world.client(again).get("/health/worker").body)
    demand(told["held"] == 4 and told["restored_at"], f"the health does not say so: {told}")
    demand("restored from a backup" in open(again.log, encoding="utf-8").read(), "the log does not say so")
    demand(client.get(LIST, door=again.port).status == 303, "a session of before the backup goes on")
    fresh = ledger.signed_in(again.port)
    demand("was restored from a backup" in words_of(fresh.get("/settings/history").body), "the history does not say so")
    queued(ledger, fresh, 1)
    until(lambda: len(world.sink.mails) == 8, 20, "new mails do not leave")
    audit(world, "restored")
    dropped_ = world.command("restored", "--drop").stdout
    demand(dropped_.startswith("4 mails"), dropped_)

    # The same under a portal that runs: the old database is gone, the backup has its name.
    dumped(world, "third")
    kick = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'guildhall'"
    sql("SELECT 1", "postgres")
    for _ in range(50):
        sql(f"{kick}; ALTER DATABASE restored RENAME TO gone", "postgres", check=False)
        if world.postgres.one("SELECT count(*) FROM pg_database WHERE datname = 'gone'", "postgres") == "1":
            break
    sql("ALTER DATABASE third RENAME TO restored", "postgres")
    until(lambda: again.health("ready") == 200, 20, "the portal does not find the restored database")
    time.sleep(5)
    demand(len(world.sink.mails) == 8, f"TWICE: a backup put under a running portal sent {len(world.sink.mails) - 8} mails")
    demand(json.loads(world.client(again).get("/health/worker").body)["held"] == 4, "the running portal did not notice")
    released = world.command("restored", "--release").stdout
    until(lambda: len(world.sink.mails) == 12, 20, f"what was released does not leave: {released}")
    kept = world.command("restored").stdout
    demand(kept.startswith("0 mails"), kept)
    return "4 mails that had left since the backup: 0 sent again, by a new portal and by a running one; held, told in health, log and history; dropped and released by command; sessions ended"


# In the order in which they run; the quick ones belong to CI.
ALL = {
    "portal-killed": portal_killed, "database-killed": database_killed, "backend-terminated": backend_terminated, "frozen": frozen, "dropped": dropped,
    "exhausted": exhausted, "disk-full": disk_full, "read-only": read_only, "provider-down": provider_down, "mail-down": mail_down, "two-instances": two_instances,
    "told-to-stop": told_to_stop, "restarted": restarted, "migration": migration, "configuration": configuration,
    "restore": restore,
}
