"""./dev bench start: from exec to the first `GET .../invocation/next`, and the memory held then."""

from __future__ import annotations

from bench import build, measure
from bench.build import Program
from bench.goals import Goal, at_most

STARTS = 40     # of a program, in a round
OURS = "kinesis-handler"
MOST_MS = 1.0
MOST_MIB = 2.0
GOALS = [
    Goal("a third of Rust's time", ["start"], "Rust", 3.0),
    Goal("a thirtieth of Node.js's time", ["start"], "Node.js", 30.0),
]


def rows(programs: list[Program], reports: dict[str, list[dict]]) -> list[dict]:
    ours = measure.median(reports[OURS], "medianMs")
    return [
        {
            "name": program.name,
            "of": program.of,
            "medianMs": round(measure.median(reports[program.name], "medianMs"), 3),
            "bestMs": round(min(each["bestMs"] for each in reports[program.name]), 3),
            "p90Ms": round(measure.median(reports[program.name], "p90Ms"), 3),
            "residentMiB": round(measure.median(reports[program.name], "medianKib") / 1024, 2),
            "oursIs": round(measure.median(reports[program.name], "medianMs") / ours, 2),
        }
        for program in programs
    ]


def run(rounds: int, quick: bool) -> dict:
    programs, not_run = measure.split(build.services())
    starts = 5 if quick else STARTS
    progress = measure.Progress(rounds * len(programs))
    build.say(f"measuring {starts} starts of each, {rounds} rounds")

    def once(program: Program) -> dict:
        return measure.run_command(program, [str(build.RELEASE / "runtime_api"), "--starts",
                                             str(starts), "--", *program.command])

    made = rows(programs, measure.in_turn(programs, rounds, progress, once))
    progress.end()
    return {"rounds": rounds, "startsARound": starts, "services": made, "notRun": not_run,
            "goals": judge(made)}


def judge(services: list[dict]) -> list[dict]:
    by_name = {row["name"]: row for row in services}
    ours = by_name[OURS]
    judged = [
        at_most("ms to the first next, at most", MOST_MS, ours["medianMs"]),
        at_most("MiB resident then, at most", MOST_MIB, ours["residentMiB"]),
    ]
    judged += [goal.judge(lambda _, goal=goal: by_name.get(goal.peer, {}).get("oursIs"))
               for goal in GOALS]
    return judged
