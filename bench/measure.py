"""Runs programs in turn, several rounds, on one core, and takes medians."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from typing import Callable

from bench.build import Program


class Failed(Exception):
    """A program that was built did not do its work."""


def one_core() -> None:
    """The last core: interrupts like the first."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def run(program: Program, *arguments: str) -> dict:
    """The JSON line that the program prints."""
    return run_command(program, [*program.command, *arguments, "--json"], one_core)


def run_command(program: Program, command: list[str],
                prepare: Callable[[], None] | None = None) -> dict:
    result = subprocess.run(command, capture_output=True, text=True, preexec_fn=prepare,
                            env=os.environ | program.environment)
    if result.returncode != 0:
        raise Failed(f"{program.name}: {result.stderr.strip()}")
    return json.loads(result.stdout)


def split(programs: list[Program]) -> tuple[list[Program], list[dict]]:
    """Those that run, and a row for each that does not."""
    return ([each for each in programs if not each.missing],
            [{"name": each.name, "of": each.of, "reason": each.missing}
             for each in programs if each.missing])


class Progress:
    """One line on a terminal, nothing elsewhere."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.done = 0
        self.shown = sys.stderr.isatty()

    def step(self, text: str) -> None:
        self.done += 1
        if self.shown:
            sys.stderr.write(f"\r\x1b[K[{self.done}/{self.total}] {text}")
            sys.stderr.flush()

    def end(self) -> None:
        if self.shown:
            sys.stderr.write("\r\x1b[K")


def in_turn(programs: list[Program], rounds: int, progress: Progress,
            measure_once: Callable[[Program], dict]) -> dict[str, list[dict]]:
    """By program's name, what it printed each round. Programs alternate, so that a slow spell of the
    machine does not hit one of them alone."""
    reports: dict[str, list[dict]] = {each.name: [] for each in programs}
    for _ in range(rounds):
        for program in programs:
            progress.step(program.name)
            reports[program.name].append(measure_once(program))
    return reports


def median(reports: list[dict], key: str) -> float:
    return statistics.median(report[key] for report in reports)
