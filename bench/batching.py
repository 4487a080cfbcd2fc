"""./dev bench batch: what a batch costs beside decoding, for each event, on the memory store."""

from __future__ import annotations

from pathlib import Path

from bench import build, changes, measure
from bench.goals import judged

# Records in a batch, and how many of those.
CASES = {100: 200, 1_000: 24, 5_000: 12}
OURS = "kinesis-handler"
PROGRAM = build.Program(OURS, "release build", [str(build.RELEASE / "bench_batch")])


def data_set(records: int, batches: int) -> Path:
    path = build.OUT / "data" / f"changes-{records}.ndjson"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(line + "\n" for line in changes.make(records, batches)))
    return path


def row(records: int, batches: int, reports: list[dict]) -> dict:
    decoding = measure.median(reports, "decodeNs")
    rest = measure.median(reports, "restNs")
    return {"records": records, "batches": batches, "decodeNs": round(decoding, 1),
            "restNs": round(rest, 1), "share": round(rest / decoding, 3)}


def run(rounds: int, quick: bool) -> dict:
    build.say("making the batches")
    paths = {records: data_set(records, batches) for records, batches in CASES.items()}
    passes = "2" if quick else "10"
    progress = measure.Progress(rounds * len(CASES))
    build.say(f"measuring, {rounds} rounds")
    rows = []
    for records, path in paths.items():
        def once(program: build.Program, path: Path = path) -> dict:
            return measure.run(program, str(path), "--rounds", passes)

        reports = measure.in_turn([PROGRAM], rounds, progress, once)[OURS]
        rows.append(row(records, CASES[records], reports))
    progress.end()
    return {"rounds": rounds, "passesARound": int(passes), "cases": rows, "goals": judge(rows)}


def judge(rows: list[dict]) -> list[dict]:
    return [judged(f"everything else to decoding, {row['records']:,} records, below", 1.0,
                   row["share"], row["share"] < 1.0) for row in rows]
