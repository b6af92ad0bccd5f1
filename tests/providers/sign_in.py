#!/usr/bin/env python3
"""Signs one person in as a browser without JavaScript would: keeps cookies, follows redirects, fills the forms found.

Knows nothing about any provider. Begins at START, hands in every form it meets on the way, and succeeds when it is
back at the portal on a page with status 200 that holds every EXPECT. Standard library only.
"""

import argparse
import sys

from browser import Browser, Lost


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("start", help="the portal's address that begins the sign-in")
    arguments.add_argument("--person", required=True, help="e-mail address to type")
    arguments.add_argument("--password", default="")
    arguments.add_argument("--expect", action="append", default=[], help="words the landing page must hold")
    given = arguments.parse_args()

    try:
        browser = Browser().sign_in(given.start, given.person, given.password, tell=print)
    except Lost as lost:
        sys.exit(str(lost))
    text = browser.page.text
    missing = [words for words in given.expect if words not in text]
    if browser.status != 200 or missing:
        sys.exit(f"landed with {browser.status}, without {missing}, on: {text[:600]}")
    print(f"  signed in: {text[:120]}")


if __name__ == "__main__":
    main()
