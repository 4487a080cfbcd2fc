"""./dev bench generator: how long the generator takes, and what compiling its output costs.

For services of several sizes (bench/make_schemas.py) it measures a run from nothing, a run
that changes nothing and a run after one schema changed; then, with the compiler and the flags of the
release preset, a sample of each kind of generated file: compile time and object size. Figures for each
schema at each size show whether they stay the same. Times are medians; CPU times count all processes.
"""

from __future__ import annotations

import json
import os
import random
import resource
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench import make_schemas
from bench.build import ROOT, say
from bench.goals import at_most
from bench.measure import Failed

SIZES = (100, 300, 1000)
QUICK_SIZES = (20, 40)
# At most so many files of a kind are compiled.
SAMPLE = 12
QUICK_SAMPLE = 2
GOALS = [("cold", "s to generate 1,000 events, at most", 5.0),
         ("unchanged", "s when nothing changed, at most", 1.0)]
# Per schema, the largest service may cost this much more than the smallest to count as linear.
TOLERANCE = 1.25


@dataclass(frozen=True)
class Time:
    """Medians of several runs, in seconds."""

    wall: float
    cpu: float


@dataclass(frozen=True)
class Compiled:
    """The files of one kind. Means for each, projected from a sample by the size of the sources."""

    files: int
    sampled: int
    seconds: float  # of CPU time
    bytes: float  # of text and data


# ---- Running -------------------------------------------------------------------------------------


def timed(command: list[str], **options: object) -> Time:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.perf_counter()
    done = subprocess.run(command, capture_output=True, encoding="utf-8", **options)
    wall = time.perf_counter() - begin
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        raise Failed(f"{shlex.join(command)}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Time(wall, cpu)


def median(times: list[Time]) -> Time:
    return Time(statistics.median(of.wall for of in times), statistics.median(of.cpu for of in times))


class Service:
    """The schemas of one size in a folder, and what is generated from them."""

    def __init__(self, home: Path, events: int) -> None:
        self.home = home
        self.events = events
        make_schemas.write(home / "schema", make_schemas.make(events))

    def run(self, verb: str, *arguments: str) -> Time:
        return timed(
            [sys.executable, "-m", "codegen", verb, "--schema", "schema", *arguments], cwd=self.home,
            env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        )

    def generate(self, out: str) -> Time:
        """Creating files is slow for a while where many were deleted, so each run from nothing has a
        folder of its own, and nothing is removed before the end."""
        return self.run(
            "generate", "--out", out, "--docs", f"{out}-docs", "--stamp", f"{out}.stamp")

    def change_one(self, number: int) -> None:
        paths = sorted((self.home / "schema" / "events").glob("*.json"))
        path = paths[number % len(paths)]
        schema = json.loads(path.read_text(encoding="utf-8"))
        schema["properties"][f"added{number}"] = {"type": "string", "maxLength": 20}
        path.write_text(json.dumps(schema, indent=2), encoding="utf-8")

    def files(self, out: str, pattern: str) -> list[Path]:
        return sorted((self.home / out).glob(pattern))

    def members(self, stem: str) -> int:
        """How many members an event's schema describes, those of objects in it included."""
        path = self.home / "schema" / "events" / f"{stem}.schema.json"
        found = 0
        pending = [json.loads(path.read_text(encoding="utf-8"))]
        while pending:
            schema = pending.pop()
            inner = list(schema.get("properties", {}).values())
            found += len(inner)
            pending += [*inner, *([schema["items"]] if "items" in schema else [])]
        return found


def generation(service: Service, repeats: int) -> dict[str, object]:
    cold = median([service.generate(f"cold{n}") for n in range(repeats)])
    unchanged = median([service.generate("cold0") for _ in range(repeats)])
    changed = []
    for number in range(repeats):
        service.change_one(number)
        changed.append(service.generate("cold0"))
    sizes = [path.stat().st_size for path in service.files("cold0", "**/*") if path.is_file()]
    return {"cold": asdict(cold), "unchanged": asdict(unchanged), "changed": asdict(median(changed)),
            "files": len(sizes), "megabytes": sum(sizes) / 1e6}


# ---- Compiling -----------------------------------------------------------------------------------


def release_command() -> list[str]:
    """The compiler and the flags with which the release preset compiles generated files."""
    database = ROOT / "build" / "release" / "compile_commands.json"
    try:
        entries = json.loads(database.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Failed(f"{database} is missing; configure with: cmake --preset release") from None
    for entry in entries:
        if entry["file"].endswith("/generated/service.c"):
            words = shlex.split(entry["command"])
            kept = words[: words.index("-o")]
            return [word for word in kept if word != f"-I{ROOT}/generated"]
    raise Failed(f"{database} says nothing of generated/service.c; configure again")


class Compiler:
    def __init__(self, service: Service, sample: int) -> None:
        self._command = release_command()
        self._service = service
        self._sample = sample
        self._object = service.home / "x.o"

    def compile(self, paths: list[Path], *options: str) -> Compiled:
        if not paths:
            return Compiled(0, 0, 0, 0)
        chosen = self._chosen(paths)
        results = [self._one(path, *options) for path in chosen]
        scale = source_size(paths) / source_size(chosen) / len(paths)
        return Compiled(len(paths), len(chosen), scale * sum(cpu for cpu, _ in results),
                        scale * sum(size for _, size in results))

    def _chosen(self, paths: list[Path]) -> list[Path]:
        return random.Random(1).sample(paths, min(len(paths), self._sample))

    def _one(self, path: Path, *options: str) -> tuple[float, int]:
        include = f"-I{self._service.home / 'cold0'}"
        cpu = timed([*self._command, include, *options, "-c", str(path), "-o", str(self._object)]).cpu
        size = subprocess.run(["size", str(self._object)], capture_output=True, encoding="utf-8",
                              check=True).stdout.splitlines()[1].split()
        return cpu, int(size[0]) + int(size[1])

    def per_member(self, paths: list[Path]) -> float:
        """Bytes of text and data for each member of the events."""
        chosen = self._chosen(paths)
        sizes = sum(self._one(path)[1] for path in chosen)
        return sizes / sum(self._service.members(path.stem) for path in chosen)


def source_size(paths: list[Path]) -> int:
    return sum(path.stat().st_size for path in paths)


def compilation(service: Service, sample: int) -> dict[str, object]:
    compiler = Compiler(service, sample)
    service.run("scaffold", "--all", "--handlers", "handlers")
    handlers = service.files("handlers", "*.c")
    kinds = {
        "event": compiler.compile(service.files("cold0", "events/*.c")),
        "handler": compiler.compile(handlers),
        "entity": compiler.compile(service.files("cold0", "entities/*.c")),
        "type": compiler.compile(service.files("cold0", "types/*.c")),
        "service": compiler.compile(service.files("cold0", "service.c")),
        "other": compiler.compile([path for path in service.files("cold0", "*.c")
                                   if path.name != "service.c"]),
    }
    # What a handler would cost with the header that has everything.
    together = compiler.compile(handlers, "-include", "handlers.h")
    total = Compiled(
        files=sum(kind.files for kind in kinds.values()),
        sampled=sum(kind.sampled for kind in kinds.values()),
        seconds=sum(kind.files * kind.seconds for kind in kinds.values()) / service.events,
        bytes=sum(kind.files * kind.bytes for kind in kinds.values()) / service.events,
    )
    return {"kinds": {name: asdict(kind) for name, kind in kinds.items()},
            "per_schema": asdict(total),
            "handler_with_handlers_h": asdict(together),
            "bytes_per_member": compiler.per_member(service.files("cold0", "events/*.c"))}


# ---- Results -------------------------------------------------------------------------------------


def measure_sizes(sizes: Sequence[int], repeats: int, sample: int, home: Path) -> dict[str, object]:
    services = []
    for events in sizes:
        say(f"{events} events: generating")
        service = Service(home / str(events), events)
        result: dict[str, object] = {"events": events, "generation": generation(service, repeats)}
        if sample > 0:
            say(f"{events} events: compiling a sample")
            result["compilation"] = compilation(service, sample)
        services.append(result)
    return {"rounds": repeats, "services": services, "linear": linear(services),
            "goals": judge(services), "notRun": []}


def judge(services: list[dict]) -> list[dict]:
    """The goals are set for the largest of SIZES."""
    return [at_most(text, limit, of["generation"][name]["wall"])
            for of in services if of["events"] == max(SIZES) for name, text, limit in GOALS]


# What has to stay the same for each schema, whatever the size: of generating and of compiling.
GENERATING: dict[str, Callable[[dict, int], float]] = {
    "generating, ms of CPU": lambda of, events: of["cold"]["cpu"] / events * 1000,
    "a run without changes, ms of CPU": lambda of, events: of["unchanged"]["cpu"] / events * 1000,
}
COMPILING: dict[str, Callable[[dict, int], float]] = {
    "compiling, ms of CPU": lambda of, _: of["per_schema"]["seconds"] * 1000,
    "  its handler, ms of CPU": lambda of, _: of["kinds"]["handler"]["seconds"] * 1000,
    "text and data, KB": lambda of, _: of["per_schema"]["bytes"] / 1000,
}


def linear(services: list[dict]) -> dict[str, dict[str, object]]:
    """For each figure its values by size, and whether they do not grow."""
    found: dict[str, dict[str, object]] = {}
    figures = [("generation", *row) for row in GENERATING.items()]
    figures += [("compilation", *row) for row in COMPILING.items()]
    for part, name, figure in figures:
        values = {str(of["events"]): figure(of[part], of["events"])
                  for of in services if part in of}
        if len(values) > 1:
            smallest, *_, largest = values.values()
            found[name] = {"values": values, "linear": largest <= smallest * TOLERANCE}
    return found


def run(rounds: int, quick: bool) -> dict:
    sizes, sample = (QUICK_SIZES, QUICK_SAMPLE) if quick else (SIZES, SAMPLE)
    with tempfile.TemporaryDirectory(prefix="bench-generator-") as home:
        return measure_sizes(sizes, rounds, sample, Path(home))
