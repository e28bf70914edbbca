"""Judges OpenAPI 3.0 schemas as they stand and compares the verdicts with those on their translation.

Usage: check_pairs.py PAIRS.json, as written by tests/translate_pairs.rs. It installs nothing; see requirements.txt.
Exit code 0: every verdict is the same, or differs where a difference is listed. 1: it is not. 2: it could not run.
"""

import json
import sys

try:
    from openapi_schema_validator import (
        OAS30ReadValidator,
        OAS30Validator,
        OAS30WriteValidator,
    )
except ImportError as error:
    print(f"{error}; install tests/python/requirements.txt", file=sys.stderr)
    sys.exit(2)

VALIDATORS = {
    None: OAS30Validator,
    "request": OAS30WriteValidator,
    "response": OAS30ReadValidator,
}


def main(path):
    with open(path, encoding="utf-8") as file:
        pairs = json.load(file)
    listed = {
        (difference["case"], json.dumps(value, sort_keys=True))
        for difference in pairs["differences"]
        for value in difference["values"]
    }
    found = set()
    wrong = []
    compared = 0
    checker = OAS30Validator.FORMAT_CHECKER
    missing = {"date", "date-time", "email", "ipv4", "ipv6", "uri", "uuid"} - set(checker.checkers)
    if missing:
        print(f"no check for the formats {sorted(missing)}; install tests/python/requirements.txt", file=sys.stderr)
        return 2
    for case in pairs["cases"]:
        schema = {**case["schema"], "components": case["components"]}
        validator = VALIDATORS[case["direction"]](schema, format_checker=checker)
        for entry in case["values"]:
            compared += 1
            accepted = validator.is_valid(entry["value"])
            if accepted == entry["accepted"]:
                continue
            key = (case["case"], json.dumps(entry["value"], sort_keys=True))
            found.add(key)
            if key not in listed:
                wrong.append(f"{key[0]}: {key[1]} accepted here: {accepted}, through the translation: {not accepted}")
    wrong += [f"{case}: {value} is listed as a difference and is none" for case, value in sorted(listed - found)]
    for line in wrong:
        print(line)
    print(f"{compared} values compared, {len(found)} differ, {len(listed)} differences listed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
