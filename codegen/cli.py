"""The command line: wires the steps together, decides nothing itself.

Exit codes: 0 done, 1 the schemas have problems or something is stale, 2 the command line is wrong or
a file cannot be read or written.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from . import stamp
from .output import Piece, difference, write

# All else is imported where it is used: behind the point where a stamp's digest is taken of it.
if TYPE_CHECKING:
    from .model import Model

# Types may refer to each other in long chains, each step of which is several calls.
_DEEPEST_CALLS = 50_000


def main(arguments: list[str]) -> int:
    sys.setrecursionlimit(_DEEPEST_CALLS)
    # A run is short, and nearly all that it makes is needed to its end; then it need not be looked
    # through either.
    gc.disable()
    options = _parser().parse_args(arguments)
    verb: Callable[[argparse.Namespace], int] = options.verb
    try:
        return verb(options)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(f"{where}{error.strerror or error}", file=sys.stderr)
        return 2
    finally:
        gc.freeze()


# ---- Verbs ---------------------------------------------------------------------------------------


def _generate(options: argparse.Namespace) -> int:
    directories = [options.out, os.path.join(options.schema, stamp.MIGRATIONS), options.schema]
    directories += [folder for folder in (options.docs, options.deploy) if folder is not None]
    default = stamp.default_path(options.schema, directories)
    path = options.stamp or default
    inputs = stamp.inputs(options.schema, directories)
    known = stamp.read(path)
    if known is not None and known.is_fresh(inputs, directories):
        _warn(known.warnings)
        for output in known.outputs:
            if output.count > 0:
                print(f"{output.directory}: 0 written, 0 removed, {output.count} up to date")
        return 0
    model = _model(options)
    if model is None:
        return 1
    outputs = []
    written = write(_pieces(model, options))
    for directory in directories:
        done = written[directory]
        for name in done.changed:
            print(f"  wrote   {os.path.join(directory, name)}")
        for name in done.removed:
            print(f"  removed {os.path.join(directory, name)}")
        count = len(done.changed) + len(done.kept)
        if count + len(done.removed) > 0:
            print(
                f"{directory}: {len(done.changed)} written, {len(done.removed)} removed, "
                f"{len(done.kept)} up to date"
            )
        only = stamp.LOCK if directory == options.schema else ""
        outputs.append(stamp.Output(directory, done.digest, count, only))
    stamp.write(path, stamp.Stamp(inputs, outputs, list(model.warnings)))
    if path == default:
        stamp.forget_old(path)
    return 0


def _check(options: argparse.Namespace) -> int:
    model = _model(options)
    if model is None:
        return 1
    found = difference(_pieces(model, options))
    if not found:
        return 0
    sys.stdout.write(found)
    print("Generated files are stale; run `python3 -m codegen generate`.", file=sys.stderr)
    return 1


def _dump(options: argparse.Namespace) -> int:
    from .dump import dump

    # What the schemas say, whether or not it can be named in C.
    model = _model(options, named=False)
    if model is None:
        return 1
    sys.stdout.write(dump(model))
    return 0


def _scaffold(options: argparse.Namespace) -> int:
    from .load import SUFFIX
    from .scaffold import handlers

    model = _model(options)
    if model is None:
        return 1
    known = [event.name for event in model.events]
    if not options.all and options.event not in known:
        print(
            f"there is no events/{options.event}{SUFFIX}; there are: {', '.join(known)}",
            file=sys.stderr,
        )
        return 1
    for name, text in handlers(model, known if options.all else [options.event]):
        path = os.path.join(options.handlers, name)
        if os.path.exists(path):
            print(f"  kept  {path}")
        else:
            _write_new(path, text)
            print(f"  wrote {path}")
    return 0


def _check_mapping(options: argparse.Namespace) -> int:
    from .mapping.command import check
    from .mapping.rules import Wanted

    wanted = Wanted(partition_key=options.partition_key)
    if options.schema is not None:
        model = _model(options, named=False)
        if model is None:
            return 2
        wanted = Wanted(model.envelope.key, True, options.partition_key)
    return check(options.files, dict(options.parameter), wanted, as_json=options.json)


def _new_event(options: argparse.Namespace) -> int:
    from .start import event

    return _new(options, "events", event)


def _new_entity(options: argparse.Namespace) -> int:
    from .start import entity

    return _new(options, "entities", entity)


def _new(options: argparse.Namespace, folder: str, text: Callable[[str], str]) -> int:
    from .load import SINGLE_FILES, STEM, SUFFIX

    name: str = options.name
    if not STEM.fullmatch(name) or name in SINGLE_FILES:
        print(f"{name!r} cannot be a type's name; choose one like_this", file=sys.stderr)
        return 1
    for other in ("events", "entities", "types"):
        path = os.path.join(options.schema, other, name + SUFFIX)
        if os.path.exists(path):
            print(f"{path} is there already; choose another name", file=sys.stderr)
            return 1
    path = os.path.join(options.schema, folder, name + SUFFIX)
    _write_new(path, text(name))
    print(f"  wrote {path}")
    return 0


# ---- Steps ---------------------------------------------------------------------------------------


def _model(options: argparse.Namespace, *, named: bool = True) -> Model | None:
    """The model; None when there are problems, which are printed."""
    from .front import read

    model, problems = read(options.schema)
    if named and model is not None and not problems:
        from . import names

        problems = names.check(model)
        if options.deploy is not None:
            from . import deploy

            problems += deploy.problems(model, options.schema)
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        count = len(problems)
        print(f"{count} problem{'s' * (count > 1)} in {options.schema}", file=sys.stderr)
        return None
    _warn(model.warnings if model is not None else ())
    return model


def _warn(warnings: Iterable[str]) -> None:
    for warning in warnings:
        print(f"warning: {warning}", file=sys.stderr)


def _pieces(model: Model, options: argparse.Namespace) -> list[Piece]:
    """What shall be in which directory."""
    from . import emit
    from .migrations import files as migration_files

    pieces = [Piece(options.out, make) for make in emit.pieces(model)]
    folder = os.path.join(options.schema, stamp.MIGRATIONS)
    pieces.append(Piece(folder, lambda: migration_files(model.migrations)))
    lock = model.proto.lock
    pieces.append(Piece(options.schema, lambda: {stamp.LOCK: lock} if lock else {}, only=stamp.LOCK))
    if options.docs is not None:
        from . import docs

        # First, since it takes the longest.
        pieces.insert(0, Piece(options.docs, lambda: docs.pages(model)))
    if options.deploy is not None:
        from . import deploy

        pieces.append(Piece(options.deploy, lambda: deploy.files(model)))
    return pieces


def _write_new(path: str, text: str) -> None:
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    # "x": never over a file that came meanwhile.
    with open(path, "x", encoding="utf-8", newline="\n") as stream:
        stream.write(text)


# ---- Options -------------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python3 -m codegen",
        description="Generates C from the JSON Schemas of a service's events and entities.",
        epilog="Exit codes: 0 done; 1 the schemas have problems or something is stale; 2 the "
        "command line is wrong or a file cannot be read or written.",
        allow_abbrev=False,
    )
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True)
    generate = _add(
        verbs, "generate", _generate, "write what the schemas say as C; only changed files")
    generate.add_argument(
        "--stamp", metavar="FILE",
        help="where to remember what was generated, so that a run that would change nothing ends "
        "early (default: a file in the user's cache)",
    )
    _add(verbs, "check", _check, "print what `generate` would change; exit 1 if anything")
    _add(verbs, "dump", _dump, "print the model as sorted JSON")
    scaffold = _add(verbs, "scaffold", _scaffold, "write the handler to fill in; never over one")
    which = scaffold.add_mutually_exclusive_group(required=True)
    which.add_argument("event", nargs="?", metavar="EVENT", help="the event's name (its file's)")
    which.add_argument("--all", action="store_true", help="every event")
    scaffold.add_argument(
        "--handlers", metavar="DIR", default="src/handlers",
        help="where handlers are (default: %(default)s)",
    )
    for name, verb, what in (
        ("new-event", _new_event, "write an event's schema to start from"),
        ("new-entity", _new_entity, "write an entity's schema to start from"),
    ):
        _add(verbs, name, verb, what).add_argument(
            "name", metavar="NAME", help="like_this; the file's and the type's name")
    _add_check_mapping(verbs)
    return parser


def _add_check_mapping(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    what = "look at event source mappings for settings that lose or block records; exit 1 if any"
    parser = verbs.add_parser(
        "check-mapping", help=what, allow_abbrev=False, description=what.capitalize() + ".",
        epilog="Exit codes: 0 nothing but warnings; 1 something is wrong; 2 a file cannot be looked "
        "at, or the command line is wrong.")
    parser.set_defaults(verb=_check_mapping)
    parser.add_argument(
        "files", nargs="+", metavar="FILE", help="a template of CloudFormation or SAM, what "
        "`terraform show -json` says of a plan, or `aws lambda get-event-source-mapping`")
    parser.add_argument(
        "--schema", metavar="DIR", help="the service's schemas, to compare its ordering key")
    parser.add_argument(
        "--partition-key", metavar="MEMBER",
        help="what producers choose as partition key, where the file does not say so")
    parser.add_argument(
        "--parameter", metavar="NAME=VALUE", type=_assignment, action="append", default=[],
        help="a parameter of the template, in place of its default; any number of them")
    parser.add_argument("--json", action="store_true", help="for programs")


def _assignment(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name, value


def _add(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser], name: str,
    verb: Callable[[argparse.Namespace], int], what: str,
) -> argparse.ArgumentParser:
    """A verb with the options that all of them have."""
    parser = verbs.add_parser(name, help=what, description=what.capitalize() + ".",
                              allow_abbrev=False)
    parser.set_defaults(verb=verb)
    parser.add_argument("--schema", metavar="DIR", default="schema",
                        help="where the schemas are (default: %(default)s)")
    parser.add_argument("--out", metavar="DIR", default="generated",
                        help="where generated C goes (default: %(default)s)")
    parser.add_argument("--docs", metavar="DIR",
                        help="where reference pages go (default: they are not made)")
    parser.add_argument("--deploy", metavar="DIR",
                        help="where the deployment goes, a CloudFormation template and a Terraform "
                        "module (default: it is not made)")
    return parser
