"""A browser without JavaScript: keeps cookies, follows redirects, reads pages, hands in the forms found in them.

Knows nothing about the portal or any provider. Standard library only.
"""

import urllib.error
import urllib.parse
import urllib.request
from html.parser import HTMLParser
from http.cookiejar import CookieJar

MOST_STEPS = 8


class Lost(Exception):
    """The page that was expected is not there."""


class Page(HTMLParser):
    """The forms of a page with their fields, its links, and its words."""

    def __init__(self):
        super().__init__()
        self.forms = []
        self.links = []
        self.words = []
        self._open = self._list = self._area = self._link = None

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self._open = {"method": attrs.get("method", "get").lower(), "action": attrs.get("action")}
            self._open |= {"fields": [], "words": []}
            self.forms.append(self._open)
        elif tag == "a":
            self._link = {"href": attrs.get("href") or "", "words": []}
            self.links.append(self._link)
        elif tag == "option" and self._list is not None:
            if "selected" in attrs or not self._list["checked"]:
                self._list |= {"value": attrs.get("value") or "", "checked": True}
        elif tag in ("input", "button", "select", "textarea") and self._open is not None:
            kind = attrs.get("type", {"input": "text", "button": "submit"}.get(tag, tag)).lower()
            field = {"name": attrs.get("name"), "kind": kind, "value": attrs.get("value") or ""}
            field["checked"] = "checked" in attrs
            self._open["fields"].append(field)
            self._list = field if tag == "select" else self._list
            self._area = field if tag == "textarea" else self._area

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        if tag == "form":
            self._open = None
        elif tag == "a":
            self._link = None
        elif tag == "select":
            self._list = None
        elif tag == "textarea":
            self._area = None

    def handle_data(self, data):
        if self._area is not None:
            self._area["value"] += data
        self.words.extend(data.split())
        for holder in (self._open, self._link):
            if holder is not None:
                holder["words"].extend(data.split())

    @property
    def text(self):
        return " ".join(self.words)


def kinds(form):
    return [field["kind"] for field in form["fields"]]


def choose(forms):
    """The form that asks for the person, else one to be agreed to by a button with a name, else the first."""
    posting = [form for form in forms if form["method"] == "post"]
    for wanted in ("password", "email"):
        for form in posting:
            if wanted in kinds(form):
                return form
    named = [form for form in posting if any(f["name"] and f["kind"] == "submit" for f in form["fields"])]
    return (named or posting or [None])[0]


def fill(form, answers):
    """What a browser would send when the form's best button is pressed. Answers go by a field's name."""
    pairs, buttons = [], []
    for field in form["fields"]:
        name, kind = field["name"], field["kind"]
        if not name:
            continue
        if kind == "submit":
            buttons.append((name, field["value"]))
        elif kind in ("checkbox", "radio"):
            if field["checked"]:
                pairs.append((name, field["value"] or "on"))
        elif kind not in ("button", "reset"):
            pairs.append((name, answers.get(name, field["value"])))
    agreeing = [b for b in buttons if b[1].lower() in ("accept", "allow", "yes", "authorize", "continue")]
    return pairs + (agreeing or buttons)[:1]


def signing_in(form, person, password):
    """The answers of somebody who is asked who they are."""
    answers = {}
    for field in form["fields"]:
        name, kind = field["name"] or "", field["kind"]
        if kind == "password":
            answers[name] = password
        elif kind == "email" or name.lower() in ("login", "user", "username", "email"):
            answers[name] = person
    return answers


def origin(url):
    return tuple(urllib.parse.urlsplit(url)[:2])


class Browser:
    """One person's browser, on the page that it loaded last."""

    def __init__(self):
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.status, self.url, self.page, self.body = 0, "", Page(), ""

    def load(self, url, form=None, method=None):
        url = urllib.parse.urljoin(self.url, url)
        data = urllib.parse.urlencode(form).encode() if form is not None else None
        request = urllib.request.Request(url, data=data, method=method)
        if data is not None:
            parts = urllib.parse.urlsplit(url)
            request.add_header("Origin", f"{parts.scheme}://{parts.netloc}")
            request.add_header("Sec-Fetch-Site", "same-origin")
        try:
            answer = self.opener.open(request, timeout=20)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            self.status, self.url = answer.status, answer.geturl()
            self.body = answer.read().decode("utf-8", "replace")
        self.page = Page()
        self.page.feed(self.body)
        return self

    def hand_in(self, form, answers):
        target = urllib.parse.urljoin(self.url, form["action"] or self.url)
        pairs = fill(form, answers)
        if form["method"] == "post":
            return self.load(target, pairs)
        return self.load(f"{target.split('?')[0]}?{urllib.parse.urlencode(pairs)}")

    def press(self, label, **answers):
        """Hands in the form with a button of this label."""
        for form in self.page.forms:
            if label in " ".join(form["words"]):
                return self.hand_in(form, answers)
        raise Lost(f"no button {label!r} on {self.where()}")

    def follow(self, label):
        for link in self.page.links:
            if label in " ".join(link["words"]):
                return self.load(link["href"])
        raise Lost(f"no link {label!r} on {self.where()}")

    def sign_in(self, start, person, password, tell=lambda line: None):
        """From the portal's address that begins the sign-in, through every form on the way, and back."""
        home = origin(urllib.parse.urljoin(self.url, start))
        self.load(start)
        for step in range(MOST_STEPS):
            tell(f"  {step + 1}. {self.status} {self.url.split('?')[0]}")
            form = choose(self.page.forms)
            # The development provider lives at the portal's own address: a form that asks for a person is not the end.
            asks = form is not None and {"email", "password"} & set(kinds(form))
            if origin(self.url) == home and not asks:
                return self
            if form is None:
                raise Lost(f"no form to hand in on {self.where()}")
            self.hand_in(form, signing_in(form, person, password))
        raise Lost(f"still not back at the portal after {MOST_STEPS} pages, on {self.where()}")

    def where(self):
        return f"{self.status} {self.url.split('?')[0]}: {self.page.text[:600]}"
