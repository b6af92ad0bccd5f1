"""Walks through the gate behind a proxy, as people would. Standard library only; tests/gate/run starts what it needs."""

import os
import pathlib
import re
import socket
import sys
import time
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "providers"))
from browser import Browser  # noqa: E402

PORTAL = f"http://localhost:{os.environ['PORT']}"
SHOP = f"http://localhost:{os.environ['FRONT']}/shop/"


def wait():
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{PORTAL}/health/ready", timeout=2).close()
            socket.create_connection(("127.0.0.1", int(os.environ["FRONT"])), timeout=2).close()
            return
        except OSError:
            time.sleep(0.2)
    sys.exit("FAILED: the portal or the proxy does not start")


def status(browser, address, **headers):
    request = urllib.request.Request(address, headers=headers)
    try:
        with browser.opener.open(request, timeout=10) as answer:
            return answer.status, answer.geturl(), answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.geturl(), ""


def switch(owner, partner, button):
    owner.load(partner)
    if any(button in " ".join(form["words"]) for form in owner.page.forms):
        owner.press(button)


def expect(holds, words):
    print(("ok: " if holds else "FAILED: ") + words)
    if not holds:
        sys.exit(1)


def main():
    wait()
    owner = Browser().sign_in(f"{PORTAL}/signin/begin/dev", "owner@acme.example", "")
    owner.load("/settings/profile/edit").press("Save", shop_url=SHOP)
    expect(owner.url.endswith("/settings/profile") and SHOP in owner.body, "the profile says where the shop lies")
    owner.load("/settings/profile/partners?q=northwind")
    partner = re.search(r"/settings/profile/partners/[0-9a-f-]{36}", owner.body)[0]
    switch(owner, partner, "Turn on Shop")

    member = Browser()
    code, url, _ = status(member, f"{SHOP}cart?item=1&page=2")
    expect(code == 200 and url.startswith(f"{PORTAL}/signin"), "whoever is not signed in is asked to")
    member.load(url)
    begin = next(link["href"] for link in member.page.links if "/signin/begin/" in link["href"])
    member.load(begin)
    form = next(form for form in member.page.forms if any(field["kind"] == "email" for field in form["fields"]))
    member.hand_in(form, {"email": "member@northwind.example"})
    expect(member.url == f"{SHOP}cart?item=1&page=2", "signing in leads back to the page that was asked for")
    organisation = partner.rsplit("/", 1)[1]
    expect(f"organisation={organisation} uri=/shop/cart?item=1&page=2" in member.body, "the shop learns who came")
    _, _, said = status(member, SHOP, **{"X-Guildhall-Organisation": "forged", "X-Guildhall-User": "forged"})
    expect(f"organisation={organisation}" in said and "forged" not in said, "what a browser claims is replaced")
    _, _, said = status(member, SHOP)
    expect("basket=7" in said, "the application gets back the cookies that it has set")
    expect("guildhall_" not in said.partition("cookies=<")[2], "the portal's cookies stay with the portal")
    expect(SHOP in member.load(f"{PORTAL}/organisation").body, "the organisation's page leads to the shop")

    expect(status(owner, SHOP)[0] == 403, "staff are no partner")
    stranger = Browser().sign_in(f"{PORTAL}/signin/begin/dev", "owner@globex.example", "")
    expect(status(stranger, SHOP)[0] == 403, "another programme's people do not pass")

    switch(owner, partner, "Turn off Shop")
    expect(status(member, SHOP)[0] == 403, "turning it off works on the next request")
    switch(owner, partner, "Turn on Shop")
    expect(status(member, SHOP)[0] == 200, "and so does turning it on")
    member.load(f"{PORTAL}/organisation").press("Sign out")
    expect(status(member, SHOP)[1].startswith(f"{PORTAL}/signin"), "whoever has signed out is asked again")


main()
