"""./dev bench proto: how fast messages of Protocol Buffers become structs."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from bench import build, decoding, events, measure
from bench.build import Program
from bench.goals import Goal

RECORDS = (1000, 5000)
# Fields of a message are in the order of their numbers, so there is nothing to shuffle.
MEMBERS = ("producers", "escaped")
SETS = [f"{members}-{n}" for members in MEMBERS for n in RECORDS]
OURS = "kinesis-handler"
LONG_WAY = "kinesis-handler, by way of JSON"
AS_JSON = "kinesis-handler, events in JSON"

GOALS = [
    Goal("protobuf-c, memory from malloc: 1.3 times its time", SETS, "protobuf-c, malloc", 0.77),
    Goal("protobuf-c, memory from an arena: 1.3 times its time", SETS, "protobuf-c, arena", 0.77),
    Goal("protobuf-c, memory from malloc: twice as fast", SETS, "protobuf-c, malloc", 2.0),
    Goal("protobuf-c, memory from an arena: twice as fast", SETS, "protobuf-c, arena", 2.0),
]

# What of a message is looked at. All find a message that is no message.
CHECKS = {
    OURS: "UTF-8, every rule",
    LONG_WAY: "UTF-8, every rule",
    AS_JSON: "UTF-8, every rule",
    "protobuf-c, malloc": "-",
    "protobuf-c, arena": "-",
    "nanopb": "-",
    "upb": "UTF-8",
    "Rust prost": "UTF-8",
}


@dataclass
class DataSet:
    """The same events twice."""

    name: str
    messages: Path
    json: Path

    def path(self, program: Program) -> Path:
        return self.json if program.name == AS_JSON else self.messages


def data_set(records: int, members: str) -> DataSet:
    folder = build.OUT / "data"
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{members}-{records}"
    made = DataSet(name, folder / f"{name}.messages", folder / f"{name}.framed.json")
    text = events.framed(events.texts(records, members, seed=1))
    made.json.write_bytes(text)
    result = subprocess.run([build.RELEASE / "make_messages"], input=text, capture_output=True)
    if result.returncode != 0:
        raise measure.Failed(result.stderr.decode().strip())
    made.messages.write_bytes(result.stdout)
    return made


def rows(programs: list[Program], reports: dict[str, list[dict]]) -> list[dict]:
    """One for each program that ran: the time of an event is the median of the rounds' medians."""
    def ns(program: str) -> float:
        return measure.median(reports[program], "medianMs") / reports[program][0]["events"] * 1e6

    return [
        {
            "name": program.name,
            "of": program.of,
            "checks": CHECKS[program.name],
            "nsPerEvent": round(ns(program.name), 1),
            "bestNsPerEvent": round(min(each["bestMs"] for each in reports[program.name])
                                    / reports[program.name][0]["events"] * 1e6, 1),
            "oursIs": round(ns(program.name) / ns(OURS), 2),
        }
        for program in programs
    ]


def measure_set(data: DataSet, programs: list[Program], rounds: int, seconds: float,
                progress: measure.Progress) -> dict:
    def once(program: Program) -> dict:
        return measure.run(program, str(data.path(program)), "--seconds", str(seconds))

    reports = measure.in_turn(programs, rounds, progress, once)
    return {
        "set": data.name,
        "events": reports[OURS][0]["events"],
        "bytes": data.messages.stat().st_size,
        "jsonBytes": data.json.stat().st_size,
        "checksum": decoding.agree(data.name, reports),
        "decoders": rows(programs, reports),
    }


def run(rounds: int, quick: bool) -> dict:
    programs, not_run = measure.split(build.messages())
    build.say("making the data sets")
    sets = [data_set(n, members) for members in MEMBERS for n in (RECORDS[:1] if quick else RECORDS)]
    seconds = 0.1 if quick else 0.5
    progress = measure.Progress(len(sets) * rounds * len(programs))
    build.say(f"measuring, {rounds} rounds")
    made = [measure_set(data, programs, rounds, seconds, progress) for data in sets]
    progress.end()
    return {"rounds": rounds, "secondsARound": seconds, "sets": made, "notRun": not_run,
            "goals": judge(made)}


def judge(sets: list[dict]) -> list[dict]:
    """With what was reached where it is worst."""
    ratios = {(each["set"], row["name"]): row["oursIs"] for each in sets for row in each["decoders"]}
    return [goal.judge(lambda name, goal=goal: ratios.get((name, goal.peer))) for goal in GOALS]
