"""./dev bench decode: how fast a batch's bytes become structs."""

from __future__ import annotations

from pathlib import Path

from bench import build, events, measure
from bench.build import Program
from bench.goals import Goal, judged

RECORDS = (1000, 5000)
OURS = "kinesis-handler"

PRODUCERS = [f"producers-{n}" for n in RECORDS]
OTHERS = [f"{members}-{n}" for members in ("shuffled", "escaped") for n in RECORDS]

GOALS = [
    Goal("simdjson, producers' order", PRODUCERS, "simdjson", 2.0),
    Goal("simdjson, shuffled or escaped", OTHERS, "simdjson", 1.2),
    Goal("typed Rust decoder, producers' order", PRODUCERS, "Rust sonic-rs", 3.0),
    Goal("yyjson, producers' order", PRODUCERS, "yyjson", 3.0),
    Goal("cJSON, producers' order", PRODUCERS, "cJSON", 20.0),
    Goal("Node.js with Ajv, producers' order", PRODUCERS, "Node.js Ajv", 20.0),
]


def data_set(records: int, members: str) -> Path:
    """The file with the events; made if it is not there."""
    path = build.OUT / "data" / f"{members}-{records}.json"
    text = events.make(records, members, seed=1)
    if not path.exists() or path.read_text() != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return path


def agree(name: str, reports: dict[str, list[dict]]) -> str:
    """The checksum of all programs; it is an error if there is more than one."""
    sums = {report["checksum"]: program
            for program, each in reports.items() for report in each}
    if len(sums) != 1:
        told = ", ".join(f"{program} {checksum}" for checksum, program in sums.items())
        raise measure.Failed(f"{name}: the programs decoded different values: {told}")
    return next(iter(sums))


def rows(programs: list[Program], reports: dict[str, list[dict]]) -> list[dict]:
    """One for each program that ran, with the speed as a median of the rounds' medians."""
    ours = measure.median(reports[OURS], "mbPerS")
    made = []
    for program in programs:
        speed = measure.median(reports[program.name], "mbPerS")
        first = reports[program.name][0]
        made.append({
            "name": program.name,
            "of": program.of,
            "validates": first["validates"],
            "mbPerS": round(speed, 1),
            "bestMbPerS": round(max(first["bytes"] / r["bestMs"] / 1e3
                                    for r in reports[program.name]), 1),
            "nsPerEvent": round(first["bytes"] / speed / first["events"] * 1e3, 1),
            "oursIs": round(ours / speed, 2),
        })
    return made


def measure_set(path: Path, decoders: list[Program], base64: list[Program], rounds: int,
                seconds: float, progress: measure.Progress) -> dict:
    def once(program: Program) -> dict:
        return measure.run(program, str(path), "--seconds", str(seconds))

    decoded = measure.in_turn(decoders, rounds, progress, once)
    alone = measure.in_turn(base64, rounds, progress, once)
    agree(f"base64 of {path.stem}", alone)
    facts = decoded[OURS][0]
    result = {
        "set": path.stem,
        "bytes": facts["bytes"],
        "base64Bytes": alone[OURS][0]["bytes"],
        "events": facts["events"],
        "checksum": agree(path.stem, decoded),
        "decoders": rows(decoders, decoded),
        "base64": rows(base64, alone),
    }
    result["shareOfBase64"] = round(
        measure.median(decoded[OURS], "mbPerS") / measure.median(alone[OURS], "mbPerS"), 3)
    return result


def run(rounds: int, quick: bool) -> dict:
    decoders, not_run = measure.split(build.decoders())
    base64, base64_not_run = measure.split(build.base64())
    records = RECORDS[:1] if quick else RECORDS
    build.say("making the data sets")
    paths = [data_set(n, members) for members in events.MEMBERS for n in records]
    progress = measure.Progress(len(paths) * rounds * (len(decoders) + len(base64)))
    seconds = 0.1 if quick else 0.5
    build.say(f"measuring, {rounds} rounds")
    sets = [measure_set(path, decoders, base64, rounds, seconds, progress) for path in paths]
    progress.end()
    return {"rounds": rounds, "secondsARound": seconds, "sets": sets,
            "notRun": not_run + base64_not_run, "goals": judge(sets)}


def judge(sets: list[dict]) -> list[dict]:
    """The issue's goals, with what was reached."""
    def ratio(goal: Goal, name: str) -> float | None:
        found = [row["oursIs"] for each in sets if each["set"] == name
                 for row in each["decoders"] if row["name"] == goal.peer]
        return found[0] if found else None

    results = [goal.judge(lambda name, goal=goal: ratio(goal, name)) for goal in GOALS]
    share = min(each["shareOfBase64"] for each in sets if each["set"] in PRODUCERS)
    results.append(judged("share of the speed of base64 alone, producers' order", 0.6, share,
                          share >= 0.6))
    return results
