"""Tries every scenario against a portal, by plain HTTP, as browsers would; says whom it let in.

    attack.py providers               what the portal must be told of the scenarios, as a shell reads it; then waits
    attack.py gullible                the same against a portal that believes everything: must go red
"""

import http.client
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor

import gullible
import scenarios
from idp import CANARY, CLIENT, SECRET, Idp, line_to
from tls import Doors

IN, OUT = scenarios.IN, scenarios.OUT
LONGEST = 12.5
SEED = int(os.environ.get("IDP_SEED", "20261121"))


class Answer:
    def __init__(self, status, location, body):
        self.status, self.location, self.body = status, location, body


class Browser:
    """Cookies, and requests that follow nothing."""

    def __init__(self, base, cookies=None):
        self.base, self.cookies, self.slowest, self.worst = base, dict(cookies or {}), 0.0, 0

    def copy(self):
        return Browser(self.base, self.cookies)

    def without_session(self):
        return Browser(self.base, {n: v for n, v in self.cookies.items() if "session" not in n})

    def get(self, path):
        return self.ask("GET", path)

    def post(self, path, body, headers=None):
        return self.ask("POST", path, body, headers)

    def ask(self, method, path, body=None, more=None):
        where = urllib.parse.urlsplit(self.base)
        line = http.client.HTTPConnection(where.netloc, timeout=30)
        headers = {"Host": where.netloc, "Connection": "close"} | (more or {})
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        started = time.monotonic()
        line.request(method, path, body, headers)
        answer = line.getresponse()
        text = answer.read().decode("utf-8", "replace")
        self.slowest = max(self.slowest, time.monotonic() - started)
        # An unavailable provider is a 503; anything else of the 500s is the portal's own fault.
        self.worst = max(self.worst, answer.status if answer.status >= 500 and answer.status != 503 else 0)
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                pair = value.split(";", 1)[0].split("=", 1)
                if "max-age=0" in value.lower():
                    self.cookies.pop(pair[0], None)
                else:
                    self.cookies[pair[0]] = pair[1]
        line.close()
        return Answer(answer.status, answer.getheader("Location") or "", text)


class Visit:
    """One scenario's visits to the portal."""

    def __init__(self, portal, idp, scenario, neighbour):
        self.base, self.idp, self.scenario = portal, idp, scenario
        self.name, self.neighbour, self.browsers = scenario.name, neighbour, []

    def browser(self):
        browser = Browser(self.base)
        self.browsers.append(browser)
        return browser

    def answer(self, browser, return_to=None):
        """Goes to the provider and stops short of opening what it answers; gives that as a path of the portal."""
        query = f"?{urllib.parse.urlencode({'return_to': return_to})}" if return_to else ""
        begun = browser.get(f"/signin/begin/{self.name}{query}")
        if not begun.location.startswith(self.idp.issuer(self.scenario)):
            return ""
        where = urllib.parse.urlsplit(begun.location)
        line = line_to(where)
        line.request("GET", f"{where.path}?{where.query}")
        back = line.getresponse().getheader("Location") or ""
        line.close()
        return back.removeprefix(self.base)

    def of(self, scenario):
        """A visit of the same portal by way of another provider."""
        other = Visit(self.base, self.idp, scenario, "")
        other.browsers = self.browsers
        return other

    def sql(self, statement):
        if "DATABASE_URL" in os.environ:
            subprocess.run(["psql", os.environ["DATABASE_URL"], "-qXc", statement], check=True)

    def signed_in(self, browser):
        return browser.get("/account").status == 200

    def session_cookie(self, browser):
        return next((name for name in browser.cookies if "session" in name), "")

    def count(self, door):
        return self.idp.count(self.scenario, door)

    def straight(self):
        browser = self.browser()
        back = self.answer(browser)
        if back:
            browser.get(back)
        return IN if self.signed_in(browser) else OUT

    def judge(self):
        """What is wrong; nothing if all is well."""
        scenario = self.scenario
        came = scenario.drive(self) if scenario.drive else self.straight()
        faults = [] if came == scenario.expect else [f"expected {scenario.expect}, came: {came}"]
        faults += scenario.complaints
        slowest = max((browser.slowest for browser in self.browsers), default=0)
        if slowest > LONGEST:
            faults.append(f"kept somebody waiting {slowest:.1f} s")
        worst = max((browser.worst for browser in self.browsers), default=0)
        if worst:
            faults.append(f"answered {worst}")
        if not scenario.drive and self.count("token") > 1:
            faults.append(f"the code was sent {self.count('token')} times")
        if self.count("trap"):
            faults.append("an attacker's address was opened")
        return faults


def mutated(chance, honest):
    """A token that is almost a good one: some letters of it are others, or moved, or gone."""
    letters = list(honest)
    for _ in range(chance.choice([1, 1, 1, 2, 5])):
        at = chance.randrange(len(letters))
        what = chance.randrange(5)
        if what == 0:
            letters[at] = chance.choice("ABCXYZabcxyz0189-_.")
        elif what == 1:
            del letters[at]
        elif what == 2:
            letters.insert(at, chance.choice("A-_.=%\0"))
        elif what == 3:
            letters = letters[:at] or ["."]
        else:
            other = chance.randrange(len(letters))
            letters[at], letters[other] = letters[other], letters[at]
    return "".join(letters)


def same_meaning(token, honest):
    """Whether a strict reader finds the same three parts: not a mutation at all."""
    return token == honest


def mutations(portal, idp, scenario, number):
    chance, accepted, visits = random.Random(SEED), 0, 0
    made = {}

    def lie(flow):
        honest = flow.token()
        token = mutated(chance, honest)
        made[flow.code] = same_meaning(token, honest)
        flow.raw = token

    scenario.claims = lie
    visit = Visit(portal, idp, scenario, "")
    for _ in range(number):
        browser = Browser(portal)
        back = visit.answer(browser)
        flow = scenario.flows[-1]
        browser.get(back)
        if made.get(flow.code):
            continue
        visits += 1
        accepted += visit.signed_in(browser)
        scenario.flows.clear()
        idp.flows.pop(flow.code, None)
        if browser.worst:
            return visits, accepted, [f"answered {browser.worst}"]
    return visits, accepted, []


def told_to(idp, all_scenarios):
    """What the portal is told: the authority that it may trust, and the providers."""
    told = os.environ | {"SSL_CERT_FILE": idp.doors.bundle}
    told |= {"OIDC_PROVIDERS": ",".join(one.name for one in all_scenarios)}
    for one in all_scenarios:
        name = f"OIDC_{one.name.upper()}"
        told |= {f"{name}_ISSUER": idp.issuer(one), f"{name}_CLIENT_ID": CLIENT, f"{name}_CLIENT_SECRET": SECRET}
    return told


def run(portal, idp, all_scenarios):
    """Faults by scenario."""
    names = [one.name for one in all_scenarios]
    visits = [Visit(portal, idp, one, names[(at + 1) % len(names)]) for at, one in enumerate(all_scenarios)]

    def judged(visit):
        try:
            return visit.scenario, visit.judge()
        except (OSError, http.client.HTTPException) as error:
            return visit.scenario, [f"the portal broke off: {error!r}"]

    with ThreadPoolExecutor(6) as pool:
        return list(pool.map(judged, visits))


def told(outcome):
    wrong = [(scenario, faults) for scenario, faults in outcome if faults]
    for scenario, faults in wrong:
        print(f"  row {scenario.row}, {scenario.what}: {'; '.join(faults)}")
    return wrong


def believes_everything(idp, all_scenarios):
    """The harness goes red for a portal without checks, or it is no harness."""
    # Row 50 alone is asked for a recent sign-in, or every scenario would be red for that.
    hurried = {one.name for one in all_scenarios if one.row == 50}
    portal = gullible.start({one.name: idp.issuer(one) for one in everybody(all_scenarios)}, hurried)
    walked = {31, 38, 41, 56, 57}
    tried = [one for one in all_scenarios if one.row in walked or not one.drive and one.row not in (28, 30)]
    outcome = run(portal, idp, tried)
    caught = {scenario.row for scenario, faults in outcome if faults}
    expected = {2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 17, 18, 19, 20, 22, 29, 33, 35, 40, 50, 55} | walked
    missed = expected - caught
    print(f"A portal that believes everything: {sum(bool(f) for _, f in outcome)} of {len(outcome)} scenarios go red")
    if missed:
        sys.exit(f"the harness does not notice rows {sorted(missed)}")


def everybody(all_scenarios):
    """The scenarios, and the providers that some of them need beside."""
    return [*all_scenarios, *(one.other for one in all_scenarios if one.other)]


def kept():
    """The database as a dump would take it away."""
    program = os.path.join(os.environ.get("PG_BIN", ""), "pg_dump")
    return subprocess.run([program, "--inserts", os.environ["DATABASE_URL"]], check=True, capture_output=True).stdout.decode("utf-8", "replace")


def main():
    with tempfile.TemporaryDirectory() as folder:
        attack(Doors(folder))


def attack(doors):
    idp = Idp(doors)
    all_scenarios = scenarios.all_of_them()
    mutant = scenarios.Scenario(14, "mutated tokens", OUT)
    mutant.name, mutant.email = "mutant", "mutant@skiff.example"
    for one in [*everybody(all_scenarios), mutant]:
        idp.scenarios[one.name] = one
        idp.prepare(one)
    if sys.argv[1:] == ["gullible"]:
        return believes_everything(idp, all_scenarios)
    # Everybody has an account that nobody has signed in to yet.
    with open(os.environ["PEOPLE_FILE"], "w") as people:
        people.writelines(f"{one.email}\n" for one in [*everybody(all_scenarios), mutant])
    portal, started = os.environ["BASE_URL"], time.monotonic()
    with open(os.environ["PORTAL_LOG"], "w") as log:
        subprocess.run([os.environ["PEOPLE_SCRIPT"]], check=True)
        server = subprocess.Popen([os.environ["GUILDHALL_BIN"], "serve"], env=told_to(idp, [*everybody(all_scenarios), mutant]), stdout=log, stderr=log)
    try:
        ready(portal, server)
        outcome = run(portal, idp, all_scenarios)
        wrong = told(outcome)
        number = int(os.environ.get("IDP_MUTATIONS", "300"))
        tried, accepted, faults = mutations(portal, idp, mutant, number)
    finally:
        server.terminate()
        server.wait()
    log = open(os.environ["PORTAL_LOG"]).read()
    leaks = [word for word in (SECRET, CANARY, "panicked", "internal error") if word in log]
    leaks += [f"{word} in the database" for word in (SECRET, CANARY) if word in kept()]
    honest = sum(one.expect == IN for one in all_scenarios)
    rows = sorted({one.row for one in all_scenarios})
    seconds = time.monotonic() - started
    line = (f"Hostile identity provider: {len(all_scenarios)} scenarios of {len(rows)} rows ({honest} honest controls), {len(wrong)} came out wrong; "
            f"{tried} mutated tokens (seed {SEED}), {accepted} accepted; {seconds:.0f} s")
    print(line)
    os.makedirs(os.environ["FIGURES"], exist_ok=True)
    with open(os.path.join(os.environ["FIGURES"], "idp.txt"), "w") as figures:
        figures.write(line + "\nrows: " + ", ".join(map(str, rows)) + "\n")
        for what, number, promised in [("scenarios", len(all_scenarios), ""), ("mutated tokens", tried, ""), ("scenarios that came out wrong", len(wrong), "0"),
                                       ("mutated tokens accepted", accepted, "0"), ("faults of the portal, secrets in its log", len(faults) + len(leaks), "0")]:
            figures.write(f"{what}\t{number}\t{promised}\n")
    if wrong or accepted or faults or leaks:
        sys.exit(f"failed: {len(wrong)} scenarios, {accepted} mutated tokens, {faults}, in the log: {leaks}")


def ready(portal, server):
    for _ in range(300):
        try:
            if Browser(portal).get("/health/ready").status == 200:
                return
        except OSError:
            pass
        if server.poll() is not None:
            sys.exit("the portal ended: " + open(os.environ["PORTAL_LOG"]).read()[-3000:])
        time.sleep(0.2)
    sys.exit("the portal does not become ready")


if __name__ == "__main__":
    main()
