"""Writes what was generated, and tells how it differs from what is there."""

from __future__ import annotations

import difflib
import os
import re
from dataclasses import dataclass

# Every generated file says so in its first lines; only such files are ever removed.
_BANNER = re.compile(r"\bgenerated (by|from)\b", re.IGNORECASE)
_BANNER_LINES = 5


@dataclass(frozen=True)
class Written:
    changed: list[str]
    kept: list[str]
    removed: list[str]


def write(directory: str, planned: dict[str, str]) -> Written:
    """Makes the directory hold the planned files. One that is right keeps its time, so that nothing
    is built again for it; generated files that are no longer planned are removed."""
    changed: list[str] = []
    kept: list[str] = []
    for name, text in sorted(planned.items()):
        path = os.path.join(directory, name)
        if _read(path) == text:
            kept.append(name)
            continue
        os.makedirs(os.path.dirname(path), exist_ok=True)
        # Replaced at once: a build that reads it meanwhile sees the old or the new file whole.
        with open(path + ".new", "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        os.replace(path + ".new", path)
        changed.append(name)
    removed = stale(directory, planned)
    for name in removed:
        os.remove(os.path.join(directory, name))
        _remove_empty(directory, os.path.dirname(name))
    return Written(changed, kept, removed)


def stale(directory: str, planned: dict[str, str]) -> list[str]:
    """Generated files that are there and not planned."""
    found: list[str] = []
    for parent, folders, names in os.walk(directory):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(parent, name)
            relative = os.path.relpath(path, directory).replace(os.sep, "/")
            if relative not in planned and _has_banner(path):
                found.append(relative)
    return sorted(found)


def difference(directory: str, planned: dict[str, str]) -> str:
    """A unified diff from the files that are there to those planned; empty when they agree."""
    pieces: list[str] = []
    for name in sorted([*planned, *stale(directory, planned)]):
        path = os.path.join(directory, name)
        there = _read(path)
        wanted = planned.get(name)
        if there == wanted:
            continue
        pieces.extend(
            line if line.endswith("\n") else line + "\n\\ No newline at end of file\n"
            for line in difflib.unified_diff(
                (there or "").splitlines(keepends=True),
                (wanted or "").splitlines(keepends=True),
                "/dev/null" if there is None else path,
                "/dev/null" if wanted is None else path,
            )
        )
    return "".join(pieces)


def _remove_empty(directory: str, folder: str) -> None:
    """Removes the folder, and those around it, as far as nothing is left in them."""
    while folder and not os.listdir(os.path.join(directory, folder)):
        os.rmdir(os.path.join(directory, folder))
        folder = os.path.dirname(folder)


def _read(path: str) -> str | None:
    """The file's text; None if it is not there, and for what is no text."""
    try:
        with open(path, encoding="utf-8", newline="") as stream:
            return stream.read()
    except (FileNotFoundError, UnicodeDecodeError):
        return None


def _has_banner(path: str) -> bool:
    text = _read(path)
    return text is not None and any(
        _BANNER.search(line) for line in text.splitlines()[:_BANNER_LINES])
