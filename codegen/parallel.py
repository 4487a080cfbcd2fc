"""Jobs done side by side, by processes that begin as copies of this one.

Results come back in the order of the jobs, so nothing depends on how many processes there are.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")

# For fewer jobs a second process costs more than it saves.
_JOBS_PER_PROCESS = 100
# Jobs are handed out in portions of this size; they take different times.
_PORTION = 16


def each(jobs: Sequence[Job], do: Callable[[Job], Result]) -> list[Result]:
    """`do(job)` for every job. What it returns has to be picklable."""
    processes = min(_cpus(), len(jobs) // _JOBS_PER_PROCESS)
    if processes < 2:
        return [do(job) for job in jobs]
    context = multiprocessing.get_context("fork")
    with context.Pool(processes, _begin, (jobs, do)) as pool:
        return pool.map(_do, range(len(jobs)), _PORTION)


def _cpus() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


# In the copies only: the jobs cannot be sent to them, but are there from the beginning.
_work: tuple[Sequence[Any], Callable[[Any], Any]]


def _begin(jobs: Sequence[Any], do: Callable[[Any], Any]) -> None:
    global _work
    _work = jobs, do


def _do(number: int) -> Any:
    jobs, do = _work
    return do(jobs[number])
