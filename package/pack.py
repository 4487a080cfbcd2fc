"""Puts an executable into a zip file that AWS Lambda takes.

    python3 package/pack.py EXECUTABLE LIBRARIES ZIP [--json]

The zip holds the executable as `bootstrap`, with mode 0755 and a fixed time, so that the same executable
always gives the same bytes. LIBRARIES is what package/build.sh says it was built from. Prints what was
made. Exit codes: 0 done, 1 the executable is not static or too large, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import pathlib
import struct
import sys
import zipfile

MOST_BYTES = 2_500_000
EARLIEST = (1980, 1, 1, 0, 0, 0)
MACHINES = {62: "x86_64", 183: "arm64"}
NEEDS_A_LOADER = 3  # PT_INTERP


def examine(executable: bytes) -> tuple[str, bool]:
    """The architecture of a 64 bit ELF file, and whether it needs a dynamic loader."""
    machine, = struct.unpack_from("<H", executable, 18)
    table, = struct.unpack_from("<Q", executable, 32)
    size, count = struct.unpack_from("<HH", executable, 54)
    kinds = [struct.unpack_from("<I", executable, table + i * size)[0] for i in range(count)]
    return MACHINES.get(machine, str(machine)), NEEDS_A_LOADER in kinds


def write_zip(executable: bytes, target: pathlib.Path) -> None:
    entry = zipfile.ZipInfo("bootstrap", EARLIEST)
    entry.create_system = 3  # Unix, so that the mode counts
    entry.external_attr = 0o100755 << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    new = target.with_suffix(".new")
    with zipfile.ZipFile(new, "w", compresslevel=9) as out:
        out.writestr(entry, executable)
    os.replace(new, target)


def libraries(listing: str) -> list[dict[str, str]]:
    rows = (line.split() for line in listing.splitlines())
    return [{"name": name, "version": version} for name, version, _ in rows if name != "cmocka"]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="pack.py", description="Packs an executable for AWS Lambda.")
    parser.add_argument("executable", type=pathlib.Path)
    parser.add_argument("libraries", type=pathlib.Path)
    parser.add_argument("zip", type=pathlib.Path)
    parser.add_argument("--json", action="store_true", help="for programs")
    options = parser.parse_args(arguments)

    executable = options.executable.read_bytes()
    architecture, needs_a_loader = examine(executable)
    if needs_a_loader:
        print(f"pack.py: {options.executable} is not static", file=sys.stderr)
        return 1
    if len(executable) > MOST_BYTES:
        print(f"pack.py: {options.executable} has {len(executable):,} bytes, more than "
              f"{MOST_BYTES:,}: what has it grown by?", file=sys.stderr)
        return 1
    options.zip.parent.mkdir(parents=True, exist_ok=True)
    write_zip(executable, options.zip)
    made = {
        "file": str(options.zip),
        "architecture": architecture,
        "bytes": options.zip.stat().st_size,
        "executableBytes": len(executable),
        "executableSha256": hashlib.sha256(executable).hexdigest(),
        "libraries": libraries(options.libraries.read_text()),
    }
    if options.json:
        print(json.dumps(made))
        return 0
    print(f"{made['file']}: {made['bytes']:,} bytes, for {architecture}")
    print(f"  bootstrap: {made['executableBytes']:,} bytes, SHA-256 {made['executableSha256']}")
    print("  with " + ", ".join(f"{each['name']} {each['version']}" for each in made["libraries"]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
