"""A browser without JavaScript, as far as the scenarios need one: cookies, forms' tokens, bounded waiting."""

import http.client
import re
import socket
import time
import urllib.parse


class Unanswered(Exception):
    """No whole answer came: it may or may not have been done."""


class Answer:
    def __init__(self, status, headers, body, seconds):
        self.status, self.headers, self.body, self.seconds = status, headers, body, seconds

    @property
    def location(self):
        return self.headers.get("location", "")


class Client:
    """`door` is the port to connect to; `base` the address that the portal believes to have."""

    def __init__(self, base, door=None, patience=20.0):
        parts = urllib.parse.urlsplit(base)
        self.base, self.authority, self.door = base, parts.netloc, door or parts.port
        self.cookies, self.patience, self.csrf = {}, patience, None

    def send(self, method, path, form=None, headers=None, door=None, body=None):
        """One request over a connection of its own."""
        sent = {"Host": self.authority, "Connection": "close"}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if form is not None:
            body = urllib.parse.urlencode(form)
            sent.update({"Content-Type": "application/x-www-form-urlencoded", "Origin": self.base})
        sent.update(headers or {})
        begun = time.monotonic()
        wire = http.client.HTTPConnection("127.0.0.1", door or self.door, timeout=self.patience)
        try:
            wire.request(method, path, body, sent)
            answer = wire.getresponse()
            text = answer.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException, socket.timeout) as error:
            raise Unanswered(type(error).__name__) from error
        finally:
            wire.close()
        for cookie in answer.headers.get_all("set-cookie") or []:
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
            if not value:
                del self.cookies[name]
        return Answer(answer.status, {k.lower(): v for k, v in answer.headers.items()}, text, time.monotonic() - begun)

    def get(self, path, **more):
        return self.send("GET", path, **more)

    def post(self, path, form, **more):
        return self.send("POST", path, dict(form, csrf=self.csrf or ""), **more)

    def sign_in(self, login):
        """Through the identity provider and back; the token of the session's forms is taken from a page."""
        begun = self.get("/signin/begin/test")
        assert begun.status in (302, 303), f"sign-in does not begin: {begun.status} {words(begun.body)}"
        at = urllib.parse.urlsplit(begun.location)
        away = Client(f"{at.scheme}://{at.netloc}").get(f"{at.path}?{at.query}&login={urllib.parse.quote(login)}")
        back = urllib.parse.urlsplit(away.location)
        landed = self.get(f"{back.path}?{back.query}")
        assert landed.status in (302, 303), f"nobody is signed in: {landed.status} {words(landed.body)}"
        self.csrf = token(self.get(NEW_PARTNER).body)
        assert self.csrf, "the form of a partner has no token"
        return self


NEW_PARTNER = "/settings/profile/partners/new"


def token(page):
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    return found.group(1) if found else None


def words(page):
    return words_of(page[max(page.find("<main"), 0):])[:300]


def words_of(page):
    page = re.sub(r"<(script|style|head).*?</\1>", " ", page, flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())
