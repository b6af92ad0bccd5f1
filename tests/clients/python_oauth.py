"""Client credentials by Authlib and by requests-oauthlib: a token, calls with it, and what has to be refused."""

import os

from authlib.integrations.requests_client import OAuth2Session as AuthlibSession
from oauthlib.oauth2 import BackendApplicationClient, InvalidClientError, InvalidScopeError
from requests_oauthlib import OAuth2Session

BASE, ID, SECRET = (os.environ[name] for name in ("BASE_URL", "CLIENT_ID", "CLIENT_SECRET"))
TOKEN, ME = f"{BASE}/oauth2/token", f"{BASE}/api/v1/me"
calls = 0


def ok(holds, words):
    global calls
    calls += 1
    assert holds, words


for method in ("client_secret_basic", "client_secret_post"):
    client = AuthlibSession(ID, SECRET, scope="READ_PARTNER READ_USER", token_endpoint_auth_method=method)
    token = client.fetch_token(TOKEN, grant_type="client_credentials")
    ok(token["token_type"] == "Bearer" and token["expires_in"] == 3600, "a token by Authlib")
    told = client.get(ME, timeout=10)
    ok(told.status_code == 200 and told.json()["permissions"] == ["READ_PARTNER", "READ_USER"], "the token is narrowed")
    ok(client.get(f"{BASE}/api/v1/audit-events", timeout=10).status_code == 403, "and opens no more")
    seen = client.introspect_token(f"{BASE}/oauth2/introspect", token=token["access_token"])
    ok(seen.json()["active"] and seen.json()["client_id"] == ID, "introspection by Authlib")
    ok(client.revoke_token(f"{BASE}/oauth2/revoke", token=token["access_token"]).status_code == 200, "revocation by Authlib")
    ok(client.get(ME, timeout=10).status_code == 401, "a revoked token is over")

session = OAuth2Session(client=BackendApplicationClient(client_id=ID))
token = session.fetch_token(TOKEN, client_secret=SECRET)
ok(token["access_token"], "a token by requests-oauthlib")
ok(session.get(ME, timeout=10).status_code == 200, "and a call with it")
listed = session.get(f"{BASE}/api/partner-organisations", params={"limit": 2}, timeout=10).json()
ok(len(listed["items"]) == 2 and listed["queryMore"], "a page of organisations")
for secret, scope, error in ((SECRET + "x", None, InvalidClientError), (SECRET, ["READ_NOTHING"], InvalidScopeError)):
    wrong = OAuth2Session(client=BackendApplicationClient(client_id=ID, scope=scope), scope=scope)
    try:
        wrong.fetch_token(TOKEN, client_secret=secret)
        ok(False, f"{error.__name__} is expected")
    except error:
        ok(True, "")
print(f"{calls} expectations of Authlib and requests-oauthlib hold")
