"""An OpenID Connect provider that does whatever a scenario says. Honest where a scenario says nothing.

Every scenario is an issuer of its own, `http://127.0.0.1:PORT/NAME` (or `https`, at a door of its own), so that what a portal remembers of one does not
touch the next. Knows nothing of the portal's code: HTTP and JSON only. Needs PyPI cryptography.
"""

import base64
import hashlib
import hmac
import http.client
import json
import secrets
import socket
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

CLIENT, SECRET = "guildhall-portal", "a secret of the scenarios / with + odd % letters"
# Stands in every code and token that the provider gives, so that one which was kept or told is found.
CANARY = "hk9canary"


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value, size=None):
    return b64(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


class Key:
    """A key that signs, and what its set says of it."""

    def __init__(self, kid, kind="RS256", bits=2048):
        self.kid, self.kind = kid, kind
        if kind in ("RS256", "PS256"):
            self.private = rsa.generate_private_key(65537, bits)
            public = self.private.public_key().public_numbers()
            self.jwk = {"kty": "RSA", "n": number(public.n), "e": number(public.e)}
        elif kind == "ES256":
            self.private = ec.generate_private_key(ec.SECP256R1())
            public = self.private.public_key().public_numbers()
            self.jwk = {"kty": "EC", "crv": "P-256", "x": number(public.x, 32), "y": number(public.y, 32)}
        else:
            self.private = ed25519.Ed25519PrivateKey.generate()
            self.jwk = {"kty": "OKP", "crv": "Ed25519", "x": b64(self.private.public_key().public_bytes_raw())}
        self.jwk |= {"kid": kid, "use": "sig", "alg": kind}

    def sign(self, data):
        if self.kind == "RS256":
            return self.private.sign(data, padding.PKCS1v15(), hashes.SHA256())
        if self.kind == "PS256":
            return self.private.sign(data, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
        if self.kind == "ES256":
            r, s = utils.decode_dss_signature(self.private.sign(data, ec.ECDSA(hashes.SHA256())))
            return r.to_bytes(32, "big") + s.to_bytes(32, "big")
        return self.private.sign(data)


def hmac_sign(secret):
    return lambda data: hmac.new(secret, data, hashlib.sha256).digest()


def compact(header, claims, sign):
    """A token of these parts; text is taken as it is, so that it may be no JSON."""
    def part(one):
        return b64((one if isinstance(one, str) else json.dumps(one)).encode())
    signed = f"{part(header)}.{part(claims)}"
    return f"{signed}.{b64(sign(signed.encode()))}"


class Keys:
    """Drawn once for the whole run."""

    def __init__(self):
        self.main, self.other, self.foreign = Key("main"), Key("other"), Key("main")
        self.ec, self.ed, self.weak = Key("ec", "ES256"), Key("ed", "EdDSA"), Key("weak", bits=1024)


class Flow:
    """One sign-in as a scenario sees it: what was asked, and everything that is about to be answered."""

    def __init__(self, idp, scenario, asked):
        self.idp, self.scenario, self.asked = idp, scenario, asked
        self.issuer, self.keys = idp.issuer(scenario), idp.keys
        self.code, self.access, self.refresh = (f"{CANARY}{kind}{secrets.token_urlsafe(24)}" for kind in "car")
        self.uses, now = 0, int(time.time())
        self.now, self.email = now, scenario.email
        half = hashlib.sha256(self.access.encode()).digest()[:16]
        self.claims = {
            "iss": self.issuer, "sub": f"sub-of-{scenario.name}", "aud": CLIENT, "azp": CLIENT, "iat": now, "nbf": now,
            "exp": now + 300, "nonce": asked.get("nonce", ""), "at_hash": b64(half), "email": self.email,
            "email_verified": True, "name": "Nora Lindqvist",
        }
        self.header = {"alg": "RS256", "kid": "main", "typ": "JWT"}
        self.signer = self.keys.main.sign
        self.userinfo = {"sub": self.claims["sub"], "email": self.email, "email_verified": True}
        self.raw = None
        self.reply = [("code", self.code), ("state", asked.get("state", ""))]

    def token(self):
        return self.raw if self.raw is not None else compact(self.header, self.claims, self.signer)


class Idp:
    def __init__(self, doors=None):
        self.keys, self.scenarios, self.flows, self.doors = Keys(), {}, {}, doors
        self.asked, self.lock = {}, threading.Lock()
        idp = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                idp.handle(self, "")

            def do_POST(self):
                length = int(self.headers.get("Content-Length") or 0)
                idp.handle(self, self.rfile.read(length).decode("utf-8", "replace"))

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            request_queue_size = 128
            daemon_threads = True
            context = None

            def finish_request(self, request, client_address):
                # In the thread of the request: whoever is slow to greet holds up nobody else.
                if self.context:
                    request.settimeout(20)
                    request = self.context.wrap_socket(request, server_side=True)
                super().finish_request(request, client_address)

            def handle_error(self, *_):
                """A portal that hangs up on us is often what is wanted."""

        self.make = lambda port: Server(("127.0.0.1", port), Handler)
        self.port = self.listen(0).server_address[1]

    def listen(self, port, context=None):
        """Opens a door; `shutdown` and `server_close` close it."""
        server = self.make(port)
        server.context = context
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server

    def prepare(self, scenario):
        """The door of a scenario that has one of its own: with a certificate, or not opened yet."""
        if scenario.certificate:
            scenario.port = self.listen(0, self.doors.context(scenario.certificate)).server_address[1]
        elif scenario.absent:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                scenario.port = probe.getsockname()[1]
        if scenario.behind:
            scenario.second = self.listen(0, self.doors.context(scenario.behind)).server_address[1]

    def issuer(self, scenario):
        scheme = "https" if scenario.certificate else "http"
        return f"{scheme}://127.0.0.1:{scenario.port or self.port}/{scenario.name}"

    def count(self, scenario, door):
        return self.asked.get((scenario.name, door), 0)

    def handle(self, request, body):
        parts = urllib.parse.urlsplit(request.path)
        name, _, door = parts.path.lstrip("/").partition("/")
        with self.lock:
            self.asked[(name, door)] = self.asked.get((name, door), 0) + 1
        scenario = self.scenarios.get(name)
        if scenario is None:
            return answer(request, 404, {"error": "no such scenario"})
        query = dict(urllib.parse.parse_qsl(parts.query, keep_blank_values=True))
        doors = {
            ".well-known/openid-configuration": self.discovery, "jwks": self.jwks, "authorize": self.authorize,
            "token": self.token, "userinfo": self.user,
        }
        if door in doors:
            doors[door](request, scenario, query, body)
        else:
            answer(request, 200, {"keys": [self.keys.foreign.jwk]})

    def discovery(self, request, scenario, *_):
        issuer = self.issuer(scenario)
        document = {
            "issuer": issuer, "authorization_endpoint": f"{issuer}/authorize", "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/jwks", "userinfo_endpoint": f"{issuer}/userinfo",
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"], "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        }
        served(request, scenario.discovery, document, scenario)

    def jwks(self, request, scenario, *_):
        asked = self.count(scenario, "jwks")
        served(request, lambda s, d: scenario.jwks(s, d, self.keys, asked), {"keys": [self.keys.main.jwk]}, scenario)

    def authorize(self, request, scenario, query, _):
        """Everybody is whom the scenario says; nobody is asked."""
        flow = Flow(self, scenario, query)
        # Whoever asks for a recent sign-in has to check that it was one, and whoever asks to come back later has to keep a token.
        unwanted = [name for name in ("max_age", "acr_values", "claims") if name in query]
        unwanted += ["offline_access"] if "offline_access" in query.get("scope", "") else []
        scenario.complaints += [f"asked for {name}" for name in unwanted]
        with self.lock:
            self.flows[flow.code] = flow
            scenario.flows.append(flow)
        scenario.answer(flow)
        back = query.get("redirect_uri", "") + "?" + urllib.parse.urlencode(flow.reply)
        request.send_response(302)
        request.send_header("Location", back)
        request.send_header("Content-Length", "0")
        request.end_headers()

    def token(self, request, scenario, _, body):
        form = dict(urllib.parse.parse_qsl(body))
        if form.get("grant_type") != "authorization_code":
            scenario.complaints.append(f"asked for {form.get('grant_type')}")
        flow = self.flows.get(form.get("code", ""))
        basic = base64.b64decode((request.headers.get("Authorization") or "Basic ").split(" ", 1)[1]).decode()
        shown = ":".join(urllib.parse.unquote_plus(half) for half in basic.split(":", 1))
        verifier = form.get("code_verifier", "")
        challenge = b64(hashlib.sha256(verifier.encode()).digest())
        if flow is None or flow.scenario is not scenario or flow.uses and not scenario.generous:
            return answer(request, 400, {"error": "invalid_grant"})
        if shown != f"{CLIENT}:{SECRET}" or not scenario.generous and challenge != flow.asked.get("code_challenge"):
            # On a walk with two browsers it is the attacker who comes without the right one.
            scenario.complaints += [] if scenario.drive else ["the client or its verifier is wrong"]
            return answer(request, 400, {"error": "invalid_grant"})
        flow.uses += 1
        scenario.claims(flow)
        document = {"access_token": flow.access, "token_type": "Bearer", "expires_in": 300, "id_token": flow.token()}
        return served(request, lambda s, d: scenario.tokens(s, d, flow), document, scenario)

    def user(self, request, scenario, *_):
        shown = (request.headers.get("Authorization") or "").removeprefix("Bearer ")
        flow = next((one for one in self.flows.values() if one.access == shown), None)
        if flow is None:
            return answer(request, 401, {"error": "invalid_token"})
        return served(request, lambda s, d: scenario.user(s, d, flow), flow.userinfo, scenario)


def line_to(where):
    """A connection to an address, whatever certificate is shown there."""
    if where.scheme == "https":
        import tls

        return http.client.HTTPSConnection(where.netloc, timeout=30, context=tls.careless())
    return http.client.HTTPConnection(where.netloc, timeout=30)


def served(request, change, document, scenario):
    """The document, as the scenario changes it: another document, or a function that answers as it likes."""
    changed = change(scenario, document)
    if callable(changed):
        return changed(request)
    return answer(request, 200, document if changed is None else changed)


def answer(request, status, document, kind="application/json", headers=()):
    body = document if isinstance(document, bytes) else document.encode() if isinstance(document, str) else json.dumps(document).encode()
    try:
        request.send_response(status)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(body)))
        for name, value in headers:
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body)
    except OSError:
        request.close_connection = True


def raw(status, body, kind="application/json", headers=()):
    return lambda request: answer(request, status, body, kind, headers)


def stalls(request):
    """Says nothing for longer than anybody waits."""
    time.sleep(14)
    request.close_connection = True


def drips(request):
    """One byte a second."""
    try:
        request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(14):
            request.wfile.write(b" ")
            time.sleep(1)
    except OSError:
        pass
    request.close_connection = True


def endless(request):
    """More than anybody has room for, in chunks."""
    try:
        request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
        chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
        for _ in range(2_000):
            request.wfile.write(chunk)
    except OSError:
        pass
    request.close_connection = True


def hangs_up(request):
    """A reset in the middle."""
    request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    request.connection.close()
    request.close_connection = True
