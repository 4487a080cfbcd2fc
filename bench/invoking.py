"""./dev bench invoke: the whole service on a Lambda runtime, from the event handed out to the answer."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path

from bench import batches, build, events, measure
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


# ---- That all keep the same rules -----------------------------------------------------------------


def event(kind: str, number: int, **data: object) -> str:
    common = {"brandId": "b", "currencyCode": "EUR", "userId": "u", "userLimitId": "limit-1"}
    return events.compact({
        "aggregateId": "limit-u", "createdAt": 1, "data": common | data, "eventId": f"e-{number}",
        "sequenceNumber": number, "source": "limits", "type": kind,
    })


def created(number: int, **data: object) -> str:
    limit = {"activeFrom": 1, "period": "DAY", "status": "ACTIVE", "type": "BET", "value": "20"}
    return event("USER_LIMIT_CREATED", number, **limit, **data)


def spent(number: int, previous: str, amount: str, **data: object) -> str:
    return event("USER_LIMIT_PROGRESS_CHANGED", number, nextResetTime=2, previousProgress=previous,
                 amount=amount, **data)


def reset(number: int) -> str:
    return event("USER_LIMIT_RESET", number, nextResetTime=3, period="DAY", resetAmount="0",
                 resetPercentage="0", type="BET", unusedAmount="20")


# Batches, in order, and the record that each answer has to name; None: all are done.
RULES: list[tuple[str, list[str], int | None]] = [
    ("a limit is created and spent from", [created(1), spent(2, "0", "12.50")], None),
    ("events that come again are passed over", [created(1), spent(2, "0", "12.50")], None),
    ("a limit is not created twice", [spent(3, "12.50", "1"), created(4)], 1),
    ("more than the value is refused, and ends the batch",
     [spent(5, "13.50", "6.51"), created(6, userLimitId="limit-2")], 0),
    ("what the batch did not come to was not done", [created(6, userLimitId="limit-2")], None),
    ("up to the value is fine, after a reset again",
     [spent(7, "13.50", "6.50"), reset(8), spent(9, "0", "20")], None),
    ("a limit that is not there", [spent(10, "0", "1", userLimitId="limit-3")], 0),
    ("a rule of the schema: a pattern", [created(11, userLimitId="limit-4", currencyCode="eur")], 0),
    ("a rule of the schema: a bound", [spent(12, "0", "-1")], 0),
    ("a rule of the schema: a length", [created(13, userLimitId="")], 0),
    ("other services' events are passed over", [event("LIMIT_USER_CREATED", 14)], None),
]


def check_rules(program: Program) -> None:
    """It is an error if the program does not answer as the sample's rules have it."""
    expected = []
    with tempfile.NamedTemporaryFile("w", suffix=".ndjson") as bodies:
        for _, texts, failing in RULES:
            body = events.lambda_event(texts)
            bodies.write(body + "\n")
            numbers = [each["kinesis"]["sequenceNumber"] for each in json.loads(body)["Records"]]
            failed = [] if failing is None else [{"itemIdentifier": numbers[failing]}]
            expected.append({"batchItemFailures": failed})
        bodies.flush()
        command = [str(build.RELEASE / "runtime_api"), "--bodies", bodies.name, "--records", "1",
                   "--answers", "--", *program.command]
        result = subprocess.run(command, capture_output=True, text=True,
                                env=os.environ | program.environment)
    if result.returncode != 0:
        raise measure.Failed(f"{program.name}: {result.stderr.strip()}")
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    for (rule, _, _), wanted, answer in zip(RULES, expected, answers, strict=True):
        if answer != wanted:
            raise measure.Failed(f"{program.name} breaks a rule, {rule}: {answer}, not {wanted}")


# ---- Measuring --------------------------------------------------------------------------------------


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
    build.say("checking that all keep the same rules")
    for program in programs:
        check_rules(program)
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
