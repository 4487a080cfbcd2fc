"""The ledger as Lambda runs it: one process for each lane, killed and started again.

A lane's batches begin at the first event that is not acknowledged, or a little before it, and have any
length. As with Lambda, what a batch's answer does not name is acknowledged up to the record it names.
"""

from __future__ import annotations

import json
import os
import pathlib
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/lambda"))

import events  # noqa: E402
from runtime_api import RuntimeApi, Step  # noqa: E402

PROGRAM = os.environ.get("KH_LEDGER", str(ROOT / "build/dev/tests/torture/ledger"))
SANITIZERS = ("ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS")
PATIENCE = 120.0    # seconds for one batch, on a busy machine and with all that goes wrong on the way
OVERLAP = 40        # records before the first one that is not acknowledged, at most
MOST_BATCHES = 3    # before a kill that is due
SIZES = (1, 2, 5, 20, 60, 120, 250)


class Failed(Exception):
    """The service did what it must not."""


class Process:
    """One life of the service."""

    def __init__(self, settings: dict[str, str], folder: pathlib.Path,
                 program: str = PROGRAM, may_fail_to_start: bool = False) -> None:
        self.may_fail_to_start = may_fail_to_start
        self.has_started = False
        self.api = RuntimeApi()
        self.api.__enter__()
        base = {name: os.environ[name] for name in ("PATH", *SANITIZERS) if name in os.environ}
        environment = base | {
            "AWS_LAMBDA_RUNTIME_API": self.api.address,
            "AWS_LAMBDA_FUNCTION_NAME": "ledger",
            "AWS_LAMBDA_FUNCTION_VERSION": "1",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_FORMAT": "JSON",
            "LOG_LEVEL": "warn",
            "METRICS": "emf",
        } | settings
        self.folder = folder
        folder.mkdir(exist_ok=True)     # in one that is there: if that goes, logs and dead letters do
        with open(folder / "out", "ab") as out, open(folder / "err", "ab") as err:
            self.process = subprocess.Popen([program], cwd=folder, env=environment,
                                            stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        self.killed = threading.Event()

    def kill(self) -> None:
        self.killed.set()
        self.process.kill()

    def wait_ready(self) -> bool:
        """Until it asks for an event; False: it ended before."""
        self.has_started = self.wait(lambda: bool(self.api.waiting))
        return self.has_started

    def handle(self, event: bytes, remaining_s: float) -> dict | None:
        """The answer; None: it was killed before there was one."""
        first = len(self.api.invocations)
        self.api.push(Step(event=event, remaining=remaining_s))
        answered = self.wait(lambda: len(self.api.invocations) > first
                             and bool(self.api.invocations[first].kind))
        if not answered:
            return None
        invocation = self.api.invocations[first]
        if invocation.kind != "response":
            raise Failed(f"a batch ended with the error {invocation.body!r}")
        return invocation.json()

    def wait(self, condition) -> bool:
        end = time.monotonic() + PATIENCE
        with self.api.changed:
            while not condition():
                ended = self.process.poll()
                if ended is not None:
                    if not self.killed.is_set():
                        if self.may_fail_to_start and not self.has_started:
                            return False
                        raise Failed(f"the service ended with {ended}, see {self.folder}/err: "
                                     + (self.folder / "err").read_text()[-2000:])
                    # What it sent last may just be on its way.
                    return self.api.changed.wait_for(condition, 0.02)
                if time.monotonic() > end:
                    raise Failed(f"no answer in {PATIENCE:.0f} s; {self.api.summary()}")
                self.api.changed.wait(0.02)
        return True

    def end(self) -> None:
        """With SIGTERM if it is at work: then it must end cleanly."""
        if self.killed.is_set() or not self.has_started:
            self.process.kill()
            self.process.wait()
        else:
            self.process.terminate()
            if self.process.wait(PATIENCE) != 0:
                raise Failed(f"SIGTERM ended the service with {self.process.returncode}: "
                             + (self.folder / "err").read_text()[-2000:])
        violations = list(self.api.violations)
        self.api.__exit__()
        cut_off = "the connection ended within a request"   # what a kill looks like from here
        if [each for each in violations if self.has_started and not self.killed.is_set()
                or each != cut_off]:
            raise Failed(f"breaches of the Runtime API's protocol: {violations}")


@dataclass
class Tally:
    """What was seen from outside, of all lanes."""

    kills: Counter = field(default_factory=Counter)   # by when: starting, waiting, working
    failed_starts: int = 0  # the store could not be reached
    batches: int = 0
    delivered: int = 0
    redelivered: int = 0
    overlapping: int = 0
    given_back: int = 0     # records that an answer reported for another try

    def __iadd__(self, other: Tally) -> Tally:
        self.kills += other.kills
        for name in ("failed_starts", "batches", "delivered", "redelivered", "overlapping", "given_back"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        return self


@dataclass
class Frontier:
    """How far a lane is acknowledged; several workers may be at the same one."""

    lines: list[bytes]
    lane: int
    acknowledged: int = 0
    delivered: int = 0
    kills_left: int = 0     # of all workers
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_done(self) -> bool:
        return self.acknowledged >= len(self.lines)


def lambda_event(lines: list[bytes], begin: int, end: int) -> bytes:
    return events.batch_of_data(lines[begin:end], first=begin)


class Worker:
    """Takes a lane to its end. At each of `kill_points`, so many events acknowledged, a life is cut short."""

    def __init__(self, frontier: Frontier, settings: dict[str, str], folder: pathlib.Path,
                 rng: random.Random, kill_points: list[int],
                 remaining_s: float = 60.0, may_fail_to_start: bool = False) -> None:
        self.frontier = frontier
        self.settings = settings
        self.folder = folder
        self.rng = rng
        self.kill_points = sorted(kill_points)
        frontier.kills_left += len(kill_points)
        self.remaining_s = remaining_s
        self.may_fail_to_start = may_fail_to_start
        self.tally = Tally()
        self.doing = "starting"
        self.start_s = 0.01     # what starting and a batch take, about
        self.batch_s = 0.005

    def run(self) -> None:
        while not self.frontier.is_done:
            if self.kill_points or self.frontier.kills_left == 0:
                self.live()
            else:
                # The others would have too little left to be killed over.
                time.sleep(0.01)

    def live(self) -> None:
        process = Process(self.settings, self.folder,
                          may_fail_to_start=self.may_fail_to_start)
        self.doing = "starting"
        killer = None
        start = time.monotonic()
        try:
            if self.is_time_to_kill() and self.rng.random() < 0.1:
                killer = self.kill_later(process, self.start_s)
            ready = process.wait_ready()
            if not ready and not process.killed.is_set():
                self.tally.failed_starts += 1
            if ready:
                self.start_s = (self.start_s + time.monotonic() - start) / 2
                self.doing = "waiting"
            batches = 0     # since a kill is due
            while ready and not self.frontier.is_done:
                if self.is_time_to_kill():
                    killer = killer or self.kill_later(process, self.batch_s)
                    batches += 1
                    if batches > MOST_BATCHES:
                        process.kill()
                ready = self.batch(process)
        finally:
            if killer is not None:
                killer.cancel()
                killer.join()
            if process.killed.is_set():
                self.kill_points.pop(0)
                self.frontier.kills_left -= 1
                self.tally.kills[self.doing] += 1
            try:
                process.end()
            finally:
                process.process.kill()

    def is_time_to_kill(self) -> bool:
        return bool(self.kill_points) and self.kill_points[0] <= self.frontier.acknowledged

    def kill_later(self, process: Process, mean_s: float) -> threading.Timer:
        """So long after the beginning of a batch that it may be before, within or behind its commits."""
        killer = threading.Timer(self.rng.expovariate(1 / mean_s), process.kill)
        killer.daemon = True
        killer.start()
        return killer

    def batch(self, process: Process) -> bool:
        """Hands out one; False: the process was killed."""
        frontier = self.frontier
        with frontier.lock:
            overlap = self.rng.choice([0, 0, 1, self.rng.randint(0, OVERLAP)])
            first = frontier.acknowledged
            begin = max(0, first - overlap)
            left = len(frontier.lines) - first
            if left <= 0:
                return True     # another worker was faster
            # So much is kept for the kills to come.
            most = max(1, left - (MOST_BATCHES + 1) * frontier.kills_left)
            end = first + self.rng.randint(1, max(1, min(self.rng.choice(SIZES), most, left)))
            self.tally.batches += 1
            self.tally.delivered += end - begin
            self.tally.overlapping += first - begin
            self.tally.redelivered += max(0, min(end, frontier.delivered) - begin)
            frontier.delivered = max(frontier.delivered, end)
        self.doing = "working"
        start = time.monotonic()
        answer = process.handle(lambda_event(frontier.lines, begin, end), self.remaining_s)
        if answer is None:
            return False
        self.batch_s = (7 * self.batch_s + time.monotonic() - start) / 8
        self.doing = "waiting"
        self.acknowledge(begin, end, answer)
        return True

    def acknowledge(self, begin: int, end: int, answer: dict) -> None:
        failures = answer["batchItemFailures"]
        until = end
        if failures:
            numbers = [events.sequence_number(n) for n in range(begin, end)]
            named = [numbers.index(each["itemIdentifier"]) for each in failures]
            until = begin + min(named)
            self.tally.given_back += end - until
        with self.frontier.lock:
            self.frontier.acknowledged = max(self.frontier.acknowledged, until)


def outcomes(folder: pathlib.Path) -> Counter:
    """What the services' own metrics say became of records, as far as kills let them say it."""
    counts: Counter = Counter()
    for path in folder.glob("*/out"):
        for line in path.read_text().splitlines():
            try:
                metrics = json.loads(line)
            except ValueError:
                continue    # cut off by a kill
            for name in ("done", "duplicate", "deadLettered", "retry"):
                counts[name] += metrics.get(name, 0)
    return counts


def run_all(workers: list[Worker]) -> Tally:
    """All at once; the first failure of any is raised when all have ended."""
    problems: list[BaseException] = []

    def work(worker: Worker) -> None:
        try:
            worker.run()
        except BaseException as problem:  # noqa: BLE001 - raised below, in the caller's thread
            problems.append(problem)
            worker.frontier.kills_left = 0      # nobody waits for it any more

    threads = [threading.Thread(target=work, args=(worker,), daemon=True) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]
    total = Tally()
    for worker in workers:
        total += worker.tally
    return total
