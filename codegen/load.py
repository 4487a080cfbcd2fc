"""Finds the schema files and reads them; the only module of the front that touches the disk."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from .locate import Document, JsonError, Node, read
from .model import Location
from .problems import Problems

SUFFIX = ".schema.json"
ROLES = {"events": "event", "entities": "entity", "types": "type"}
SINGLE_FILES = {"envelope": "envelope", "config": "config"}
STEM = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")

# What is in there is looked at by `migrations` and by `proto_lock`.
MIGRATIONS = "migrations"
LOCK = "proto.lock.json"

RUNTIME_SETTINGS = "https://kinesis-handler.example/2026/runtime-settings"

_OWN = os.path.dirname(os.path.abspath(__file__))
# Shown to users by the path in the project, wherever the generator is installed.
_LIBRARY = {
    "codegen/vocabulary/runtime-settings.json": "settings",
    "codegen/envelopes/cloudevents.schema.json": "ready-envelope",
}


@dataclass(frozen=True, eq=False)
class File:
    """One schema file. Compared by identity: each is loaded once."""

    path: str  # as messages show it
    place: str  # relative to the schema directory, with slashes
    stem: str
    # event, entity, type, envelope, config; of the framework's own: settings, ready-envelope
    role: str
    document: Document

    @property
    def root(self) -> Node:
        return self.document.root

    def locate(self, pointer: str) -> Location:
        return Location(self.path, pointer, self.document.line_of)


def load(directory: str, problems: Problems) -> list[File]:
    """The service's schema files, sorted by path, and behind them the framework's own."""
    files: list[File] = []
    if not os.path.isdir(directory):
        problems.add(
            Location(directory),
            "there is no such directory; say with --schema where the schemas are",
        )
        return files
    for folder in ("", *sorted(ROLES)):
        files.extend(_load_folder(directory, folder, problems))
    _refuse_other_places(directory, problems)
    _refuse_equal_stems(files, problems)
    for shown, role in _LIBRARY.items():
        path = os.path.join(_OWN, *shown.split("/")[1:])
        stem = os.path.basename(path).split(".")[0].replace("-", "_")
        with open(path, "rb") as stream:
            files.append(File(shown, "", stem, role, read(stream.read())))
    return files


def _load_folder(directory: str, folder: str, problems: Problems) -> list[File]:
    files: list[File] = []
    parent = os.path.join(directory, folder) if folder else directory
    for name in sorted(os.listdir(parent)) if os.path.isdir(parent) else []:
        path = os.path.join(parent, name)
        if not name.endswith(".json") or not os.path.isfile(path):
            continue
        role = _role(folder, name, path, problems)
        if role is None:
            continue
        with open(path, "rb") as stream:
            data = stream.read()
        try:
            document = read(data)
        except JsonError as error:
            location = Location(path, error.pointer, lambda _, line=error.line: line)
            problems.add(location, f"column {error.column}: {error.message}")
            continue
        place = f"{folder}/{name}" if folder else name
        files.append(File(path, place, name.removesuffix(SUFFIX), role, document))
    return files


def _role(folder: str, name: str, path: str, problems: Problems) -> str | None:
    location = Location(path)
    if not folder and name == LOCK:
        return None
    if not name.endswith(SUFFIX):
        problems.add(location, f"schema files are named NAME{SUFFIX}; rename it or move it away")
        return None
    stem = name.removesuffix(SUFFIX)
    if not folder:
        if stem not in SINGLE_FILES:
            problems.add(
                location,
                "only envelope and config stand here; move it to events/, entities/ or types/",
            )
            return None
        return SINGLE_FILES[stem]
    if not STEM.fullmatch(stem):
        problems.add(
            location,
            f"the file's name gives the type's: {stem!r} is not like_this; rename the file",
        )
        return None
    if stem in SINGLE_FILES:
        problems.add(location, f"{stem!r} is the name of schema/{stem}{SUFFIX}; choose another")
        return None
    return ROLES[folder]


def _refuse_other_places(directory: str, problems: Problems) -> None:
    """A schema that is silently not looked at would be the worst surprise."""
    for parent, folders, names in os.walk(directory):
        folders.sort()
        relative = os.path.relpath(parent, directory)
        if relative == "." or relative in ROLES or relative == MIGRATIONS:
            continue
        for name in sorted(names):
            if name.endswith(".json"):
                problems.add(
                    Location(os.path.join(parent, name)),
                    "schemas are looked for right in events/, entities/ and types/ only; move it",
                )


def _refuse_equal_stems(files: list[File], problems: Problems) -> None:
    first: dict[str, File] = {}
    for file in files:
        other = first.setdefault(file.stem, file)
        if other is not file:
            problems.add(
                Location(file.path),
                f"{other.path} has the same name, and the name is the type's; rename one",
            )
