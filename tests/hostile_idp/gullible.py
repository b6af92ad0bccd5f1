"""A portal that believes everything: what the harness must go red for.

It speaks the same few addresses as the real one and checks nothing: no signature, no issuer, no audience, no state.
"""

import base64
import json
import secrets
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from idp import CLIENT, SECRET, line_to

# The subject of each session, and what belongs to a code.
SESSIONS, VERIFIERS = {}, {}


def read(token):
    return json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))


def start(issuers, hurried):
    """`issuers` by the key that stands in the addresses; those of `hurried` are asked for a recent sign-in."""

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
            return self.tell(200 if any(key in cookie for key in list(SESSIONS)) else 303)

        def do_POST(self):
            """Whoever says that somebody is signed out is believed, and so is whoever says that they are signed in."""
            said = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()))
            if "logout_token" in said:
                gone = read(said["logout_token"])["sub"]
                for session in [session for session, subject in list(SESSIONS.items()) if subject == gone]:
                    del SESSIONS[session]
            self.do_GET()

        def begin(self, key, query):
            verifier = secrets.token_urlsafe(40)
            import hashlib
            challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
            VERIFIERS[key] = verifier
            asked = {"response_type": "code", "client_id": CLIENT, "state": "s", "nonce": "n" * 43, "code_challenge": challenge,
                     "redirect_uri": f"http://localhost:{self.server.server_address[1]}/signin/callback/{key}"}
            asked |= {"max_age": "60"} if key in hurried else {}
            self.tell(303, [("Location", f"{issuers[key]}/authorize?{urllib.parse.urlencode(asked)}")])

        def callback(self, key, query):
            where = urllib.parse.urlsplit(issuers[key])
            form = urllib.parse.urlencode({"grant_type": "authorization_code", "code": query["code"], "code_verifier": VERIFIERS[key]})
            shown = base64.b64encode(f"{CLIENT}:{urllib.parse.quote_plus(SECRET)}".encode()).decode()
            line = line_to(where)
            line.request("POST", f"{where.path}/token", form, {"Authorization": f"Basic {shown}"})
            tokens = json.loads(line.getresponse().read())
            claims = read(tokens["id_token"])
            if "refresh_token" in tokens:
                again = urllib.parse.urlencode({"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]})
                more = line_to(where)
                more.request("POST", f"{where.path}/token", again, {"Authorization": f"Basic {shown}"})
                more.getresponse().read()
            session = secrets.token_hex(16)
            SESSIONS[session] = claims.get("sub")
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
