"""Whether the document says enough for generators: names, groups, descriptions, errors with examples that fit."""

import json
import sys

document = json.load(open(sys.argv[1]))
schemas = document["components"]["schemas"]
tags = {tag["name"] for tag in document["tags"]}
faults, ids, errors = [], set(), 0


def fits(value, schema):
    """Enough of JSON Schema for the shapes of errors."""
    if "$ref" in schema:
        return fits(value, schemas[schema["$ref"].rsplit("/", 1)[1]])
    kinds = {"object": dict, "array": list, "string": str, "integer": int}
    if not isinstance(value, kinds[schema["type"]]):
        return False
    if schema["type"] == "array":
        return all(fits(item, schema["items"]) for item in value)
    if schema["type"] == "object":
        members = schema["properties"]
        return all(name in value for name in schema["required"]) and all(fits(value[name], members[name]) for name in value)
    return value in schema.get("enum", [value])


for path, item in document["paths"].items():
    for method, operation in item.items():
        name = f"{method.upper()} {path}"
        ids.add(operation["operationId"])
        if not (operation["summary"] and operation["description"] and operation["security"] is not None):
            faults.append(f"{name} is not described")
        if not set(operation["tags"]) <= tags:
            faults.append(f"{name} has an unknown tag")
        for status, answer in operation["responses"].items():
            for content in answer["content"].values():
                if status >= "400":
                    errors += 1
                    if not fits(content["example"], content["schema"]):
                        faults.append(f"{name}: the example of {status} does not fit")
operations = sum(len(item) for item in document["paths"].values())
if len(ids) != operations:
    faults.append("operation ids are not unique")
print(*faults, sep="\n", end="\n" if faults else "")
print(f"{operations} operations, {len(schemas)} schemas, {errors} errors with examples")
sys.exit(bool(faults))
