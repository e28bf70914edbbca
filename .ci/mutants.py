"""Holds the tests to noticing small changes of the code, and keeps what was found.

    python3 .ci/mutants.py changed              what CI does: only the lines changed since the results were last written
    python3 .ci/mutants.py all [GROUP]          everything, or one group; writes the results; takes a while
    python3 .ci/mutants.py rest                 those that have no result yet; writes the results
    python3 .ci/mutants.py take DIRECTORY...    takes over the results of runs by hand (cargo mutants -o DIRECTORY)

.ci/mutants.toml says which files, and which tests must notice; and why each change that none of them noticed need not be. What
was found is in .ci/mutants.tsv: the outcome of every mutant, named without its line, so that what only moves is no news. The
second of the same name in a file is `#2`.

Exit code 1: a mutant that nobody noticed and that is not excused, an excuse that excuses nothing, a mutant without a result, or a
share of noticed ones below the floor.
"""

import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
SETTINGS = tomllib.loads((ROOT / ".ci/mutants.toml").read_text())
RESULTS = ROOT / ".ci/mutants.tsv"
OUTPUT = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "mutants"

# What cargo-mutants says, and what it is called here. Tests that never end notice a change as well as those that fail.
OUTCOMES = {"CaughtMutant": "caught", "Timeout": "timeout", "Unviable": "unviable", "MissedMutant": "missed"}
NOTICED = {"caught", "timeout"}


def tool(*arguments, **options):
    return subprocess.run(["cargo", "mutants", *map(str, arguments)], cwd=ROOT, text=True, **options)


def chosen(group):
    return [part for file in group["files"] for part in ("--file", file)]


def listed(group, *more):
    """The mutants of a group, in order."""
    found = tool("--list", "--json", *chosen(group), *more, stdout=subprocess.PIPE, check=True).stdout
    return json.loads(found or "[]")


def plain(mutant):
    """The name of a mutant without its line and column."""
    file = mutant["file"]
    _, _, what = mutant["name"].removeprefix(file + ":").split(":", 2)
    return f"{file}:{what}"


def keys(mutants):
    """What each mutant is kept under, by its full name."""
    seen = collections.Counter()
    kept = {}
    for mutant in mutants:
        name = plain(mutant)
        seen[name] += 1
        kept[mutant["name"]] = name if seen[name] == 1 else f"{name} #{seen[name]}"
    return kept


def read():
    if not RESULTS.exists():
        return {}
    lines = RESULTS.read_text().splitlines()
    return {key: outcome for outcome, key in (line.split("\t", 1) for line in lines if not line.startswith("#"))}


def write(results, order):
    lines = [f"{results[key]}\t{key}" for key in order if key in results]
    head = "# What became of each mutant. Written by .ci/mutants.py, not by hand.\n"
    RESULTS.write_text(head + "".join(line + "\n" for line in lines))


def outcomes(directory):
    """What a run found, by full name."""
    report = json.loads((pathlib.Path(directory) / "mutants.out/outcomes.json").read_text())
    found = {}
    for outcome in report["outcomes"]:
        if outcome["scenario"] == "Baseline":
            if outcome["summary"] != "Success":
                sys.exit("the tests fail without any change: nothing can be learned from them")
            continue
        found[outcome["scenario"]["Mutant"]["name"]] = OUTCOMES[outcome["summary"]]
    return found


def run(group, *more):
    directory = OUTPUT / group["name"]
    directory.mkdir(parents=True, exist_ok=True)
    # To cargo itself, and not behind `--`: what stands there does not hold for building, and every test program would be built.
    wanted = ["--locked", f"--features={','.join(group['features'])}", "--lib", *(f"--test={test}" for test in group["tests"])]
    # In CI the checkout is nobody's work, and what is built there already serves again.
    where = ["--in-place"] if os.environ.get("CI") == "true" else []
    # 2 and 3 say that some were missed, or took too long: that is judged here.
    done = tool(
        *where, "--colors", "never", "--no-shuffle", "--output", directory, "--minimum-test-timeout", SETTINGS["patience"],
        *chosen(group), *more, *(f"--cargo-arg={part}" for part in wanted), "--", "--", *SETTINGS["arguments"],
    )  # fmt: skip
    if done.returncode not in (0, 2, 3):
        sys.exit(f"cargo mutants ended with {done.returncode}")
    return outcomes(directory)


def judge(results, excuses, floor):
    """What is wrong with these results."""
    faults = []
    missed = {key for key, outcome in results.items() if outcome == "missed"}
    faults += [f"no test notices it: {key}" for key in sorted(missed - excuses.keys())]
    faults += [f"excused, and yet noticed or gone: {key}" for key in sorted(excuses.keys() - missed)]
    viable = [outcome for outcome in results.values() if outcome != "unviable"]
    noticed = sum(outcome in NOTICED for outcome in viable)
    if noticed * 100 < floor * len(viable) or not viable:
        faults.append(f"{noticed} of {len(viable)} were noticed; {floor} % is the least")
    return faults, noticed, len(viable)


def excuses():
    survivors = SETTINGS.get("survivor", [])
    reasons = {survivor["mutant"]: survivor["why"] for survivor in survivors}
    empty = [mutant for mutant, why in reasons.items() if not why.strip()]
    if empty or len(reasons) != len(survivors):
        sys.exit(f".ci/mutants.toml: every survivor is listed once, with a reason: {empty}")
    return reasons


def since():
    """The commit that wrote the results: what has changed since then is judged anew."""
    found = subprocess.run(
        ["git", "log", "-1", "--format=%H", "--", RESULTS], cwd=ROOT, text=True, stdout=subprocess.PIPE, check=True
    )
    return found.stdout.strip() or sys.exit(f"git does not know {RESULTS}: the results are not committed")


def differing(commit):
    """A file with what has changed since a commit."""
    difference = OUTPUT / "changed.diff"
    OUTPUT.mkdir(parents=True, exist_ok=True)
    with difference.open("w") as file:
        subprocess.run(["git", "diff", commit, "--", "src"], cwd=ROOT, stdout=file, check=True)
    return difference


def on_changed_lines(group, difference):
    # An empty difference is one that cargo-mutants does not take.
    return listed(group, "--in-diff", difference) if difference.stat().st_size else []


def changed():
    commit = since()
    print(f"results of {commit[:12]}")
    difference = differing(commit)
    old, new, faults = read(), {}, []
    for group in SETTINGS["group"]:
        key = keys(listed(group))
        touched = on_changed_lines(group, difference)
        print(f"{group['name']}: {len(key)} mutants, {len(touched)} on changed lines")
        found = run(group, "--in-diff", difference) if touched else {}
        new |= {name: old[name] for name in key.values() if name in old}
        new |= {key[name]: outcome for name, outcome in found.items()}
        faults += [f"no result: {name}" for name in key.values() if name not in new]
    more, noticed, viable = judge(new, excuses(), SETTINGS["floor"])
    return faults + more, noticed, viable


def take(found):
    """Adds to the results what runs have found, and drops what no longer exists, and what was found of lines that have changed
    since: the results that are written now are the ones that later changes are counted from."""
    key = keys([mutant for group in SETTINGS["group"] for mutant in listed(group)])
    unknown = sorted(found.keys() - key.keys())
    if unknown:
        sys.exit("found on another state of the code:\n" + "\n".join(unknown))
    difference = differing(since()) if RESULTS.exists() else None
    touched = [mutant for group in SETTINGS["group"] if difference for mutant in on_changed_lines(group, difference)]
    outdated = {key[mutant["name"]] for mutant in touched if mutant["name"] not in found}
    kept = {name: outcome for name, outcome in read().items() if name not in outdated}
    results = kept | {key[name]: outcome for name, outcome in found.items()}
    write(results, key.values())
    results = read()
    faults, noticed, viable = judge(results, excuses(), SETTINGS["floor"])
    return [f"no result: {name}" for name in key.values() if name not in results] + faults, noticed, viable


def prove_the_judge():
    """A judge that finds no fault with these would find none with anything."""
    some = {"a": "caught", "b": "missed", "c": "timeout", "d": "unviable"}
    assert judge(some, {"b": "why"}, 60) == ([], 2, 3)
    assert judge(some, {}, 60)[0] == ["no test notices it: b"]
    assert judge(some, {"b": "why", "c": "why"}, 60)[0] == ["excused, and yet noticed or gone: c"]
    assert judge(some, {"b": "why"}, 67)[0] == ["2 of 3 were noticed; 67 % is the least"]
    twice = [{"file": "f.rs", "name": f"f.rs:{line}:1: replace"} for line in (1, 2)]
    assert list(keys(twice).values()) == ["f.rs: replace", "f.rs: replace #2"]


def main(arguments):
    prove_the_judge()
    match arguments:
        case ["changed"]:
            faults, noticed, viable = changed()
        case ["all", *names]:
            found = {}
            for group in SETTINGS["group"]:
                if not names or group["name"] in names:
                    found |= run(group)
            faults, noticed, viable = take(found)
        case ["rest"]:
            found, old = {}, read()
            for group in SETTINGS["group"]:
                missing = [name for name, key in keys(listed(group)).items() if key not in old]
                if missing:
                    found |= run(group, *(part for name in missing for part in ("--re", f"^{re.escape(name)}$")))
            faults, noticed, viable = take(found)
        case ["take", *directories] if directories:
            found = {}
            for directory in directories:
                found |= outcomes(directory)
            faults, noticed, viable = take(found)
        case _:
            sys.exit(__doc__)
    share = 100 * noticed / max(viable, 1)
    print(f"{noticed} of {viable} viable mutants noticed ({share:.1f} %), {len(excuses())} excused with a reason")
    if faults:
        print("\n".join(faults))
        sys.exit(1)


main(sys.argv[1:])
