"""Says whether `rust-version` in Cargo.toml can be true.

No older toolchain is needed for this half of the question: a package that needs a newer compiler says so, and the package as a
whole can promise no older one than its most demanding dependency. The other half, our own use of the standard library, is
clippy's `incompatible_msrv`. Development dependencies do not count: no user compiles them.

Reads `cargo metadata --all-features` from standard input.
"""

import json
import sys


def version(text):
    parts = [int(part) for part in text.split(".")]
    return tuple(parts + [0] * (3 - len(parts)))


metadata = json.load(sys.stdin)
packages = {package["id"]: package for package in metadata["packages"]}
nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
root = metadata["resolve"]["root"]

reached, queue = {root}, [root]
while queue:
    for dependency in nodes[queue.pop()]["deps"]:
        shipped = any(kind["kind"] in (None, "build") for kind in dependency["dep_kinds"])
        if shipped and dependency["pkg"] not in reached:
            reached.add(dependency["pkg"])
            queue.append(dependency["pkg"])

declared = packages[root]["rust_version"]
if declared is None:
    sys.exit("Cargo.toml declares no rust-version")

demands = sorted(
    (version(package["rust_version"]), package["name"], package["version"], package["rust_version"])
    for package in (packages[key] for key in reached - {root})
    if package["rust_version"]
)
if not demands:
    sys.exit("no dependency declares a rust-version: is this still what `cargo metadata` prints?")

highest = demands[-1]
print(f"declared {declared}; {len(reached) - 1} dependencies; the highest demand is {highest[3]}, of {highest[1]} {highest[2]}")
over = [demand for demand in demands if demand[0] > version(declared)]
for _, name, number, wanted in over:
    print(f"  {name} {number} needs Rust {wanted}")
if over:
    sys.exit(f"rust-version = \"{declared}\" is not true: raise it to {highest[3]} in Cargo.toml, or choose older dependencies")
