"""Prints a token for the API client in the environment."""

import json
import os
import urllib.parse
import urllib.request

form = {"grant_type": "client_credentials", "client_id": os.environ["CLIENT_ID"], "client_secret": os.environ["CLIENT_SECRET"]}
body = urllib.parse.urlencode(form).encode()
with urllib.request.urlopen(f"{os.environ['ORIGIN']}/oauth2/token", body, timeout=10) as answer:
    print(json.load(answer)["access_token"])
