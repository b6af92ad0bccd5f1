#!/usr/bin/env python3
"""A mail server that is not ours (PyPI aiosmtpd): STARTTLS and a password, or it takes nothing. Keeps what it takes.

Environment: SMTP_PORT, SMTP_USER, SMTP_PASSWORD, SMTP_CERTIFICATE and SMTP_KEY (files), SMTP_KEEP (a folder).
Each mail becomes NUMBER.eml, as its bytes came, and NUMBER.json with the envelope. While a file named `silent` lies in
the folder, a mail is kept and never confirmed.
"""

import asyncio
import json
import os
import signal
import ssl
import time
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

keep = Path(os.environ["SMTP_KEEP"])
person = LoginPassword(os.environ["SMTP_USER"].encode(), os.environ["SMTP_PASSWORD"].encode())


class Keeper:
    async def handle_DATA(self, server, session, envelope):
        name = str(time.time_ns())
        told = {"from": envelope.mail_from, "to": envelope.rcpt_tos, "hello": session.host_name}
        told |= {"encrypted": session.ssl is not None, "signed_in": session.authenticated}
        (keep / f"{name}.json").write_text(json.dumps(told))
        (keep / f"{name}.part").write_bytes(envelope.original_content)
        (keep / f"{name}.part").rename(keep / f"{name}.eml")
        if (keep / "silent").exists():
            await asyncio.sleep(3600)
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    return AuthResult(success=data == person, handled=False)


certificate = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
certificate.load_cert_chain(os.environ["SMTP_CERTIFICATE"], os.environ["SMTP_KEY"])
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
server = Controller(
    Keeper(),
    hostname="127.0.0.1",
    port=int(os.environ["SMTP_PORT"]),
    tls_context=certificate,
    require_starttls=True,
    authenticator=authenticate,
    auth_required=True,
)
server.start()
signal.sigwait({signal.SIGTERM})
# Whoever still waits for a confirmation is cut off, as when a machine goes down.
os._exit(0)
