"""./dev bench invoke: the whole service on a Lambda runtime, from the event handed out to the answer."""

from __future__ import annotations

from pathlib import Path

from bench import batches, build, measure
from bench.build import Program
from bench.goals import Goal

# Records in an invocation, and how many of those.
CASES = {1: 20_000, 100: 1_000, 5_000: 20}
QUICK_SHARE = 10
OURS = "kinesis-handler"

LARGE = [str(records) for records in CASES if records >= 100]
GOALS = [
    Goal("ahead of Rust, 100 records and more", LARGE, "Rust", 1.0),
    Goal("Go, 100 records and more", LARGE, "Go", 4.0),
    Goal("Node.js, 100 records and more", LARGE, "Node.js", 10.0),
]


def data_set(records: int, invocations: int) -> Path:
    """The file with the events; made if it is not there."""
    path = build.OUT / "data" / f"invoke-{records}-{invocations}.ndjson"
    if path.exists() and path.stat().st_mtime > newest_source():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    with unfinished.open("w") as out:
        for event in batches.make(records, invocations):
            out.write(event + "\n")
    unfinished.rename(path)
    return path


def newest_source() -> float:
    sources = [build.ROOT / "samples/make_stream.py", *Path(__file__).parent.glob("*.py")]
    return max(each.stat().st_mtime for each in sources)


def rows(programs: list[Program], reports: dict[str, list[dict]]) -> list[dict]:
    ours = measure.median(reports[OURS], "medianUs")
    made = []
    for program in programs:
        of_program = reports[program.name]
        records = of_program[0]["records"]
        median = measure.median(of_program, "medianUs")
        made.append({
            "name": program.name,
            "of": program.of,
            "eventsPerS": round(records / median * 1e6),
            "medianMs": round(median / 1e3, 4),
            "bestMs": round(min(each["bestUs"] for each in of_program) / 1e3, 4),
            "p99Ms": round(measure.median(of_program, "p99Us") / 1e3, 4),
            "processorUsPerEvent": round(
                measure.median(of_program, "processorUs") / records, 3),
            "peakMiB": round(measure.median(of_program, "peakKib") / 1024, 1),
            "oursIs": round(median / ours, 2),
        })
    return made


def run(rounds: int, quick: bool) -> dict:
    programs, not_run = measure.split(build.services())
    cases = {records: n // QUICK_SHARE if quick else n for records, n in CASES.items()}
    build.say("making the invocations")
    paths = {records: data_set(records, n) for records, n in cases.items()}
    progress = measure.Progress(len(cases) * rounds * len(programs))
    build.say(f"measuring, {rounds} rounds")
    made = []
    for records, invocations in cases.items():
        def once(program: Program) -> dict:
            command = [str(build.RELEASE / "runtime_api"), "--bodies", str(paths[records]),
                       "--records", str(records), "--", *program.command]
            return measure.run_command(program, command)

        reports = measure.in_turn(programs, rounds, progress, once)
        made.append({"records": records, "invocations": invocations,
                     "services": rows(programs, reports)})
    progress.end()
    return {"rounds": rounds, "cases": made, "notRun": not_run, "goals": judge(made)}


def judge(cases: list[dict]) -> list[dict]:
    def ratio(goal: Goal, name: str) -> float | None:
        found = [row["oursIs"] for case in cases if str(case["records"]) == name
                 for row in case["services"] if row["name"] == goal.peer]
        return found[0] if found else None

    return [goal.judge(lambda name, goal=goal: ratio(goal, name)) for goal in GOALS]
