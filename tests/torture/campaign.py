"""The campaigns: a stream, a store, services that something happens to, and the comparison afterwards."""

from __future__ import annotations

import base64
import json
import os
import pathlib
import random
import subprocess
import threading
import time
from collections import Counter
from decimal import Decimal
from typing import Callable

import dynamodb
import proxy
import service
import stores
import stream as streams

Tell = Callable[[str], None] | None    # how far it is; None: nobody wants to know

LANES = 3
ACCOUNTS = 150      # more than go into one transaction of DynamoDB, so that batches have several commits

# Kills fall into this part of a lane, so that there is something left to do after the last of them.
KILLED_PART = 0.9


def kill_points(frontier: service.Frontier, kills: int, rng: random.Random) -> list[int]:
    """Numbers of acknowledged events, spread over the lane."""
    return [rng.randrange(int(len(frontier.lines) * KILLED_PART)) for _ in range(kills)]


def dead_letters(path: pathlib.Path) -> Counter:
    """How often each event was written there."""
    counts: Counter = Counter()
    if path.exists():
        for line in path.read_text().splitlines():
            try:
                entry = json.loads(line)
            except ValueError:
                continue    # cut off by a kill; the entry was written again
            counts[json.loads(base64.b64decode(entry["data"]))["id"]] += 1
    return counts


def undisturbed(stream: streams.Stream, folder: pathlib.Path) -> stores.Rows:
    """What the same service makes of the stream when it is left alone, in memory."""
    path = folder / "events.ndjson"
    path.write_bytes(b"".join(line + b"\n" for lane in stream.lanes for line in lane))
    result = subprocess.run(
        [service.PROGRAM, "run", path, "--dump", "--dead-letters", folder / "undisturbed.ndjson"],
        env={"PATH": os.environ["PATH"], "LOG_LEVEL": "off"}, capture_output=True, text=True)
    if result.returncode != 0:
        raise service.Failed(f"the undisturbed run ended with {result.returncode}: {result.stderr}")
    rows = map(json.loads, result.stdout.splitlines())
    return {row["accountId"]: (row["applied"], Decimal(row["balance"]), row["digest"]) for row in rows}


def differences(what: str, rows: stores.Rows, wanted: stores.Rows) -> list[str]:
    return [f"{name} is {rows.get(name)}, and {wanted.get(name)} {what}"
            for name in sorted(rows.keys() | wanted.keys()) if rows.get(name) != wanted.get(name)]


def compare(store, stream: streams.Stream, letters: Counter, folder: pathlib.Path) -> list[str]:
    """What is not as it must be."""
    wanted = stream.outcome
    rows = store.rows()
    problems = differences("by the model", rows, wanted.rows())
    problems += differences("in an undisturbed run", rows, undisturbed(stream, folder))
    if not store.has_marks_of(wanted.settled):
        problems.append("the marks are not those of the events that were applied")
    if letters.keys() != wanted.refused:
        problems.append(f"dead letters too many: {sorted(letters.keys() - wanted.refused)}, "
                        f"missing: {sorted(wanted.refused - letters.keys())}")
    if store.damage():
        problems.append(store.damage())
    return problems


class Watch:
    """Tells how far it is, on a terminal."""

    def __init__(self, frontiers: list[service.Frontier], tell: Tell) -> None:
        self.frontiers = frontiers
        self.tell = tell
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self) -> Watch:
        if self.tell is not None:
            self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        if self.tell is not None:
            self.thread.join()

    def run(self) -> None:
        while not self.over.wait(0.5):
            done = sum(frontier.acknowledged for frontier in self.frontiers)
            self.tell(f"{done} of {sum(len(each.lines) for each in self.frontiers)} events")


def torture(name: str, store, stream: streams.Stream, folder: pathlib.Path, seed: int, kills: int = 0,
            workers_per_lane: int = 1, tell: Tell = None, **options: object) -> dict:
    """Takes the stream to its end; the report. Raises service.Failed."""
    folder.mkdir(parents=True, exist_ok=True)
    letters = folder / "dead-letters.ndjson"
    settings = store.settings | {"DEAD_LETTER": str(letters)}
    frontiers = [service.Frontier(lines, lane) for lane, lines in enumerate(stream.lanes)]
    workers = []
    for n in range(len(frontiers) * workers_per_lane):
        frontier = frontiers[n % len(frontiers)]
        share = -(-kills // (len(frontiers) * workers_per_lane))
        rng = random.Random(f"{seed}-{n}")
        workers.append(service.Worker(frontier, settings, folder / f"worker-{n}", rng,
                                      kill_points(frontier, share, rng), **options))
    start = time.monotonic()
    with Watch(frontiers, tell):
        tally = service.run_all(workers)
    seconds = time.monotonic() - start
    written = dead_letters(letters)
    problems = compare(store, stream, written, folder)
    if sum(tally.kills.values()) < kills:
        problems.append(f"only {sum(tally.kills.values())} kills of {kills}: the stream is too short")
    counts = service.outcomes(folder)
    return {
        "campaign": name,
        "seed": seed,
        "store": store.name,
        "events": stream.events,
        "effects": stream.outcome.effects,
        "kills": sum(tally.kills.values()),
        "killedWhile": dict(sorted(tally.kills.items())),
        "failedStarts": tally.failed_starts,
        "batches": tally.batches,
        "recordsDelivered": tally.delivered,
        "recordsDeliveredAgain": tally.redelivered,
        "duplicatesSeen": counts["duplicate"],
        # Committed, and the service was killed before it could say so.
        "effectsNotTold": len(stream.outcome.settled) - counts["done"],
        "recordsOverlapping": tally.overlapping,
        "recordsGivenBack": tally.given_back,
        "deadLetters": len(written),
        "deadLettersWrittenAgain": sum(written.values()) - len(written),
        "seconds": round(seconds, 1),
        "problems": problems,
    }


# ---- The campaigns ------------------------------------------------------------------------------------

FAULTS = proxy.Faults(throttled=0.04, failed=0.02, cut_before=0.02, answer_lost=0.05, answer_cut=0.02,
                      failed_after=0.02, damaged=0.02, late=0.003, unprocessed=0.1)
# The time of an invocation is up before what is late arrives.
REMAINING_S = FAULTS.late_s - 1


def make_stream(events: int, seed: int) -> streams.Stream:
    return streams.make(events, LANES, ACCOUNTS if events >= 2_000 else ACCOUNTS // 5, seed)


def kill_sqlite(events: int, kills: int, seed: int, folder: pathlib.Path, tell: Tell = None) -> dict:
    folder.mkdir(parents=True, exist_ok=True)
    return torture("kills on SQLite", stores.Sqlite(folder), make_stream(events, seed), folder, seed,
                   kills, tell=tell)


def kill_dynamodb(url: str, events: int, kills: int, seed: int, folder: pathlib.Path,
                  tell: Tell = None) -> dict:
    return torture("kills on DynamoDB Local", dynamodb.DynamoDb(url, f"kills-{seed}-"),
                   make_stream(events, seed), folder, seed, kills, tell=tell)


def faults(url: str, events: int, seed: int, folder: pathlib.Path, tell: Tell = None, kills: int = 0,
           workers_per_lane: int = 1, name: str = "faults before DynamoDB Local") -> dict:
    with proxy.Proxy(url, FAULTS, seed) as between:
        store = dynamodb.DynamoDb(url, f"faults-{workers_per_lane}-{seed}-", between.url)
        report = torture(name, store, make_stream(events, seed), folder, seed, kills,
                         workers_per_lane, tell, remaining_s=REMAINING_S, may_fail_to_start=True)
        return report | {"requests": sum(between.seen.requests.values()),
                         "faults": dict(sorted(between.seen.faults.items()))}


def workers_on_sqlite(events: int, seed: int, folder: pathlib.Path, tell: Tell = None) -> dict:
    folder.mkdir(parents=True, exist_ok=True)
    return torture("two workers on the same events, SQLite", stores.Sqlite(folder),
                   make_stream(events, seed), folder, seed, workers_per_lane=2, tell=tell)


def workers_on_dynamodb(url: str, events: int, seed: int, folder: pathlib.Path,
                        tell: Tell = None) -> dict:
    return torture("two workers on the same events, DynamoDB Local",
                   dynamodb.DynamoDb(url, f"workers-{seed}-"), make_stream(events, seed), folder, seed,
                   workers_per_lane=2, tell=tell)


def storm(url: str, events: int, kills: int, seed: int, folder: pathlib.Path, tell: Tell = None) -> dict:
    return faults(url, events, seed, folder, tell, kills, 2, "all at once on DynamoDB Local")
