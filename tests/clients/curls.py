"""Runs every curl line of the API's page, of the README and of seed 004 as it stands, in a shell.

Base address and credentials are replaced where a line names others; the ids that a line takes from its reader
($PARTNER_ID and the like) are those of things that are made for it. A line is good when curl is answered 2xx.
"""

import html
import json
import os
import re
import subprocess
import sys
import urllib.request
import uuid

BASE = os.environ["BASE_URL"]
HEADERS = {"X-Api-Key": os.environ["API_KEY"], "Content-Type": "application/json"}
failures, run = [], 0


def call(method, path, body=None, **headers):
    data = None if body is None else (body if isinstance(body, str) else json.dumps(body)).encode()
    request = urllib.request.Request(BASE + path, data, HEADERS | headers, method=method)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def commands(text):
    """The curl commands of a script: a line, with those that it is continued on."""
    found, open_quotes = [], False
    for line in text.splitlines():
        continued = found and (open_quotes or found[-1].endswith("\\"))
        if continued:
            found[-1] += "\n" + line
        elif re.match(r"(\w+=\$\()?curl ", line):
            found.append(line)
        else:
            continue
        open_quotes = found[-1].count("'") % 2 == 1
    return found


def of_page():
    with urllib.request.urlopen(f"{BASE}/api/docs", timeout=20) as answer:
        page = answer.read().decode()
    blocks = re.findall(r"<pre[^>]*>(.*?)</pre>", page, re.S)
    return [command for block in blocks for command in commands(html.unescape(re.sub(r"<[^>]+>", "", block)))]


def of_file(path):
    text = open(path).read()
    blocks = re.findall(r"```sh\n(.*?)```", text, re.S) if path.endswith(".md") else [text]
    found = [command for block in blocks for command in commands(block)]
    swap = [("https://api.product-live.com/v1", f"{BASE}/api/v1"), ("<REDACTED>", os.environ["API_KEY"])]
    for old, new in swap:
        found = [command.replace(old, new) for command in found]
    return found


def things():
    """A fresh one of everything that a line may name."""
    mark = uuid.uuid4().hex[:10]
    me = call("GET", "/api/v1/me")
    partner = call("POST", "/api/partner-organisation", {"name": f"Lines {mark}", "zuoraAccountId": "A1", "isZuoraInvoiceOwner": True})
    user = call("POST", f"/api/partner-organisation/{partner['id']}", {"email": f"{mark}@lines.example"})
    own = me["organisationId"]
    sides = {"Requester-Organization-ID": own, "Target-Organization-ID": own}
    record = {"company_name": f"Lines {mark}", "sales_amount": 1, "partner_type": "customer", "email": f"{mark}@lines.example",
              "frequency": "monthly", "payment_terms": "30 days"}
    record = call("POST", "/api/partners", record, **sides)
    known = {"TENANT": me["tenant"], "ORGANISATION_ID": own, "PARTNER_ID": partner["id"], "USER_ID": user["id"], "RECORD_ID": record["id"]}
    # Never the credential that these calls are made with: a line may revoke it.
    new = {"name": f"Lines {mark}", "kind": "client", "permissions": ["READ_PARTNER"]}
    known["API_CLIENT_ID"] = call("POST", "/api/v1/api-clients", new)["id"]
    new = {"kind": "partner", "companyName": f"Guests {mark}", "email": f"guest-{mark}@lines.example"}
    known["INVITATION_UUID"] = call("POST", "/api/v1/invitations", new)["id"]
    file = f"name,zuoraAccountId,isZuoraInvoiceOwner\nImported {mark},A1,true\n"
    known["IMPORT_ID"] = call("POST", "/api/v1/organisations/import", file, **{"Content-Type": "text/csv"})["importId"]
    binned = call("POST", "/api/partner-organisation", {"name": f"Binned {mark}", "zuoraAccountId": "A1", "isZuoraInvoiceOwner": True})
    known["DELETED_ID"] = call("DELETE", f"/api/v1/organisations/{binned['id']}")["id"]
    for name, path in (("CONNECTION_ID", "connections"), ("EVENT_ID", "audit-events"), ("INVITATION_ID", "partner-invitations"),
                       ("RECEIVED_ID", "received-invitations")):
        listed = call("GET", f"/api/v1/{path}?size=1&sortOrder=DESC")["data"]
        if listed:
            known[name] = listed[0]["id"]
    return known


# What these do is done only to a thing in another state than a fresh one has, or not yet.
OF_A_STATE = ("/restore", "/reinstate", "/resend", "/undo", "/end", "/end-older-secrets")


def of_a_state(command):
    """What the portal answers truthfully to a line whose thing is not in the state for it, or whose key may not do it."""
    address = re.search(r'"\$BASE_URL([^"?]*)', command)
    # Only a key that an owner made changes the programme's settings, and the demo's is none.
    if address and address[1] == "/api/v1/tenant" and "-X PATCH" in command:
        return (403,)
    return (404, 409) if address and address[1].endswith(OF_A_STATE) else ()


def token():
    form = f"grant_type=client_credentials&client_id={os.environ['CLIENT_ID']}&client_secret={os.environ['CLIENT_SECRET']}"
    with urllib.request.urlopen(f"{BASE}/oauth2/token", form.encode(), timeout=20) as answer:
        return json.load(answer)["access_token"]


def unnamed(command, known):
    """What a line wants that this programme has none of, such as a connection in a new one."""
    wanted = set(re.findall(r"\$([A-Z_]+)", command)) - set(known) - set(os.environ)
    return wanted & {"CONNECTION_ID", "INVITATION_ID", "BATCH_ID", "RECEIVED_ID"}


def check(command, allowed=()):
    global run
    known = things() | {"TOKEN": token()}
    if unnamed(command, known):
        allowed = (404,)
        known |= {name: str(uuid.UUID(int=0)) for name in ("CONNECTION_ID", "BATCH_ID", "RECEIVED_ID") if name not in known}
        known.setdefault("INVITATION_ID", "1")
    run += 1
    # The file of the answer and its status are all that is added.
    shell = command.replace("curl ", "curl -sS -o answer -w '%{http_code}' ", 1) if "$(" not in command else command
    done = subprocess.run(["bash", "-euc", shell], env=os.environ | known, capture_output=True, text=True, timeout=60)
    status = int(done.stdout[-3:]) if done.stdout[-3:].isdigit() else 0
    if done.returncode or not (200 <= status < 300 or status in allowed or "$(" in command):
        failures.append(f"{status} {done.stderr.strip()}\n{command}")


os.chdir(os.path.dirname(os.environ.get("ANSWERS", "/tmp/x")))
with open("partners.csv", "w", encoding="utf-8") as file:
    file.write("name,zuoraAccountId,isZuoraInvoiceOwner\nLines from a file,A1,true\n")
counts = {}
for source in ["/api/docs", *sys.argv[1:]]:
    found = of_page() if source.startswith("/api") else of_file(source)
    counts[os.path.basename(source)] = len(found)
    for command in found:
        # The seed asks for an invitation with the number 789, which need not be there.
        check(command, (404,) if "/partner-invitations/789" in command else of_a_state(command))
print(*failures, sep="\n\n", end="\n" if failures else "")
print(f"{run} curl lines: {counts}, {len(failures)} failed")
sys.exit(bool(failures) or counts["docs"] < 20)
