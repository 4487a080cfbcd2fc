"""./dev bench: measures this project, beside what a team could use in its place where there is something.

Builds the peers that this machine's toolchains allow, runs all in turn on one core, checks that all
did the same, prints tables, and writes bench/results.json and plots. See bench/README.md.
Ends with 0 when it has measured, whether or not goals are met; 1 when something failed.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from bench import (
    batching, decoding, generating, invoking, machine, measure, plot, starting, storing, table, unpacking)

HERE = Path(__file__).resolve().parent

# How each is measured, printed and drawn.
SECTIONS = {
    "decode": (decoding.run, table.decode, plot.decode),
    "proto": (unpacking.run, table.proto, plot.proto),
    "batch": (batching.run, table.batch, None),
    "invoke": (invoking.run, table.invoke, plot.invoke),
    "start": (starting.run, table.start, plot.start),
    "stores": (storing.run, table.stores, None),
    "generator": (generating.run, table.generator, None),
}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./dev bench", description=__doc__.partition("\n\n")[2],
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", choices=SECTIONS, default="decode",
                        help="decode (default): a batch's bytes to structs; proto: messages of Protocol "
                             "Buffers to structs; batch: what a batch costs beside that; invoke: the "
                             "service on a Lambda runtime; start: from exec to the first request; "
                             "stores: events a second on each store; generator: generating and compiling "
                             "1,000 schemas")
    parser.add_argument("--rounds", type=int, default=5, metavar="N",
                        help="how often each program is run (default: 5)")
    parser.add_argument("--quick", action="store_true",
                        help="a look in a minute or so; writes no results and no plot")
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    chosen = parser.parse_args()
    if chosen.rounds < 1:
        parser.error("--rounds: at least 1")
    return chosen


def write(what: str, section: dict, picture: str | None) -> None:
    """Puts the section into the results, as data and for reading."""
    path = HERE / "results.json"
    results = json.loads(path.read_text()) if path.exists() else {}
    results[what] = section
    text = json.dumps(results, indent=2, ensure_ascii=False) + "\n"
    path.write_text(text)
    (HERE / "results.md").write_text(as_page(json.loads(text)))
    if picture is not None:
        (HERE / f"{what}.svg").write_text(picture)


def as_page(results: dict) -> str:
    """What was printed when each section was measured last."""
    parts = [f"## ./dev bench {what}\n\n```text\n{as_text(results[what]).strip()}\n```\n"
             for what, (_, as_text, _) in SECTIONS.items() if what in results]
    return "\n".join(["# Results\n\nWritten by `./dev bench`; [README.md](README.md) says what is measured.\n",
                      *parts])


def main() -> int:
    chosen = arguments()
    measure_all, as_text, as_plot = SECTIONS[chosen.what]
    try:
        section = {"machine": machine.describe()} | measure_all(chosen.rounds, chosen.quick)
    except measure.Failed as failure:
        print(f"bench: {failure}", file=sys.stderr)
        return 1
    if not chosen.quick:
        write(chosen.what, section, as_plot(section) if as_plot else None)
    print(json.dumps(section, indent=2, ensure_ascii=False) if chosen.json else as_text(section))
    return 0


if __name__ == "__main__":
    sys.exit(main())
