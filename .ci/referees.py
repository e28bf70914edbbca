"""Has others judge the contract, and the simulator by it: tools that this project did not write.

    python3 .ci/referees.py                     all of them
    python3 .ci/referees.py linter client       these only

linter        Redocly's linter reads both documents of openapi/.
client        openapi-typescript makes types of them, and a script that is checked by those pays and cancels.
schemathesis  Schemathesis calls the simulator by the contract, from five seeds, each with another profile of it.

What they are told is in tests/referees/, their versions by hash, too. They are installed into target/ci/referees/ and work on copies
there. Each is also given something that is wrong, and fails here if it does not say so.

It needs Node with npm, Python 3.11 or newer, and target/debug/flinks-pay (cargo build --features cli).
"""

import concurrent.futures
import contextlib
import hashlib
import http.server
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.request
import venv

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
ROOM = TARGET / "ci/referees"
PLACE = ROOM / "tests/referees"
SIMULATOR = TARGET / "debug/flinks-pay"
CONTRACT, CONTROL = ROOM / "openapi/flinks-pay.yaml", ROOM / "openapi/sandbox-control.yaml"

# The seeds of Schemathesis, and the simulator that each calls.
RUNS = {1: "strict", 2: "geft", 3: "eft", 4: "lenient", 5: "strict,credentials=api-key"}
# A simulator does not wait for a decision about a guarantee unless it can tell somebody of it.
SECRET = "a-secret-of-the-referees"


class Refused(Exception):
    """What a referee has against it."""


def run(*command, cwd=PLACE, more=None):
    """The exit code of a command and what it printed."""
    environment = {**os.environ, "NO_COLOR": "1", "REDOCLY_TELEMETRY": "off", "DO_NOT_TRACK": "1", **(more or {})}
    command = [str(part) for part in command]
    done = subprocess.run(
        command, cwd=cwd, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=600
    )
    return done.returncode, done.stdout


def passes(what, *command, **options):
    code, output = run(*command, **options)
    if code != 0:
        raise Refused(f"{what}: exit code {code}\n{output}")
    return output


def fails(what, word, *command, **options):
    """Holds a referee to finding what was planted, by a word in its output."""
    code, output = run(*command, **options)
    if code == 0 or word not in output:
        raise Refused(f"{what} was not found: exit code {code}, and '{word}' was to be said\n{output}")
    print(f"  control: {what} is found")


@contextlib.contextmanager
def changed(file, old, new):
    """A copy of a document with something wrong in it, for a while."""
    text = file.read_text()
    if old not in text:
        raise Refused(f"{file.name} has no '{old}' any more, so nothing can be planted there")
    file.write_text(text.replace(old, new))
    try:
        yield
    finally:
        file.write_text(text)


# --- the room ----------------------------------------------------------------------------------------------------------------


def furnish():
    """Copies what the referees read; nothing of a run before stays, but for what is installed."""
    for name in ("openapi", "tests"):
        shutil.rmtree(ROOM / name, ignore_errors=True)
    shutil.copytree(ROOT / "tests/referees", PLACE)
    (ROOM / "openapi").mkdir(parents=True)
    for document in (CONTRACT, CONTROL):
        shutil.copy(ROOT / "openapi" / document.name, document)


def installed(name, sources, install):
    """Installs once for each content of the files that say what."""
    stamp = ROOM / f"{name}.stamp"
    digest = hashlib.sha256(b"".join((PLACE / source).read_bytes() for source in sources)).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    stamp.unlink(missing_ok=True)
    install()
    stamp.write_text(digest)


def install_node():
    sources = ("package.json", "package-lock.json", ".npmrc")

    def install():
        for source in sources:
            shutil.copy(PLACE / source, ROOM / source)
        passes("npm ci", "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", cwd=ROOM)

    installed("node", sources, install)


def install_python():
    def install():
        venv.create(ROOM / "python", clear=True, with_pip=True)
        passes(
            "pip install",
            *(ROOM / "python/bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
            *("--only-binary", ":all:", "--require-hashes", "--no-deps", "--requirement", "requirements.txt"),
        )

    installed("python", ("requirements.txt",), install)


def tool(name):
    return ROOM / "node_modules/.bin" / name


# --- the simulator -----------------------------------------------------------------------------------------------------------


class Receiver(http.server.BaseHTTPRequestHandler):
    """Takes every webhook."""

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def receiver():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@contextlib.contextmanager
def simulator(*arguments):
    """What a simulator of its own exports. Its port is the system's choice, and in the end it has nothing against itself."""
    process = subprocess.Popen(
        [SIMULATOR, "sandbox", *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "FLINKS_PAY_WEBHOOK_SECRET": SECRET},
    )
    try:
        exports = {}
        for line in process.stdout:
            if match := re.fullmatch(r"export (\w+)=(.*)\n", line):
                exports[match[1]] = match[2]
            # The last line that it prints.
            if "/cancel" in line:
                break
        else:
            raise Refused(f"{SIMULATOR} sandbox ended at once; was it built, with the feature cli?")
        yield exports
        with urllib.request.urlopen(f"{exports['FLINKS_PAY_BASE_URL']}/_sandbox/violations") as answer:
            report = json.load(answer)
        if report["total"]:
            raise Refused(f"the simulator's own judge: {json.dumps(report['violations'])}")
    finally:
        process.terminate()
        process.wait(10)


# --- the referees ------------------------------------------------------------------------------------------------------------


def linter():
    install_node()
    lint = (tool("redocly"), "lint", "--config", "redocly.yaml", "--format", "stylish")
    output = passes("redocly lint", *lint)
    # As many as .redocly.lint-ignore.yaml lists, so that none of them outlives its reason.
    if "1 problem is explicitly ignored" not in output or "warning" in output.replace("Deprecation warning", ""):
        raise Refused(f"another number of problems is ignored than expected, or there are warnings\n{output}")
    print("  no problem in either document, 1 overlooked for a reason")
    with changed(CONTRACT, "{sessionId}/cancel:", "{session}/cancel:"):
        fails("a path without its parameter", "path-parameters-defined", *lint)
    with changed(CONTROL, "security: []\n", ""):
        fails("a document that does not speak of credentials", "security-defined", *lint)


def client():
    install_node()

    def generate():
        # From where no redocly.yaml is: the generator would take it for its own.
        for document in (CONTRACT, CONTROL):
            types = PLACE / f"{document.stem}.ts"
            passes("openapi-typescript", tool("openapi-typescript"), document, "--output", types, cwd=ROOM)

    generate()
    passes("tsc", tool("tsc"))
    with simulator() as exports:
        print("  " + passes("the payment", "node", "out/payment.js", more=exports).strip().replace("\n", "\n  "))
        wrong = {**exports, "FLINKS_PAY_CLIENT_SECRET": "another"}
        fails("a payment that does not come about", "401", "node", "out/payment.js", more=wrong)
    with changed(CONTRACT, "enum: [EFT]", "enum: [CARD]"):
        generate()
        fails("a request that the contract does not have", "Type '\"EFT\"' is not assignable", tool("tsc"))


def schemathesis():
    install_python()
    command = (ROOM / "python/bin/st", "--config-file", "schemathesis.toml", "run", CONTRACT, "--no-color")
    nowhere = {"REFEREES_SEEN": os.devnull}

    def called(exports, seed, *arguments):
        return (*command, "--url", exports["FLINKS_PAY_BASE_URL"], "--seed", seed, *arguments)

    def play(seed, profile, webhook):
        seen = ROOM / f"seen-{seed}.json"
        # What does not depend on the seed is asked once. There is nothing to authorize with an API key.
        phases = () if seed == 1 else ("--phases", "fuzzing,stateful")
        omitted = ("--exclude-operation-id", "authorize") if "api-key" in profile else ()
        began = time.monotonic()
        with simulator("--seed", str(seed), "--profile", profile, "--guarantee-webhook", webhook) as exports:
            name = f"seed {seed}, profile {profile}"
            more = {**exports, "REFEREES_SEEN": str(seen)}
            output = passes(name, *called(exports, seed, *phases, *omitted), more=more)
        cases = re.search(r"(\d+) generated", output)
        print(f"  {name}: {cases[1]} cases, {time.monotonic() - began:.0f} s", flush=True)
        return json.loads(seen.read_text())

    with receiver() as webhook, concurrent.futures.ThreadPoolExecutor(2) as pool:
        tallies = list(pool.map(lambda run: play(*run, webhook), RUNS.items()))
    total = {name: sum(tally[name] for tally in tallies) for name in tallies[0]}
    for name, count in total.items():
        print(f"  {count:6} {name}")
    if missing := [name for name, count in total.items() if not count]:
        raise Refused(f"never seen, so either it is no exception any more or nothing asked for it: {', '.join(missing)}")

    with simulator() as exports:
        create = called(exports, 1, "--include-operation-id", "createSession", "--phases", "fuzzing", "--max-examples", 5)
        with changed(CONTRACT, "required: [sessionId]", "required: [sessionId, createdAt]"):
            fails("an answer that lacks a member", "Response violates schema", *create, more={**exports, **nowhere})
        read = called(exports, 1, "--include-operation-id", "getSessionDetails", "--mode", "positive", "--max-examples", 5)
        wrong = {**exports, **nowhere, "FLINKS_PAY_API_KEY": "another"}
        fails("a warning", "Warnings fail the run", *read, more=wrong)


REFEREES = {"linter": linter, "client": client, "schemathesis": schemathesis}


def main(names):
    if unknown := [name for name in names if name not in REFEREES]:
        sys.exit(f"there is no referee '{unknown[0]}'; there are {', '.join(REFEREES)}")
    furnish()
    failed = []
    for name in names or REFEREES:
        print(f"{name}:", flush=True)
        try:
            REFEREES[name]()
        except Refused as reason:
            failed.append(name)
            print(f"  REFUSED: {reason}", flush=True)
    sys.exit(f"refused by: {', '.join(failed)}" if failed else 0)


main(sys.argv[1:])
