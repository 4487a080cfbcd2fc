"""Remembers what was generated, so that a run that would change nothing ends early.

A stamp holds a digest of everything the output depends on, and digests of the output as it was made.
When they are those of the files that are there now, by their contents, there is nothing to do. Any
doubt, a stamp that cannot be read included, means that there is.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from .output import digest_there, is_generated

_OWN = os.path.dirname(os.path.abspath(__file__))
# The runtime's header that a page is made from, where the framework's sources are at hand.
STATUSES = os.path.join(os.path.dirname(_OWN), "include", "kh", "status.h")
# What text is made with, beside Python itself.
_LIBRARIES = ("jinja2", "markupsafe")
_MOST_BY_DEFAULT = 100
# The schemas' folder of what is input and output both: written by hand, or generated. And the file that is.
MIGRATIONS = "migrations"
LOCK = "proto.lock.json"


@dataclass(frozen=True)
class Output:
    directory: str
    digest: str
    count: int  # of files
    only: str = ""  # as Piece has it


@dataclass(frozen=True)
class Stamp:
    inputs: str
    outputs: list[Output]
    warnings: list[str]

    def is_fresh(self, inputs: str, directories: list[str]) -> bool:
        """Are the directories, as they are there, what these inputs give?"""
        return (
            self.inputs == inputs
            and [output.directory for output in self.outputs] == directories
            and all(digest_there(output.directory, output.only) == output.digest
                    for output in self.outputs)
        )


# ---- The inputs ----------------------------------------------------------------------------------


def inputs(schema: str, directories: list[str]) -> str:
    """The digest of all that decides what is generated where: the schemas, this program, and the Python
    and the libraries that run it. To be taken before any of them is used: what changes later is then
    seen by the next run."""
    digest = hashlib.sha256()
    settings = [sys.version, *map(os.path.abspath, (schema, *directories))]
    digest.update("\0".join(settings).encode("utf-8", errors="surrogateescape"))
    for name, path in _inputs(schema):
        with open(path, "rb") as stream:
            data = stream.read()
        encoded = name.encode("utf-8", errors="surrogateescape")
        digest.update(b"\0%d %d %s" % (len(encoded), len(data), encoded))
        digest.update(data)
    return digest.hexdigest()


def _inputs(schema: str) -> Iterator[tuple[str, str]]:
    """Name and path of each file, in order."""
    for name, path in _files(schema, (".json",)):
        if os.path.dirname(name) != MIGRATIONS and name != LOCK:
            yield name, path
    for name, path in _files(os.path.join(schema, MIGRATIONS), ("",)):
        if not is_generated(path):
            yield name, path
    yield from _files(_OWN, (".py", ".j2", ".json"))
    if os.path.exists(STATUSES):
        yield "status.h", STATUSES
    for library in _LIBRARIES:
        found = importlib.util.find_spec(library)
        for folder in (found.submodule_search_locations or ()) if found is not None else ():
            yield from _files(folder, (".py", ".so"))


def _files(folder: str, suffixes: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for parent, folders, names in os.walk(folder, followlinks=True):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(parent, name)
            # An editor's lock may be a link to nowhere.
            if name.endswith(suffixes) and os.path.isfile(path):
                yield os.path.relpath(path, folder), path


# ---- The file ------------------------------------------------------------------------------------


def default_path(schema: str, directories: list[str]) -> str:
    """In the user's cache, one for each set of folders."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    folders = "\0".join(map(os.path.abspath, (schema, *directories)))
    name = hashlib.sha256(folders.encode("utf-8", errors="surrogateescape")).hexdigest()[:32]
    return os.path.join(cache, "kinesis-handler", "generated", f"{name}.json")


def read(path: str) -> Stamp | None:
    try:
        with open(path, encoding="utf-8") as stream:
            found = json.load(stream)
        outputs = [Output(**output) for output in found["outputs"]]
        return Stamp(found["inputs"], outputs, list(found["warnings"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def write(path: str, stamp: Stamp) -> None:
    """One that cannot be written is one that is not there: the next run takes its time."""
    folder = os.path.dirname(os.path.abspath(path))
    try:
        os.makedirs(folder, exist_ok=True)
        with open(f"{path}.{os.getpid()}", "w", encoding="utf-8") as stream:
            json.dump(asdict(stamp), stream)
        os.replace(stream.name, path)
    except OSError:
        pass


def forget_old(path: str) -> None:
    """Leaves the newest stamps beside this one."""
    folder = os.path.dirname(path)
    try:
        stamps = sorted(os.scandir(folder), key=lambda entry: entry.stat().st_mtime_ns)
        for entry in stamps[:-_MOST_BY_DEFAULT]:
            os.remove(entry.path)
    except OSError:
        pass
