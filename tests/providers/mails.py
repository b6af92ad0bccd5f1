"""The mails that the server of smtp_server.py took, and what each of them has to be. Standard library only.

Reads the environment: SMTP_KEEP, the server's folder; BASE_URL; MAIL_FROM.
"""

import email
import json
import os
import re
import time
from email import policy
from pathlib import Path

from browser import Lost, Page

BASE = os.environ["BASE_URL"]
KEEP = Path(os.environ["SMTP_KEEP"])
PATIENCE = 20


def expect(holds, words):
    if not holds:
        raise Lost(words)


def until(look, words):
    """What `look` finds, as soon as it finds something."""
    for _ in range(PATIENCE * 20):
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise Lost(f"not within {PATIENCE} seconds: {words}")


class Mail:
    """A mail as the server got it."""

    def __init__(self, file):
        self.raw = file.read_bytes()
        self.envelope = json.loads(file.with_suffix(".json").read_text())
        self.message = email.message_from_bytes(self.raw, policy=policy.default)
        self.subject = self.message["Subject"]
        self.text, self.html = (self.part(kind) for kind in ("plain", "html"))

    def part(self, kind):
        part = self.message.get_body((kind,))
        return part.get_content() if part is not None else ""

    def links(self):
        """The addresses of the text part, and those of the HTML part."""
        page = Page()
        page.feed(self.html)
        return re.findall(r"https?://\S+", self.text), [link["href"] for link in page.links]

    def link(self):
        """The one address of the invitation itself."""
        found = {link for side in self.links() for link in side if re.fullmatch(r".*/invitations/[\w-]+", link)}
        expect(len(found) == 1, f"{self.subject}: {len(found)} addresses of the invitation")
        return found.pop()


def kept(to=None):
    mails = [Mail(file) for file in sorted(KEEP.glob("*.eml"))]
    return [mail for mail in mails if to is None or mail.envelope["to"] == [to]]


def mail_to(address, after=0):
    """The mail that arrives at an address when `after` are there already, once it does."""
    return until(lambda: kept(address)[after:], f"a mail to {address}")[0]


def check(mail, to, reply_to):
    """What every mail has to be, whoever reads it."""
    message, envelope = mail.message, mail.envelope
    for part in message.walk():
        defects = list(part.defects) + [defect for value in part.values() for defect in value.defects]
        expect(not defects, f"{mail.subject}: {defects}")
    expect(mail.raw.isascii(), f"{mail.subject}: not ASCII")
    expect(max(map(len, mail.raw.split(b"\r\n"))) <= 998, f"{mail.subject}: a line is too long")
    expect(b"\n" not in mail.raw.replace(b"\r\n", b""), f"{mail.subject}: a bare line feed")
    expect(message.get_content_type() == "multipart/alternative", f"{mail.subject}: {message.get_content_type()}")
    expect([part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"], "the two parts")
    expect(mail.text.strip() and "<html" in mail.html, f"{mail.subject}: an empty part")
    expect(envelope["to"] == [to] and envelope["from"] == os.environ["MAIL_FROM"], f"the envelope: {envelope}")
    expect(envelope["encrypted"] and envelope["signed_in"], "the server was used without encryption or password")
    once = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Auto-Submitted")
    expect(all(len(message.get_all(name, [])) == 1 for name in once), f"{mail.subject}: each of {once} once")
    expect([one.addr_spec for one in message["To"].addresses] == [to], f"To: {message['To']}")
    expect(not message["Cc"] and not message["Bcc"], "nobody else gets it")
    expect(message["From"].addresses[0].addr_spec == os.environ["MAIL_FROM"], f"From: {message['From']}")
    expect(message["Auto-Submitted"] == "auto-generated", "Auto-Submitted")
    expect(re.fullmatch(r"<[^<>@\s]+@localhost>", message["Message-ID"]), f"Message-ID: {message['Message-ID']}")
    if reply_to is not None:
        answers = [one.addr_spec for one in message["Reply-To"].addresses]
        expect(answers == [reply_to], f"Reply-To: {answers}")
    for side in mail.links():
        expect(side and all(link.startswith(f"{BASE}/") for link in side), f"addresses elsewhere: {side}")
    return mail


def check_invitation(mail, to, inviter):
    check(mail, to, inviter)
    link = mail.link()
    expect(all(link in side for side in mail.links()), "both parts have the link")
    return link
