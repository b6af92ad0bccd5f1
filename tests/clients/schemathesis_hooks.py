"""What no schema of a single parameter can say, kept out of the calls that are meant to be right.

Only values that are right by themselves are touched, so that wrong ones arrive as they were drawn.
"""

import os
import re
import uuid

import schemathesis

DEEPEST, SIZE = 100_000, {"network": 20}


def number(value, standard):
    text = str(standard if value is None else value)
    return int(text) if re.fullmatch(r"[0-9]{1,10}", text) else None


@schemathesis.hook
def before_call(ctx, case, kwargs):
    # A key that was drawn before belongs to that call, and is refused for another.
    key = (case.headers or {}).get("Idempotency-Key")
    if isinstance(key, str) and re.fullmatch(r"[!-~]{1,255}", key):
        case.headers["Idempotency-Key"] = str(uuid.uuid4())
    # Coverage makes headers of letters and digits alone, and a version stands in quotes.
    version = (case.headers or {}).get("If-Match")
    if version is not None and case.meta and case.meta.generation.mode.is_positive and not re.fullmatch('"[0-9]{1,9}"', version):
        case.headers["If-Match"] = '"1"'
    # Whoever revokes the credential that the calls are made with asks nothing any more.
    if "/api-clients/{id}/" in case.path and (case.path_parameters or {}).get("id") in os.environ["OWN_CREDENTIALS"].split():
        case.path_parameters["id"] = str(uuid.uuid4())
    # Pages go 100,000 items deep: page times size.
    query = case.query or {}
    if "page" in query:
        page, size = number(query["page"], 0), number(query.get("size"), SIZE.get(case.path.split("/")[2], 10))
        if page is not None and size is not None and page <= 2**31 - 1 and 1 <= size <= 1000 and page * size > DEEPEST:
            query["page"] = DEEPEST // size
