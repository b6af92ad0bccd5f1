"""An identity provider that signs in whoever it is told to, and can be down, slow or broken."""

import base64
import hashlib
import json
import secrets
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# Curve P-256: enough of it to sign a handful of tokens.
P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
G = (0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
     0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5)


def add(a, b):
    if a is None or b is None:
        return a or b
    if a[0] == b[0] and (a[1] + b[1]) % P == 0:
        return None
    slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, P) if a == b else (b[1] - a[1]) * pow(b[0] - a[0], -1, P)
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def times(number, point):
    result = None
    while number:
        result = add(result, point) if number & 1 else result
        point, number = add(point, point), number >> 1
    return result


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Provider:
    """Modes: `well`, `error` (500 everywhere), `slow` (answers after `delay` seconds), `down` (nobody listens)."""

    def __init__(self, port):
        self.port, self.issuer = port, f"http://localhost:{port}"
        self.private = secrets.randbelow(N - 1) + 1
        self.public = times(self.private, G)
        self.codes, self.mode, self.delay, self.server = {}, "well", 30.0, None
        self.up()

    def up(self):
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                try:
                    provider.answer(self, "")
                except OSError:
                    pass  # Whoever asked has given up.

            def do_POST(self):
                provider.answer(self, self.rfile.read(int(self.headers.get("content-length", 0))).decode())

        ThreadingHTTPServer.allow_reuse_address = True
        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def down(self):
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    def answer(self, request, body):
        if self.mode == "slow":
            time.sleep(self.delay)
        path, _, query = request.path.partition("?")
        asked = dict(urllib.parse.parse_qsl(query))
        if self.mode == "error":
            return self.say(request, {"error": "server_error"}, 500)
        if path == "/.well-known/openid-configuration":
            return self.say(request, self.about())
        if path == "/jwks":
            x, y = (b64(part.to_bytes(32, "big")) for part in self.public)
            key = {"kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": "one", "alg": "ES256", "use": "sig"}
            return self.say(request, {"keys": [key]})
        if path == "/authorize":
            code = secrets.token_urlsafe(16)
            self.codes[code] = asked
            back = urllib.parse.urlencode({"code": code, "state": asked["state"]})
            request.send_response(302)
            request.send_header("Location", f"{asked['redirect_uri']}?{back}")
            request.send_header("Content-Length", "0")
            return request.end_headers()
        if path == "/token":
            flow = self.codes.pop(dict(urllib.parse.parse_qsl(body)).get("code"), None)
            return self.say(request, self.token(flow)) if flow else self.say(request, {"error": "invalid_grant"}, 400)
        return self.say(request, {"error": "not_found"}, 404)

    def about(self):
        at = {name: f"{self.issuer}/{path}" for name, path in
              (("authorization_endpoint", "authorize"), ("token_endpoint", "token"), ("jwks_uri", "jwks"))}
        return dict(at, issuer=self.issuer, response_types_supported=["code"], subject_types_supported=["public"],
                    id_token_signing_alg_values_supported=["ES256"], code_challenge_methods_supported=["S256"],
                    token_endpoint_auth_methods_supported=["client_secret_post"])

    def token(self, flow):
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": flow["client_id"], "sub": hashlib.sha256(flow["login"].encode()).hexdigest(),
                  "iat": now, "exp": now + 300, "nonce": flow["nonce"], "email": flow["login"], "email_verified": True,
                  "name": flow["login"].split("@")[0]}
        head = b64(json.dumps({"alg": "ES256", "typ": "JWT", "kid": "one"}).encode())
        signed = f"{head}.{b64(json.dumps(claims).encode())}"
        digest, k = int.from_bytes(hashlib.sha256(signed.encode()).digest(), "big"), secrets.randbelow(N - 1) + 1
        r = times(k, G)[0] % N
        s = pow(k, -1, N) * (digest + r * self.private) % N
        signature = b64(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
        return {"access_token": "unused", "token_type": "Bearer", "expires_in": 300, "id_token": f"{signed}.{signature}"}

    @staticmethod
    def say(request, value, status=200):
        body = json.dumps(value).encode()
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)
