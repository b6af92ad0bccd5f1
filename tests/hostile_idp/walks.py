"""Ways through a browser or two that are not one straight sign-in. Each gets the visit and says who ended up where."""

import threading

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
    ]
