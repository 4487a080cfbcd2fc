"""Writes what was generated, and tells how it differs from what is there."""

from __future__ import annotations

import difflib
import hashlib
import os
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field

from .parallel import each

# Every generated file says so in its first lines; only such files are ever removed.
_BANNER = re.compile(r"\bgenerated (by|from)\b", re.IGNORECASE)
_BANNER_BYTES = re.compile(rb"generated (by|from)", re.IGNORECASE)
_BANNER_LINES = 5


@dataclass(frozen=True)
class Piece:
    """Some files of a directory; `make` gives their texts by path."""

    directory: str
    make: Callable[[], dict[str, str]]
    # The one file of the directory that is generated; "": all generated files there are those planned.
    only: str = ""


@dataclass
class Written:
    """What became of the files of one directory, each sorted."""

    changed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    digest: str = ""  # of all planned files, as `digest_of` has it


def write(pieces: Sequence[Piece]) -> dict[str, Written]:
    """Makes the directories hold the planned files. One that is right keeps its time, so that nothing
    is built again for it; generated files that are no longer planned are removed."""
    done: dict[str, Written] = {piece.directory: Written() for piece in pieces}
    digests: dict[str, dict[str, str]] = {directory: {} for directory in done}
    for piece, files in zip(pieces, each(pieces, _put)):
        written = done[piece.directory]
        for name, digest, changed in files:
            (written.changed if changed else written.kept).append(name)
            digests[piece.directory][name] = digest
    for directory, written in done.items():
        written.changed.sort()
        written.kept.sort()
        alone = next((piece.only for piece in pieces if piece.directory == directory), "")
        written.removed = [] if alone else stale(directory, digests[directory])
        for name in written.removed:
            os.remove(os.path.join(directory, name))
            _remove_empty(directory, os.path.dirname(name))
        written.digest = digest_of(digests[directory])
    return done


def _put(piece: Piece) -> list[tuple[str, str, bool]]:
    """Name and digest of each file, and whether it had to be written."""
    done: list[tuple[str, str, bool]] = []
    for name, text in piece.make().items():
        path = os.path.join(piece.directory, name)
        data = text.encode("utf-8")
        changed = _read(path) != data
        if changed:
            _replace(path, data)
        done.append((name, hashlib.sha256(data).hexdigest(), changed))
    return done


def _replace(path: str, data: bytes) -> None:
    """At once: a build that reads the file meanwhile sees the old or the new one whole."""
    try:
        stream = open(path + ".new", "wb")
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        stream = open(path + ".new", "wb")
    with stream:
        stream.write(data)
    os.replace(path + ".new", path)


def digest_of(digests: dict[str, str]) -> str:
    """One digest of files' names and digests."""
    text = "".join(f"{digest} {name}\n" for name, digest in sorted(digests.items()))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def stale(directory: str, planned: Collection[str]) -> list[str]:
    """Generated files that are there and not planned."""
    return sorted(
        name for name in _files(directory)
        if name not in planned and _has_banner(os.path.join(directory, name))
    )


def digest_there(directory: str, only: str = "") -> str:
    """The digest of the generated files that are there, or of that one."""
    found: dict[str, str] = {}
    for name in [only] if only else _files(directory):
        data = _read(os.path.join(directory, name))
        if data is not None and _BANNER_BYTES.search(_head(data)):
            found[name] = hashlib.sha256(data).hexdigest()
    return digest_of(found)


def is_generated(path: str) -> bool:
    data = _read(path)
    return data is not None and _BANNER_BYTES.search(_head(data)) is not None


def difference(pieces: Sequence[Piece]) -> str:
    """A unified diff from the files that are there to those planned, by path; empty when they agree."""
    planned: dict[str, set[str]] = {piece.directory: set() for piece in pieces}
    differences: dict[tuple[str, str], str] = {}
    for piece, files in zip(pieces, each(pieces, _compare)):
        for name, found in files:
            planned[piece.directory].add(name)
            differences[piece.directory, name] = found
    shared = {piece.directory for piece in pieces if piece.only}
    for directory, names in planned.items():
        for name in [] if directory in shared else stale(directory, names):
            differences[directory, name] = _difference(os.path.join(directory, name), None)
    return "".join(differences[key] for key in sorted(differences))


def _compare(piece: Piece) -> list[tuple[str, str]]:
    """Name of each file, and how it differs."""
    return [(name, _difference(os.path.join(piece.directory, name), text))
            for name, text in piece.make().items()]


def _difference(path: str, wanted: str | None) -> str:
    data = _read(path)
    if data == (None if wanted is None else wanted.encode("utf-8")):
        return ""
    there = None if data is None else _text(data)
    return "".join(
        line if line.endswith("\n") else line + "\n\\ No newline at end of file\n"
        for line in difflib.unified_diff(
            (there or "").splitlines(keepends=True),
            (wanted or "").splitlines(keepends=True),
            "/dev/null" if there is None else path,
            "/dev/null" if wanted is None else path,
        )
    )


def _remove_empty(directory: str, folder: str) -> None:
    """Removes the folder, and those around it, as far as nothing is left in them."""
    while folder and not os.listdir(os.path.join(directory, folder)):
        os.rmdir(os.path.join(directory, folder))
        folder = os.path.dirname(folder)


def _files(directory: str) -> Iterator[str]:
    """The paths of all files below a directory, relative to it, with slashes. What tools keep in hidden
    folders, such as Terraform its providers, is not looked at."""
    for parent, folders, names in os.walk(directory):
        folders[:] = sorted(folder for folder in folders if not folder.startswith("."))
        relative = os.path.relpath(parent, directory).replace(os.sep, "/")
        for name in sorted(names):
            yield name if relative == "." else f"{relative}/{name}"


def _read(path: str) -> bytes | None:
    """The file's bytes; None if it is not there."""
    try:
        with open(path, "rb") as stream:
            return stream.read()
    except FileNotFoundError:
        return None


def _text(data: bytes) -> str | None:
    """None for what is no text."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _has_banner(path: str) -> bool:
    data = _read(path)
    text = None if data is None else _text(data)
    return text is not None and any(
        _BANNER.search(line) for line in text.splitlines()[:_BANNER_LINES])


def _head(data: bytes) -> bytes:
    """No less than the lines that a banner may stand in."""
    head = data[:1000]
    return head if head.count(b"\n") >= _BANNER_LINES else data
