"""Which schema a `$ref` means: by `$id`, by the file it stands in, by anchor, by JSON pointer.

Everything is among the files that were loaded; the network is never asked.
"""

from __future__ import annotations

from . import kinds, uri
from .load import RUNTIME_SETTINGS, File
from .locate import unescape
from .problems import Problems
from .schemas import Schema, file_base, walk


class Index:
    """All schemas, and what each reference leads to. Made by `index`."""

    def __init__(self) -> None:
        self.schemas: list[Schema] = []
        self.roots: dict[File, Schema] = {}
        self.definitions: dict[File, list[Schema]] = {}
        self._places: dict[tuple[File, str], Schema] = {}
        self._resources: dict[str, Schema] = {}
        self._files: dict[str, Schema] = {}
        self._anchors: dict[tuple[str, str], Schema] = {}
        self._targets: dict[Schema, Schema] = {}
        # References that are wrong or go in a circle.
        self.lost: set[Schema] = set()

    def child(self, schema: Schema, *steps: str) -> Schema | None:
        """The schema under a keyword, if there is one."""
        return self._places.get((schema.file, schema.pointer_of(*steps)))

    def of_role(self, role: str) -> list[Schema]:
        """The roots of the files with that role, by file."""
        return [root for file, root in self.roots.items() if file.role == role]

    def arms(self, schema: Schema) -> list[Schema]:
        """The schemas in oneOf."""
        count = len(schema.keywords["oneOf"].elements())
        found = [self.child(schema, "oneOf", str(number)) for number in range(count)]
        return [arm for arm in found if arm is not None]

    def target(self, schema: Schema) -> Schema | None:
        """Where its `$ref` leads, one step."""
        return self._targets.get(schema)

    def referenced(self) -> set[Schema]:
        return set(self._targets.values())

    def onward(self, schema: Schema) -> Schema | None:
        """The schema this one merely stands for: by reference, or as X in oneOf X or null."""
        if kinds.is_reference(schema):
            return self.target(schema)
        if kinds.is_choice(schema):
            arms = self.arms(schema)
            others = [arm for arm in arms if not kinds.is_null_arm(arm)]
            if len(others) == 1 and len(arms) == 2:
                return others[0]
        return None

    # ---- Making it -------------------------------------------------------------------------------

    def _add(self, schema: Schema, problems: Problems) -> None:
        self.schemas.append(schema)
        self._places[schema.file, schema.pointer] = schema
        if schema.where == "definition":
            self.definitions[schema.file].append(schema)
        if not schema.pointer:
            self.roots[schema.file] = schema
            self.definitions[schema.file] = []
            if schema.file.place:
                self._files[str(file_base(schema.file))] = schema
        if schema.pointer and not schema.has("$id") and not schema.has("$anchor"):
            return
        base = str(schema.base)
        if not schema.pointer or schema.has("$id"):
            other = self._resources.setdefault(base, schema)
            if other is not schema:
                problems.add(
                    schema.at("$id"),
                    f"$id {base} is that of {other.file.path} as well; give it one of its own",
                )
        name = schema.text("$anchor")
        if name is not None:
            other = self._anchors.setdefault((base, name), schema)
            if other is not schema:
                problems.add(
                    schema.at("$anchor"),
                    f"$anchor {name!r} stands at #{other.pointer} as well; choose another",
                )

    def _resolve(self, schema: Schema, problems: Problems) -> None:
        """Finds the target of one reference."""
        text = schema.text("$ref")
        reference = uri.parse(text or "")
        if text is None or reference is None:
            return
        found = self._find(schema, reference)
        if isinstance(found, Schema):
            complaint = _not_to_be_used(schema, found)
            if complaint is None:
                self._targets[schema] = found
                return
            found = complaint
        self.lost.add(schema)
        problems.add(schema.at("$ref"), found)

    def _find(self, schema: Schema, reference: uri.Uri) -> Schema | str:
        full = uri.resolve(schema.base, reference)
        resource = self._resources.get(str(full.without_fragment()))
        if resource is None and reference.scheme is None and schema.file.place:
            # A file with an `$id` may refer to one without by where they stand.
            beside = uri.resolve(file_base(schema.file), reference)
            resource = self._files.get(str(beside.without_fragment()))
        if resource is None:
            sought = str(full.without_fragment()).removeprefix("schema:/")
            return (
                f"$ref leads to {sought}, which is none of the schemas here (nothing is fetched); "
                "correct it, or add the file"
            )
        fragment = uri.percent_decoded(full.fragment or "")
        if fragment is None:
            return "$ref: the fragment's percent-encoding is not UTF-8; correct it"
        if fragment == "":
            return resource
        if not fragment.startswith("/"):
            anchored = self._anchors.get((str(resource.base), fragment))
            return anchored or f"$ref: there is no $anchor {fragment!r} in {resource.file.path}; add it"
        if any(unescape(step) is None for step in fragment.split("/")):
            return "$ref: in a JSON pointer ~ is written ~0 and / is written ~1; correct it"
        pointed = self._places.get((resource.file, resource.pointer + fragment))
        return pointed or (
            f"$ref: #{fragment} is not a schema of {resource.file.path}; correct it"
        )

    def _find_circles(self, problems: Problems) -> None:
        for schema in self.schemas:
            if not kinds.is_reference(schema):
                continue
            passed = {schema}
            following = self.onward(schema)
            while following is not None and following not in passed:
                passed.add(following)
                following = self.onward(following)
            if following is schema:
                self.lost.add(schema)
                problems.add(
                    schema.at("$ref"),
                    "$ref leads back here without describing anything on the way; break the circle",
                )
            elif following is not None:
                # Leads into a circle, which is reported where it is.
                self.lost.add(schema)


def index(files: list[File], problems: Problems) -> Index:
    made = Index()
    for file in files:
        for schema in walk(file, problems):
            made._add(schema, problems)
    for schema in made.schemas:
        if kinds.is_reference(schema):
            made._resolve(schema, problems)
    made._find_circles(problems)
    return made


def _not_to_be_used(schema: Schema, target: Schema) -> str | None:
    """Some files are for one purpose and no types for others."""
    if target.file.role == "settings":
        if schema.file.role == "config" and not schema.pointer and not target.pointer:
            return None
        return f"$ref: only the root of config.schema.json refers to {RUNTIME_SETTINGS}; remove it"
    if target.file.role == "ready-envelope" and schema.file is not target.file:
        if schema.file.role == "envelope" and not schema.pointer and not target.pointer:
            return None
        return "$ref: only the root of envelope.schema.json refers to a ready envelope; remove it"
    if target.file.role == "config" and schema.file is not target.file:
        return "$ref: config.schema.json holds settings, not types; move the type to types/"
    return None
