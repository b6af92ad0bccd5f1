#!/usr/bin/env python3
"""Signs one person in as a browser without JavaScript would: keeps cookies, follows redirects, fills the forms found.

Knows nothing about any provider. Begins at START, hands in every form it meets on the way, and succeeds when it is
back at the portal on a page with status 200 that holds every EXPECT. Standard library only.
"""

import argparse
import sys
import urllib.error
import urllib.parse
import urllib.request
from html.parser import HTMLParser
from http.cookiejar import CookieJar

MOST_STEPS = 8


class Forms(HTMLParser):
    """The forms of a page with their fields, and the page's words."""

    def __init__(self):
        super().__init__()
        self.forms = []
        self.words = []
        self._open = None

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self._open = {"method": attrs.get("method", "get").lower(), "action": attrs.get("action"), "fields": []}
            self.forms.append(self._open)
        elif tag in ("input", "button") and self._open is not None:
            kind = attrs.get("type", "text" if tag == "input" else "submit").lower()
            field = {"name": attrs.get("name"), "kind": kind, "value": attrs.get("value") or ""}
            self._open["fields"].append(field)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        if tag == "form":
            self._open = None

    def handle_data(self, data):
        self.words.extend(data.split())


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


def fill(form, person, password):
    """What a browser would send when the form's best button is pressed."""
    pairs, buttons = [], []
    for field in form["fields"]:
        if not field["name"]:
            continue
        if field["kind"] == "submit":
            buttons.append((field["name"], field["value"]))
        elif field["kind"] == "password":
            pairs.append((field["name"], password))
        elif field["kind"] == "email" or field["name"].lower() in ("login", "user", "username", "email"):
            pairs.append((field["name"], person))
        elif field["kind"] not in ("checkbox", "radio", "button", "reset"):
            pairs.append((field["name"], field["value"]))
    agreeing = [b for b in buttons if b[1].lower() in ("accept", "allow", "yes", "authorize", "continue")]
    return pairs + (agreeing or buttons)[:1]


class Browser:
    def __init__(self):
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def load(self, url, form=None):
        data = urllib.parse.urlencode(form).encode() if form is not None else None
        request = urllib.request.Request(url, data=data)
        if data is not None:
            parts = urllib.parse.urlsplit(url)
            request.add_header("Origin", f"{parts.scheme}://{parts.netloc}")
            request.add_header("Sec-Fetch-Site", "same-origin")
        try:
            answer = self.opener.open(request, timeout=20)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            page = Forms()
            page.feed(answer.read().decode("utf-8", "replace"))
            return answer.status, answer.geturl(), page


def origin(url):
    return tuple(urllib.parse.urlsplit(url)[:2])


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("start", help="the portal's address that begins the sign-in")
    arguments.add_argument("--person", required=True, help="e-mail address to type")
    arguments.add_argument("--password", default="")
    arguments.add_argument("--expect", action="append", default=[], help="words the landing page must hold")
    given = arguments.parse_args()

    browser = Browser()
    status, url, page = browser.load(given.start)
    for step in range(MOST_STEPS):
        print(f"  {step + 1}. {status} {url.split('?')[0]}")
        form = choose(page.forms)
        # The development provider lives at the portal's own address: a form that asks for a person is not the end.
        asks = form is not None and {"email", "password"} & set(kinds(form))
        if origin(url) == origin(given.start) and not asks:
            break
        if form is None:
            sys.exit(f"no form to hand in: {' '.join(page.words)[:400]}")
        target = urllib.parse.urljoin(url, form["action"] or url)
        status, url, page = browser.load(target, fill(form, given.person, given.password))
    else:
        sys.exit(f"still not back at the portal after {MOST_STEPS} pages: {' '.join(page.words)[:400]}")

    text = " ".join(page.words)
    missing = [words for words in given.expect if words not in text]
    if status != 200 or missing:
        sys.exit(f"landed with {status}, without {missing}, on: {text[:600]}")
    print(f"  signed in: {text[:120]}")


if __name__ == "__main__":
    main()
