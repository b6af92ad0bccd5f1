#!/usr/bin/env python3
"""Invites a colleague and a company through the pages, reads the mails that arrive, and breaks things on the way.

Started by tests/providers/invite, which sets the environment. Prints one line for each fact; ends at the first that
does not hold. Standard library only.
"""

import hashlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

from browser import Browser, Lost, origin
from mails import KEEP, check, check_invitation, expect, kept, mail_to, until

BASE = os.environ["BASE_URL"]
WORK = Path(os.environ["WORK"])
PASSWORD = os.environ["PERSON_PASSWORD"]
PEOPLE = json.loads(os.environ["PEOPLE"])
OWNER, NILS, PETRA = "nora@fabrikam.example", "nils@fabrikam.example", "petra@fabrikam.example"
OLGA, MALLORY = "olga@ottawa-parts.example", "mallory@elsewhere.example"
AT_ONCE = 1.0
DOWN = {signal.SIGTERM: "down", signal.SIGSTOP: "frozen"}


def fact(words):
    print(f"  {words}", flush=True)


def sql(statement, **values):
    """One statement's rows, as text. Values are quoted by psql."""
    command = [os.environ["PSQL"], "-XqtA", "-F", "\t", "-v", "ON_ERROR_STOP=1", os.environ["DATABASE_URL"]]
    for name, value in values.items():
        command[1:1] = ["-v", f"{name}={value}"]
    done = subprocess.run(command, input=statement, capture_output=True, text=True, check=False)
    expect(done.returncode == 0, f"psql: {done.stderr}")
    return [line.split("\t") for line in done.stdout.splitlines()]


class Program:
    """Something that is started, stopped, and killed."""

    def __init__(self, name, command, address):
        self.name, self.command, self.address, self.running = name, command, address, None

    def start(self):
        with (WORK / f"{self.name}.log").open("ab") as log:
            self.running = subprocess.Popen(self.command, stdout=log, stderr=log)
        until(self.answers, f"{self.name} answers")

    def answers(self):
        expect(self.running.poll() is None, f"{self.name} ended")
        return self.address()

    def take_down(self, how):
        """Ends it by SIGTERM, freezes it by SIGSTOP."""
        if how == signal.SIGSTOP:
            self.running.send_signal(how)
        else:
            self.stop(how)

    def stop(self, how=signal.SIGTERM):
        if self.running is not None:
            self.running.send_signal(how)
            self.running.wait(30)
            self.running = None


def portal_answers():
    try:
        with urllib.request.urlopen(f"{BASE}/health/ready", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def smtp_answers():
    try:
        with socket.create_connection(("127.0.0.1", int(os.environ["SMTP_PORT"])), 5) as line:
            return line.recv(4) == b"220 "
    except OSError:
        return False


portal = Program("portal", [os.environ["GUILDHALL_BIN"], "serve"], portal_answers)
server = Program("smtp", [os.environ["SMTP_PYTHON"], Path(__file__).parent / "smtp_server.py"], smtp_answers)


def sign_in(person):
    return Browser().sign_in(f"{BASE}/signin/begin/test", person, PASSWORD)


def open_and_accept(link, person):
    """From the mail to the invitation's page, by the person's provider, as that person."""
    browser = Browser().load(link)
    expect(browser.status == 200, browser.where())
    browser.press("Accept invitation")
    start = next((one["href"] for one in browser.page.links if "/signin/begin/" in one["href"]), None)
    expect(start or origin(browser.url) != origin(BASE), f"no sign-in is asked for on {browser.where()}")
    # Where there is one provider only, pressing the button may have led to it already.
    return browser.sign_in(start or browser.url, person, PASSWORD)


def invite(owner, address, company=None):
    """Through the pages; how long the form took."""
    owner.load(f"{BASE}/settings/invitations").follow("Invite a partner" if company else "Invite a colleague")
    begun = time.monotonic()
    owner.press("Send invitation", email=address, **({"company": company} if company else {}))
    took = time.monotonic() - begun
    expect(owner.status == 200 and address in owner.page.text, f"the invitation is not shown: {owner.where()}")
    expect("/new" not in owner.url, owner.where())
    return took


def state(address):
    rows = sql("SELECT state FROM invitations WHERE email = :'address' ORDER BY id;", address=address)
    return [row[0] for row in rows]


def delivery(address):
    rows = sql("SELECT state FROM mails WHERE to_email = :'address' AND kind <> 'reminder' ORDER BY id;",
               address=address)
    return [row[0] for row in rows]


def bring_forward():
    """The next attempt is now, and whoever held the mail is gone: nobody waits a minute."""
    sql("UPDATE mails SET due_at = now(), leased_until = NULL WHERE state IN ('queued', 'deferred') "
        "AND kind <> 'reminder';")


def scan(link):
    """A script without a session that fetches all it finds and hands in every form. Returns how often, and to where."""
    todo, seen, fetched, sent = [link], set(), 0, []
    scanner = Browser()
    while todo:
        address = urllib.parse.urldefrag(todo.pop(0)).url
        if address in seen or origin(address) != origin(BASE):
            continue
        seen.add(address)
        Browser().load(address, method="HEAD")
        scanner.load(address)
        fetched += 2
        expect(scanner.status < 500, scanner.where())
        here, page = scanner.url, scanner.page
        todo += [urllib.parse.urljoin(here, one["href"]) for one in page.links]
        for form in page.forms:
            names = {f["name"] for f in form["fields"] if f["kind"] in ("text", "email", "textarea") and f["name"]}
            # Twice, from the page that has it, as a browser would and then again.
            for _ in range(2):
                scanner.url = here
                scanner.hand_in(form, {name: "scanner@elsewhere.example" for name in names})
                sent.append(urllib.parse.urljoin(here, form["action"] or here))
                expect(scanner.status < 500, scanner.where())
                todo += [urllib.parse.urljoin(scanner.url, one["href"]) for one in scanner.page.links]
    return fetched, sent


def colleague(owner):
    invite(owner, NILS)
    link = check_invitation(mail_to(NILS), NILS, OWNER)
    fact(f"a colleague is invited; the mail came by SMTP (STARTTLS, password): {kept(NILS)[0].subject!r}")
    fact("no defects; text and HTML; one To; Reply-To the inviter; Auto-Submitted; Message-ID; the link in both parts")
    until(lambda: delivery(NILS) == ["sent"], "sent")

    fetched, sent = scan(link)
    pressed = {"acceptance", "refusal", "stop"}
    expect(pressed <= {urllib.parse.urlsplit(target).path.rsplit("/", 1)[1] for target in sent}, f"pressed only {sent}")
    if os.environ.get("PLANT"):
        sql("UPDATE invitations SET state = 'declined';")
    expect(state(NILS) == ["pending"], f"after the scanner: {state(NILS)}")
    expect(not sql("SELECT 1 FROM mail_stops;"), "the scanner stopped the mail")
    owner.load(f"{BASE}/settings/invitations").follow(NILS)
    expect(any("Revoke" in form["words"] for form in owner.page.forms), owner.where())
    fact(f"a script without a session fetched {fetched} times and handed in {len(sent)} forms, *Accept*, *Decline* and "
         "*Stop mails* among them: the invitation is pending")

    other = open_and_accept(link, MALLORY)
    expect(other.status == 403 and NILS in other.page.text and MALLORY in other.page.text, other.where())
    expect("Switch account" in other.page.text and state(NILS) == ["pending"], other.where())
    words = re.search(r"This invitation is for .*? or decline", other.page.text)
    expect(words, other.where())
    fact(f"somebody else signs in and reads both addresses: {words.group()!r}")

    person = open_and_accept(link, NILS)
    expect(person.status == 200, person.where())
    person.press("Accept invitation")
    expect(person.status == 200 and "Welcome" in person.page.text, person.where())
    expect(state(NILS) == ["accepted"], f"{state(NILS)}")
    again = sign_in(NILS)
    expect(again.status == 200 and PEOPLE[NILS] in again.page.text, again.where())
    fact(f"the right person accepts and is in, and signs in again later as {PEOPLE[NILS]}")
    check(mail_to(OWNER), OWNER, None)
    fact(f"the inviter is told by mail: {kept(OWNER)[0].subject!r}")
    late = Browser().load(link)
    expect("was accepted" in late.page.text, late.where())
    expect(not any("Accept" in form["words"] for form in late.page.forms), late.where())
    fact(f"the used link says so and has no button (status {late.status})")


def partner(owner):
    invite(owner, OLGA, "Ottawa Parts")
    link = check_invitation(mail_to(OLGA), OLGA, OWNER)
    expect("Ottawa Parts" in kept(OLGA)[0].subject, kept(OLGA)[0].subject)
    fact(f"Ottawa Parts is invited; the mail came: {kept(OLGA)[0].subject!r}")
    person = open_and_accept(link, OLGA)
    expect(person.status == 200, person.where())
    person.press("Accept invitation")
    expect("You are connected with Fabrikam Programme now." in person.page.text, person.where())
    expect(person.status == 200 and "Ottawa Parts" in person.page.text, person.where())
    fact(f"its person accepts and lands in their organisation: {urllib.parse.urlsplit(person.url).path}")
    owner.load(f"{BASE}/settings/connections")
    expect(owner.status == 200 and "Ottawa Parts" in owner.page.text, owner.where())
    owner.follow("Ottawa Parts")
    expect(owner.status == 200 and "Connected" in owner.page.text, owner.where())
    person.load(f"{BASE}/organisation/connections")
    expect(person.status == 200 and "Fabrikam Programme" in person.page.text, person.where())
    fact("both sides see the connection")
    check(mail_to(OWNER, after=1), OWNER, None)
    fact(f"the inviter is told by mail: {kept(OWNER)[1].subject!r}")


def server_down(owner):
    server.stop()
    took = invite(owner, PETRA)
    expect(took < AT_ONCE, f"the form took {took:.2f} s")
    until(lambda: delivery(PETRA) == ["deferred"], "the mail is deferred")
    fact(f"the mail server is down: the form answers in {took * 1000:.0f} ms, the mail is deferred")
    owner.load(owner.url).follow(PETRA)
    words = re.search(r"(The mail server could not be used.*?) It is tried again", owner.page.text)
    expect(words, f"the inviter is not told why: {owner.where()}")
    fact(f"the inviter reads why: {words.group(1)!r}")
    server.start()
    expect(not kept(PETRA), "nothing came yet")
    bring_forward()
    link = check_invitation(mail_to(PETRA), PETRA, OWNER)
    until(lambda: delivery(PETRA) == ["sent"], "sent")
    fact("the mail server is back: the mail arrives with the retry")
    person = open_and_accept(link, PETRA)
    person.press("Accept invitation")
    expect(state(PETRA) == ["accepted"], person.where())
    fact("its link accepts")


def secret_hash(address):
    rows = sql("SELECT encode(hash, 'hex') FROM invitation_links JOIN invitations ON invitations.id = invitation_id "
               "WHERE invitations.email = :'address';", address=address)
    return [row[0] for row in rows]


def hashed(link):
    return hashlib.sha256(link.rsplit("/", 1)[1].encode()).hexdigest()


def killed_before(owner, address, how):
    """With the mail server down, or frozen so that the portal waits for its first word."""
    server.take_down(how)
    invite(owner, address)
    portal.stop(signal.SIGKILL)
    server.stop(signal.SIGKILL)
    written = secret_hash(address)
    expect(not kept(address), "something left already")
    expect(len(written) == 1 and state(address) == ["pending"], "the invitation was not committed")
    fact(f"killed with -9 between commit and mail (mail server {DOWN[how]}): the mail is {delivery(address)[0]}")
    server.start()
    portal.start()
    bring_forward()
    link = check_invitation(mail_to(address), address, OWNER)
    until(lambda: delivery(address) == ["sent"], "sent")
    expect([hashed(link)] == written == secret_hash(address), "another link than the one committed")
    expect("Accept invitation" in Browser().load(link).page.text, "the link does not open the invitation")
    expect(len(kept(address)) == 1, "more than one copy")
    fact("started again: the mail arrives, once, with the link whose hash was committed before the kill")


def killed_while_sending(owner):
    address = "rosa@fabrikam.example"
    (KEEP / "silent").touch()
    invite(owner, address)
    first = mail_to(address)
    portal.stop(signal.SIGKILL)
    (KEEP / "silent").unlink()
    fact("killed with -9 while the mail server had the mail and had not yet said so (RFC 1047)")
    portal.start()
    bring_forward()
    second = mail_to(address, after=1)
    until(lambda: delivery(address) == ["sent"], "sent")
    expect(check_invitation(first, address, OWNER) == check_invitation(second, address, OWNER), "another link")
    expect(first.raw == second.raw, "another mail")
    fact("started again: one more copy, the same byte for byte: link, Message-ID, date")


def the_end():
    def at_rest():
        with urllib.request.urlopen(f"{BASE}/health/worker", timeout=5) as answer:
            health = json.load(answer)
        return health["status"] == "working" and health["waiting"] == 0

    until(at_rest, "the outbox is empty")
    counts = sql("SELECT state, count(*) FROM mails WHERE due_at <= now() GROUP BY state ORDER BY state;")
    expect([row[0] for row in counts] == ["sent"], f"{counts}")
    sent = int(counts[0][1])
    expect(len(kept()) == sent + 1, f"{len(kept())} mails came, {sent} were sent")
    fact(f"the outbox is empty: {sent} mails sent, {len(kept())} arrived, one of them twice by RFC 1047")
    secrets = {link for mail in kept() for side in mail.links() for link in side if "/invitations/" in link}
    secrets = {urllib.parse.urlsplit(link).path.split("/")[2] for link in secrets}
    logs = (WORK / "portal.log").read_text()
    expect(not [secret for secret in secrets if len(secret) > 36 and secret in logs], "a link's secret is in the log")
    expect(os.environ["SMTP_PASSWORD"] not in logs and "p%40ss" not in logs, "the password is in the log")
    fact("no link and no password is in the portal's log")
    portal.stop()
    fact("the portal stops at SIGTERM")


def main():
    server.start()
    portal.start()
    owner = sign_in(OWNER)
    expect(owner.status == 200 and PEOPLE[OWNER] in owner.page.text, owner.where())
    fact("production mode: the owner of a tenant made by `guildhall tenant create` signs in at npm oidc-provider")
    expect(Browser().load(f"{BASE}/dev/mail").status == 404, "development mode's page of mail is there")
    colleague(owner)
    partner(owner)
    server_down(owner)
    killed_before(owner, "quentin@fabrikam.example", signal.SIGTERM)
    killed_before(owner, "quinn@fabrikam.example", signal.SIGSTOP)
    killed_while_sending(owner)
    the_end()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("told to stop"))
    try:
        main()
    except Lost as lost:
        sys.exit(str(lost))
    finally:
        for program in (portal, server):
            if program.running is not None and program.running.poll() is None:
                program.stop(signal.SIGKILL)
