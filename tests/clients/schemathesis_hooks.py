"""What no schema of a single parameter can say, kept out of the calls that are meant to be right.

Only values that are right by themselves are touched, so that wrong ones arrive as they were drawn.
"""

import functools
import json
import os
import re
import uuid

import jsonschema_rs
import schemathesis
from hypothesis.internal.intervalsets import IntervalSet
from hypothesis.strategies._internal import regex

DEEPEST, SIZE = 100_000, {"network": 20}


def number(value, standard):
    text = str(standard if value is None else value)
    return int(text) if re.fullmatch(r"[0-9]{1,10}", text) else None


def ranges_as_ranges(one_by_one):
    """Hypothesis writes out every character of a class. What is not visible are 140,000, in each of a dozen patterns of the
    document, and they were written out again for every drawn call: nine tenths of a run. As ranges they draw the same."""

    def strategy(codes, context, is_unicode, *, alphabet):
        plain = isinstance(codes, tuple) and codes[0] == regex.sre.IN and is_unicode and not context.flags & re.IGNORECASE
        if not plain or not all(code in (regex.sre.NEGATE, regex.sre.LITERAL, regex.sre.RANGE) for code, _ in codes[1]):
            return one_by_one(codes, context, is_unicode, alphabet=alphabet)
        negated = codes[1][0][0] == regex.sre.NEGATE
        ranges = [(value, value) if code == regex.sre.LITERAL else value for code, value in codes[1] if value is not None]
        builder = regex.CharactersBuilder(flags=context.flags, negate=negated, alphabet=alphabet)
        for one in ranges:
            builder._intervals |= IntervalSet([one])
        return builder.strategy

    return strategy


regex._strategy = ranges_as_ranges(regex._strategy)


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


@functools.cache
def validator(reference, document):
    return jsonschema_rs.validator_for({"$ref": reference, "components": json.loads(document)})


@schemathesis.check
def every_line_is_an_item(ctx, response, case):
    """Of a body in lines the document has the schema of a line, which Schemathesis holds against whole bodies only."""
    kind = response.headers.get("content-type", [""])[0].split(";")[0]
    if response.status_code != 200 or kind != "application/x-ndjson":
        return
    document = case.operation.schema.raw_schema
    described = document["paths"][case.path][case.method.lower()]["responses"]["200"]["content"][kind]["schema"]
    lines = validator(described["$ref"], json.dumps(document["components"]))
    for line in response.text.removesuffix("\n").split("\n") if response.text else []:
        assert lines.is_valid(json.loads(line)), f"{described['$ref']} is not {line}"
