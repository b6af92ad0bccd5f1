"""A portal that believes everything: what the harness must go red for.

It speaks the same few addresses as the real one and checks nothing: no signature, no issuer, no audience, no state.
"""

import base64
import http.client
import json
import secrets
import sys
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from idp import CLIENT, SECRET

SESSIONS, VERIFIERS = {}, {}


def start(issuers):
    """`issuers` by the key that stands in the addresses."""

    class Portal(BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def do_GET(self):
            parts = urllib.parse.urlsplit(self.path)
            query = dict(urllib.parse.parse_qsl(parts.query))
            try:
                if parts.path.startswith("/signin/begin/"):
                    return self.begin(parts.path.rsplit("/", 1)[1], query)
                if parts.path.startswith("/signin/callback/"):
                    return self.callback(parts.path.rsplit("/", 1)[1], query)
            except Exception:  # It knows no error of a provider either.
                return self.tell(503)
            cookie = self.headers.get("Cookie") or ""
            return self.tell(200 if any(key in cookie for key in SESSIONS) else 303)

        do_POST = do_GET

        def begin(self, key, query):
            verifier = secrets.token_urlsafe(40)
            import hashlib
            challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
            VERIFIERS[key] = verifier
            asked = {"response_type": "code", "client_id": CLIENT, "state": "s", "nonce": "n" * 43, "code_challenge": challenge,
                     "redirect_uri": f"http://localhost:{self.server.server_address[1]}/signin/callback/{key}"}
            self.tell(303, [("Location", f"{issuers[key]}/authorize?{urllib.parse.urlencode(asked)}")])

        def callback(self, key, query):
            where = urllib.parse.urlsplit(issuers[key])
            form = urllib.parse.urlencode({"code": query["code"], "code_verifier": VERIFIERS[key]})
            shown = base64.b64encode(f"{CLIENT}:{urllib.parse.quote_plus(SECRET)}".encode()).decode()
            line = http.client.HTTPConnection(where.netloc, timeout=20)
            line.request("POST", f"{where.path}/token", form, {"Authorization": f"Basic {shown}"})
            claims = json.loads(line.getresponse().read())["id_token"].split(".")[1]
            json.loads(base64.urlsafe_b64decode(claims + "=="))
            session = secrets.token_hex(16)
            SESSIONS[session] = True
            self.tell(303, [("Set-Cookie", f"guildhall_session={session}"), ("Location", "/")])

        def tell(self, status, headers=()):
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Portal)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://localhost:{server.server_address[1]}"
