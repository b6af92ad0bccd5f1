"""Ways through a browser or two that are not one straight sign-in. Each gets the visit and says who ended up where."""

import json
import re
import threading
import time
import urllib.parse

IN, OUT = "signed in", "nobody"


def other_browser(visit):
    """Somebody sends their own answer to another person's browser (login CSRF)."""
    mine, theirs = visit.browser(), visit.browser()
    back = visit.answer(mine)
    theirs.get(f"/signin/begin/{visit.name}")
    theirs.get(back)
    if visit.signed_in(theirs):
        return IN
    # The one whom it belongs to can still use it.
    mine.get(back)
    return OUT if visit.signed_in(mine) else "the owner of the answer lost it"


def bare_browser(visit):
    back = visit.answer(visit.browser())
    fresh = visit.browser()
    fresh.get(back)
    return IN if visit.signed_in(fresh) else OUT


def replayed(visit):
    """The same answer again, in the same browser after signing out, and in another."""
    browser = visit.browser()
    back = visit.answer(browser)
    browser.get(back)
    if not visit.signed_in(browser):
        return "the first use failed"
    again = browser.without_session()
    again.get(back)
    return IN if visit.signed_in(again) else OUT


def at_once(visit):
    """Ten of the same answer at once: one session, one token request."""
    browser = visit.browser()
    back = visit.answer(browser)
    copies = [browser.copy() for _ in range(10)]
    threads = [threading.Thread(target=copy.get, args=(back,)) for copy in copies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sessions = sum(visit.signed_in(copy) for copy in copies)
    if sessions > 1 or visit.count("token") > 1:
        return f"{sessions} sessions of {visit.count('token')} token requests"
    return OUT if sessions == 1 else "nobody at all was signed in"


def injected(visit):
    """The code of one person's sign-in in the answer to another's."""
    victim, attacker = visit.browser(), visit.browser()
    stolen = visit.answer(victim)
    own = visit.answer(attacker)
    code = stolen.split("code=")[1].split("&")[0]
    mine = own.split("code=")[1].split("&")[0]
    attacker.get(own.replace(mine, code))
    return IN if visit.signed_in(attacker) else OUT


def other_path(visit):
    """The answer of one provider at another's address (mix-up)."""
    browser = visit.browser()
    back = visit.answer(browser)
    browser.get(back.replace(f"/callback/{visit.name}", f"/callback/{visit.neighbour}"))
    return IN if visit.signed_in(browser) else OUT


def by_post(visit):
    browser = visit.browser()
    path, _, query = visit.answer(browser).partition("?")
    browser.post(path, query)
    return IN if visit.signed_in(browser) else OUT


def fragment(visit):
    """The answer as if it stood behind the hash sign: the query is empty."""
    browser = visit.browser()
    browser.get(visit.answer(browser).partition("?")[0])
    return IN if visit.signed_in(browser) else OUT


def tossed(visit):
    """A cookie planted by a neighbour under names that only look like ours."""
    browser = visit.browser()
    back = visit.answer(browser)
    victim = visit.browser()
    for name, value in list(browser.cookies.items()):
        victim.cookies[name.replace("_", "%5F", 1)] = value
        victim.cookies["\u2000".encode().decode("latin-1") + name] = value
    victim.get(back)
    return IN if visit.signed_in(victim) else OUT


def fixed_session(visit):
    """A session that somebody planted before is not the one that a sign-in gives."""
    browser = visit.browser()
    back = visit.answer(browser)
    planted = {"guildhall_session": "x" * 64, "__Host-guildhall_session": "x" * 64}
    browser.cookies.update(planted)
    browser.get(back)
    kept = [name for name, value in planted.items() if browser.cookies.get(name) == value and name == visit.session_cookie(browser)]
    return IN if kept else OUT


def foreign_return(visit):
    """Where to go afterwards is another site."""
    for where in ["//evil.example", "/\\evil.example", "https://evil.example", "/%09/evil.example", "javascript:alert(1)", "/.evil.example/..//evil.example",
                  "///evil.example", "/\t/evil.example", "http:evil.example", "@evil.example"]:
        browser = visit.browser()
        back = visit.answer(browser, return_to=where)
        landed = browser.get(back + "&return_to=//evil.example&next=//evil.example").location
        # As a browser reads it: tabs and line ends are not there, a backslash is a slash.
        read = landed.replace("\t", "").replace("\n", "").replace("\\", "/").removeprefix(visit.base)
        if not read.startswith("/") or read.startswith("//"):
            return f"sent to {landed}"
    return OUT


def other_account(visit):
    """The person is bound by now; another account of the provider has the same address."""
    first = visit.browser()
    first.get(visit.answer(first))
    if not visit.signed_in(first):
        return "the first sign-in failed"
    visit.scenario.claims = lambda flow: flow.claims.update(sub="another-account")
    second = visit.browser()
    second.get(visit.answer(second))
    return IN if visit.signed_in(second) else OUT


def new_address(visit):
    """The bound account comes with another address: still the same person."""
    first = visit.browser()
    first.get(visit.answer(first))
    visit.scenario.claims = lambda flow: flow.claims.update(email="moved@elsewhere.example", email_verified=False)
    second = visit.browser()
    second.get(visit.answer(second))
    return IN if visit.signed_in(second) else "the bound account was refused"


def forged_keys(visit):
    """Fifty tokens under names of keys that do not exist: one look for new keys, no more."""
    visit.scenario.claims = lambda flow: flow.header.update(kid=flow.code[:8])
    for _ in range(50):
        browser = visit.browser()
        browser.get(visit.answer(browser))
        if visit.signed_in(browser):
            return IN
    return OUT if visit.count("jwks") <= 3 else f"{visit.count('jwks')} looks for keys"


def comes_in(visit, patience=60):
    """A browser that is signed in, as soon as the provider can be asked again; None if that takes longer."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        browser = visit.browser()
        back = visit.answer(browser)
        if back:
            browser.get(back)
            if visit.signed_in(browser):
                return browser
        time.sleep(1)
    return None


def closed(door):
    door.shutdown()
    door.server_close()


def away(visit):
    """Not there when the portal starts, then there, gone again, and back: nobody else notices."""
    browser = visit.browser()
    begun = browser.get(f"/signin/begin/{visit.name}")
    if begun.status != 503 or browser.get("/signin").status != 200:
        return f"answered {begun.status} while the provider was away"
    door = visit.idp.listen(visit.scenario.port)
    inside = comes_in(visit)
    closed(door)
    if not inside:
        return "nobody is signed in after the provider has come back"
    if not visit.signed_in(inside):
        return "somebody was signed out because the provider is away"
    late = visit.browser()
    asked = urllib.parse.parse_qs(urllib.parse.urlsplit(late.get(f"/signin/begin/{visit.name}").location).query)
    answered = late.get(f"/signin/callback/{visit.name}?code=x&state={asked.get('state', [''])[0]}")
    if answered.status != 503 or visit.signed_in(late):
        return f"answered {answered.status} when the provider went away during a sign-in"
    door = visit.idp.listen(visit.scenario.port)
    inside = comes_in(visit)
    closed(door)
    return IN if inside else "nobody is signed in after the provider has come back again"


def slow_at_first(visit):
    """Discovery hangs; whoever waits is told in time, and later it works."""
    from idp import stalls

    visit.scenario.discovery = lambda *_: stalls
    browser = visit.browser()
    begun = browser.get(f"/signin/begin/{visit.name}")
    if begun.status != 503:
        return f"answered {begun.status} while the provider hung"
    visit.scenario.discovery = lambda *_: None
    return IN if comes_in(visit) else "nobody is signed in after the provider has woken up"


def same_subject(visit):
    """The subject of one provider's account, told by another provider."""
    first = visit.of(visit.scenario.other)
    if first.straight() != IN:
        return "the first sign-in failed"
    subject = visit.scenario.other.flows[-1].claims["sub"]
    visit.scenario.claims = lambda flow: flow.claims.update(sub=subject, email="nobody@nowhere.example")
    return visit.straight()


def ended(column):
    """Somebody whom the portal has suspended or removed since."""
    def drive(visit):
        first = visit.browser()
        first.get(visit.answer(first))
        if not visit.signed_in(first):
            return "the first sign-in failed"
        visit.sql(f"UPDATE users SET {column} WHERE email_key = '{visit.scenario.email}'")
        if visit.signed_in(first):
            return "the session lives on"
        return visit.straight()
    return drive


def logout_token(visit):
    from idp import CLIENT, compact

    flow = visit.scenario.flows[-1]
    claims = {name: flow.claims[name] for name in ("iss", "sub", "aud", "iat", "exp")}
    claims |= {"jti": flow.code, "sid": "session-1", "events": {"http://schemas.openid.net/event/backchannel-logout": {}}}
    return compact(flow.header | {"typ": "logout+jwt"}, json.loads(json.dumps(claims)), flow.signer)


def back_channel(visit):
    """A right logout token at every door that might take one: the portal offers no such door, so nothing happens."""
    browser, server = visit.browser(), visit.browser()
    browser.get(visit.answer(browser))
    if not visit.signed_in(browser):
        return "the first sign-in failed"
    said = urllib.parse.urlencode({"logout_token": logout_token(visit)})
    front = urllib.parse.urlencode({"iss": visit.idp.issuer(visit.scenario), "sid": "session-1"})
    for path in [f"/signin/backchannel-logout/{visit.name}", f"/signin/backchannel/{visit.name}", f"/signin/logout/{visit.name}", f"/signin/callback/{visit.name}",
                 f"/signin/{visit.name}/logout", "/backchannel-logout", "/backchannel_logout", "/logout", "/oidc/logout", "/signout", "/signed-out", "/signin"]:
        for answer in (server.post(path, said), browser.post(path, said)):
            if not 400 <= answer.status < 500:
                return f"{path} answered {answer.status} to a logout token"
        if "callback" not in path:
            browser.get(f"{path}?{front}")
    return IN if visit.signed_in(browser) else "somebody was signed out by it"


def signs_out_alone(visit):
    """Signing out needs no provider: it is away, and what it would be told afterwards is nobody's concern."""
    door = visit.idp.listen(visit.scenario.port)
    browser = comes_in(visit)
    closed(door)
    if not browser:
        return "the first sign-in failed"
    browser.get("/signed-out?state=wrong&post_logout_redirect_uri=//evil.example")
    token = re.search(r'name="csrf" value="([^"]+)"', browser.get("/account").body)
    if not token:
        return "a page without a form to sign out"
    begun, old = time.monotonic(), browser.copy()
    left = browser.post("/signout", urllib.parse.urlencode({"csrf": token[1]}), {"Origin": visit.base})
    took = time.monotonic() - begun
    if left.status != 303 or not left.location.removeprefix(visit.base).startswith("/signed-out") or took > 5:
        return f"signing out: {left.status} to {left.location!r} after {took:.1f} s"
    return IN if visit.signed_in(browser) or visit.signed_in(old) else OUT


def all_of_them(Scenario):
    def walk(row, what, drive, expect=OUT, **more):
        return Scenario(row, what, expect, drive=drive, **more)

    return [
        walk(16, "the answer of one browser in another", other_browser), walk(16, "the answer in a browser that never asked", bare_browser),
        walk(44, "the answer again, after the session is gone", replayed), walk(44, "ten of the same answer at once", at_once),
        walk(45, "another person's code", injected),
        walk(45, "another person's code, at a provider without PKCE", injected, generous=True), walk(47, "the answer at another provider's address", other_path),
        walk(43, "the answer by POST", by_post), walk(43, "the answer in a fragment", fragment), walk(15, "planted cookies", tossed),
        walk(52, "a planted session", fixed_session), walk(53, "back to another site", foreign_return), walk(37, "another account, the same address", other_account),
        walk(39, "the same account, another address", new_address, IN), walk(17, "fifty forged names of keys", forged_keys),
        walk(31, "a provider that is away at the start and again later", away, IN, absent=True),
        walk(31, "a provider that is slow to say where its doors are", slow_at_first, IN),
        walk(38, "the subject of an account of another provider", same_subject, other=Scenario(38, "the other provider", IN)),
        walk(41, "somebody who was suspended", ended("state = 'suspended'")), walk(41, "somebody who was removed", ended("removed_at = now()")),
        walk(56, "a logout token", back_channel, IN), walk(57, "signing out while the provider is away", signs_out_alone, absent=True),
    ]
