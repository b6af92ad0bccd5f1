"""A proxy before a portal that tells one lie. tests/clients/run --plant puts it there: every part has to notice."""

import http.client
import http.server
import json
import sys
import urllib.parse

ORIGIN, PORT, PART = sys.argv[1], int(sys.argv[2]), sys.argv[3]
PORTAL = urllib.parse.urlsplit(ORIGIN).netloc


def another_token(path, status, told):
    if path.startswith("/oauth2/token") and "access_token" in told:
        told["access_token"] = told["access_token"][:-1] + "~"
    return status, told


def no_tenant(path, status, told):
    if path == "/api/v1/me":
        told.pop("tenant", None)
    return status, told


def no_schema(path, status, told):
    if path == "/api/openapi.json":
        told["components"]["schemas"].pop("Me")
    return status, told


def unknown_status(path, status, told):
    return (500, told) if path == "/api/v1/partner-invitations/find" else (status, told)


def no_limit(path, status, told):
    return (200, told) if status == 429 else (status, told)


LIES = {
    "document": no_schema,
    "schemathesis": no_tenant,
    "generated": no_tenant,
    "typescript": no_tenant,
    "curl": unknown_status,
    "done-when": no_limit,
}


class Liar(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def pass_on(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = [(name, value) for name, value in self.headers.items() if name.lower() not in ("host", "accept-encoding")]
        portal = http.client.HTTPConnection(PORTAL, timeout=30)
        portal.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in [("Host", PORTAL), *headers]:
            portal.putheader(name, value)
        portal.endheaders(body or None)
        answer = portal.getresponse()
        said = answer.read().replace(ORIGIN.encode(), f"http://localhost:{PORT}".encode())
        status = answer.status
        if "json" in (answer.getheader("Content-Type") or "") and said:
            lie = LIES.get(PART, another_token)
            status, told = lie(urllib.parse.urlsplit(self.path).path, status, json.loads(said))
            # What is no lie comes as it was, so that nothing but the lie can turn a part red.
            if told != json.loads(said):
                said = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
        self.send_response(status)
        for name, value in answer.getheaders():
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(said)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_TRACE = do_QUERY = pass_on

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Liar).serve_forever()
