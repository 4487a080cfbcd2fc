"""The steps that make a SQLite database what the entities need, kept in the schemas' folder migrations/.

Steps are numbered files, run in order, each once. The file state.json says which there are and what the
tables look like behind the last. Where the entities say something else, a step more is planned. A step that is
written is never written again: databases may have run it.

A file that state.json does not know yet and that nobody generated is a step written by hand. It is tried out:
behind it the tables are as before, since it changes rows only, or as the entities say now, so that nothing is
left to generate and nothing is refused.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import asdict, replace

from .load import MIGRATIONS
from .model import Location, Migration, Migrations, Model, Object
from .problems import Problems
from .table_changes import Change, Wanted, changes
from .tables import Column, Table, TableIndex, create_index, create_table, table

STATE = "state.json"
_FILE = re.compile(r"([0-9]{4})_[a-z0-9]+(_[a-z0-9]+)*\.sql")
_BANNER = "-- Generated from the entities.\n"
_WARNING = "-- Never edit it: databases that have run it know it by its contents.\n"
_ABOUT = "Generated from the entities: the steps there are, and the tables behind the last of them."


def read(directory: str, model: Model, problems: Problems) -> Migrations:
    """The steps, with the one that is to be written if there is any."""
    folder = os.path.join(directory, MIGRATIONS)
    texts = _texts(folder, problems)
    state = _State.read(texts.pop(STATE, None), os.path.join(folder, STATE), problems)
    types = {named.name: named for named in model.types}
    wanted = []
    for entity in model.entities:
        shape = types[entity.name].shape
        assert isinstance(shape, Object)
        wanted.append(Wanted(table(entity, types), entity, shape.by_name))
    if problems:
        return Migrations()
    return _Steps(folder, texts, state, problems).plan(wanted)


def _texts(folder: str, problems: Problems) -> dict[str, str]:
    """By name, sorted."""
    made = {}
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        path = os.path.join(folder, name)
        if name.startswith("."):
            continue
        if name != STATE and not _FILE.fullmatch(name):
            problems.add(Location(path), "steps are named NNNN_like_this.sql; rename it or move it away")
            continue
        with open(path, "rb") as stream:
            data = stream.read()
        try:
            made[name] = data.decode("utf-8")
        except UnicodeDecodeError:
            problems.add(Location(path), "is not UTF-8; write it so")
    return made


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


# ---- The state -----------------------------------------------------------------------------------


class _State:
    def __init__(self, files: dict[str, str], tables: dict[str, Table]) -> None:
        self.files = files  # digests by name
        self.tables = tables

    @staticmethod
    def read(text: str | None, path: str, problems: Problems) -> _State:
        if text is None:
            return _State({}, {})
        try:
            found = json.loads(text)
            tables = {name: _table(name, row) for name, row in found["tables"].items()}
            return _State({str(k): str(v) for k, v in found["files"].items()}, tables)
        except (ValueError, TypeError, KeyError, AttributeError):
            problems.add(Location(path), "makes no sense; restore it as it was generated")
            return _State({}, {})

    def text(self) -> str:
        tables = {
            of.name: {
                "entity": of.entity,
                "indexes": {name: asdict(index) for name, index in of.indexes.items()},
                "key": of.key,
                "members": {name: asdict(column) for name, column in of.columns.items()},
            }
            for of in self.tables.values()
        }
        made = {"about": _ABOUT, "files": self.files, "tables": tables}
        return json.dumps(made, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _table(name: str, row: dict) -> Table:
    return Table(
        name=name,
        entity=row["entity"],
        columns={member: Column(**column) for member, column in row["members"].items()},
        key=tuple(row["key"]),
        indexes={index: TableIndex(tuple(parts["equal"]), tuple(parts["order"]))
                 for index, parts in row["indexes"].items()},
    )


# ---- The steps -----------------------------------------------------------------------------------


class _Steps:
    def __init__(
        self, folder: str, texts: dict[str, str], state: _State, problems: Problems
    ) -> None:
        self._folder = folder
        self._texts = texts
        self._state = state
        self._problems = problems
        self._refuse_changed()
        new = [name for name in texts if name not in state.files]
        self._written = [name for name in new if not texts[name].startswith(_BANNER)]
        self._unknown = [name for name in new if texts[name].startswith(_BANNER)]
        self._refuse_gaps()

    def _refuse(self, name: str, text: str) -> None:
        self._problems.add(Location(os.path.join(self._folder, name)), text)

    def _refuse_changed(self) -> None:
        for name, digest in self._state.files.items():
            if name not in self._texts:
                self._refuse(name, "is gone, and databases may have run it; restore it")
            elif _digest(self._texts[name]) != digest:
                self._refuse(name, "was edited, and databases may have run it as it was; restore it, "
                                   "and do the rest in another step")

    def _refuse_gaps(self) -> None:
        for number, name in enumerate([*self._state.files, *self._written], 1):
            if not name.startswith(f"{number:04d}_"):
                self._refuse(name, f"is step {number}; name it {number:04d}{name[4:]}")

    def plan(self, wanted: list[Wanted]) -> Migrations:
        if self._problems:
            return Migrations()
        steps = [*self._state.files, *self._written]
        number = len(steps) + 1
        tables = {of.table.name: of.table for of in wanted}
        found = Problems()
        made: list[Change] = []
        if not self._written or self._tried_out(wanted):
            made = changes(
                self._state.tables, wanted, os.path.join(self._folder, STATE),
                f"write the step yourself: {self._folder}/{number:04d}_NAME.sql", found)
        self._problems.extend(found.sorted())
        if self._problems:
            return Migrations()
        texts = {name: self._texts[name] for name in steps}
        new = ""
        if made:
            new = f"{number:04d}_{_name(made)}.sql"
            texts[new] = _text(made)
        for name in self._unknown:
            # The generator may have been stopped before it wrote the state.
            if texts.get(name) != self._texts[name]:
                self._refuse(name, f"is not in {STATE}: was that taken back? Remove the file")
        state = _State({name: _digest(text) for name, text in texts.items()}, tables)
        return Migrations(
            files=tuple(Migration(name, text, _digest(text), text.startswith(_BANNER))
                        for name, text in texts.items()),
            state=state.text() if texts else "",
        )

    def _tried_out(self, wanted: list[Wanted]) -> bool:
        """Is there something left to be generated behind what was written by hand?"""
        import sqlite3

        from .dry_run import difference, layout

        last = self._written[-1]
        steps = [self._texts[name] for name in (*self._state.files, *self._written)]
        try:
            there = layout(steps)
        except sqlite3.Error as error:
            self._refuse(last, f"fails: {error}; correct it")
            return False
        missing = difference(there, layout(_fresh([of.table for of in wanted])))
        if missing is None:
            return False
        if difference(there, layout(_fresh(list(self._state.tables.values())))) is None:
            return True
        self._refuse(last, f"leaves tables that are not those of the entities: {missing}; correct it")
        return False


def _fresh(tables: list[Table]) -> list[str]:
    return [text for of in tables
            for text in (create_table(of), *(create_index(of, name) for name in of.indexes))]


def _name(made: list[Change]) -> str:
    verb = "create" if all(change.is_new for change in made) else "change"
    return f"{verb}_{made[0].entity if len(made) == 1 else 'tables'}"


def _text(made: list[Change]) -> str:
    parts = [_BANNER + _WARNING]
    for change in made:
        notes = "; ".join(change.notes)
        parts.append(f"\n-- {change.entity}: {notes or 'columns of another form'}\n")
        parts += change.sql
    return "".join(parts)


def with_migrations(directory: str, model: Model, problems: Problems) -> Model:
    return replace(model, migrations=read(directory, model, problems))


def files(of: Migrations) -> dict[str, str]:
    """What the generator writes, by name; the state comes last, since it says that the others are there."""
    made = {file.name: file.text for file in of.files if file.generated}
    return made | ({STATE: of.state} if of.state else {})
