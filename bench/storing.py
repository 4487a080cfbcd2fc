"""./dev bench stores: events a second through the whole of a batch, on the stores of one machine."""

from __future__ import annotations

import tempfile
from pathlib import Path

from bench import build, changes, measure
from bench.goals import judged

RECORDS, BATCHES, ENTITIES = 100, 400, 50
# Events a second with synchronous=NORMAL, of work so short that the log never has to be written back.
GOAL = 50_000
SQLITE = {"SQLite, normal": ["--sqlite"], "SQLite, full": ["--full", "--sqlite"]}
MEMORY = "in memory"


def programs() -> list[build.Program]:
    command = [str(build.RELEASE / "bench_batch")]
    return [build.Program(name, "release build", command) for name in (MEMORY, *SQLITE)]


def data_set() -> Path:
    path = build.OUT / "data" / "stores.ndjson"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = changes.make(RECORDS, BATCHES, entities=ENTITIES)
    path.write_text("".join(line + "\n" for line in lines))
    return path


def measure_once(program: build.Program, path: Path) -> dict:
    """A database of its own each time, since it remembers the events; beside the program, on a disk."""
    if program.name == MEMORY:
        return measure.run(program, str(path), "--rounds", "1")
    with tempfile.TemporaryDirectory(dir=build.OUT) as folder:
        return measure.run(program, str(path), *SQLITE[program.name], f"{folder}/limits.db")


def run(rounds: int, quick: bool) -> dict:
    build.say("making the batches")
    path = data_set()
    progress = measure.Progress(rounds * 3)
    build.say(f"measuring, {rounds} rounds")
    reports = measure.in_turn(programs(), rounds, progress,
                              lambda program: measure_once(program, path))
    progress.end()
    rows = []
    for name, seen in reports.items():
        usual, mean = measure.median(seen, "wholeNs"), measure.median(seen, "meanNs")
        rows.append({"store": name, "usualNs": round(usual, 1), "usualPerS": round(1e9 / usual),
                     "meanNs": round(mean, 1), "meanPerS": round(1e9 / mean)})
    return {"rounds": rounds, "records": RECORDS, "batches": BATCHES, "entities": ENTITIES,
            "stores": rows, "goals": judge(rows)}


def judge(rows: list[dict]) -> list[dict]:
    reached = next(row["usualPerS"] for row in rows if row["store"] == "SQLite, normal")
    return [judged("SQLite with synchronous=NORMAL, events a second, usual batch", GOAL, reached, reached >= GOAL)]
