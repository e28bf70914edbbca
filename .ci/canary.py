"""Searches what the test suite has logged at TRACE for what must never be logged.

    python3 .ci/canary.py DIRECTORY

The directory has a text and a JSON log of every test program that makes or answers calls (tests/support/trace.rs writes them).
What is searched for are the secrets and the private values that the tests use, and anything that looks like such: credentials
in a header, an email, the id of a session. Each log has a leak planted in it, so a search that does not search fails.
"""

import pathlib
import re
import sys

# Fewer lines, and something was not listened to.
FLOOR = 150_000

# What the tests send and are sent. Case does not matter.
FIXTURES = {
    "a name": r"robin|tester|canary",
    "a secret": r"\bhush\b|token-\d|key-1\b|other-client-password|hosted-secret|vault-entry|another-of-these",
    "a marker": r"marker",
    "an account number": r"7654321|\*\*\*\*4321|90210902102",
    "a reference": r"invoice-\d",
}
SHAPES = {
    "credentials in a header": r"\b(?:bearer|basic) [a-z0-9+/=._~-]{6,}",
    "an email": r"[a-z0-9.+-]+@[a-z0-9-]+\.[a-z]{2,}",
    "the id of a session": r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "an escape sequence": "\x1b|\u009b",
}
PATTERNS = {what: re.compile(pattern, re.IGNORECASE) for what, pattern in {**FIXTURES, **SHAPES}.items()}
PLANTED = re.compile("planted-leak")

# The client's own name for a call is made to be logged.
REQUEST_ID = re.compile(r'"?(?:flinks_pay\.)?request_id"?[=:]\s*"?[0-9a-f-]{36}"?')

# One of each, as it would stand in a log: the patterns are tried on them first.
SAMPLES = {
    "a name": 'DEBUG send body="{\\"firstName\\":\\"Robin\\"}"',
    "a secret": "TRACE form Password=hush&x=1",
    "a marker": "DEBUG proxy(http://name:marker-word@127.0.0.1:3128) intercepts",
    "an account number": '{"fields":{"account":"7654321"}}',
    "a reference": "span{reference=invoice-1042}",
    "credentials in a header": 'headers={"authorization": "Basic c2hvcDpodXNo"}',
    "an email": "to=ada.roy@shop.example",
    "the id of a session": "GET /api/v2/sessions/0f9e8d7c-6b5a-4c3d-8e1f-001122334455/status",
    "an escape sequence": "code=\x1b[31m",
}


def leaks(line):
    line = REQUEST_ID.sub("", line)
    return [what for what, pattern in PATTERNS.items() if pattern.search(line)]


# A server in the source of a test program.
SERVER = re.compile(r"\b(?:Scripted|Host)::|\bSandbox::(?:start|builder)\(|\baxum::serve\(")
# One listens to itself and searches what it hears; of the other all tests are ignored, and run where no log is written.
NOT_HERE = {"canary", "hosted_browser"}


def programs(tests):
    """The test programs with a server in them."""
    for path in sorted(tests.iterdir()):
        main = path / "main.rs"
        files = list(path.glob("*.rs")) if main.exists() else [path] if path.suffix == ".rs" else []
        text = "".join(file.read_text() for file in files)
        if path.stem not in NOT_HERE and SERVER.search(text):
            yield path.stem


def main(directory):
    blind = [what for what, sample in SAMPLES.items() if what not in leaks(sample)]
    if blind or SAMPLES.keys() != PATTERNS.keys():
        sys.exit(f"the search does not find its own samples: {blind}")
    problems, total = [], 0
    for name in programs(pathlib.Path(__file__).parent.parent / "tests"):
        for ending in ("txt", "json"):
            path = directory / f"{name}.{ending}"
            if not path.exists():
                problems.append(f"{path.name} is missing: does a server of this test program call `listen`?")
                continue
            planted, lines = False, 0
            with path.open(encoding="utf-8") as log:
                for lines, line in enumerate(log, 1):
                    planted = planted or bool(PLANTED.search(line))
                    for what in leaks(line):
                        problems.append(f"{path.name}:{lines}: {what}: {line.strip()[:300]!r}")
            if not planted:
                problems.append(f"{path.name}: what was planted is not there")
            print(f"{path.name}: {lines} lines")
            total += lines
    print(f"{total} lines searched for {len(PATTERNS)} kinds of leaks")
    if total < FLOOR:
        problems.append(f"these are less than {FLOOR} lines")
    for problem in problems[:50]:
        print(problem)
    if problems:
        sys.exit(f"{len(problems)} problems")


main(pathlib.Path(sys.argv[1]))
