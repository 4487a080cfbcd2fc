"""Modules of others that tests hold ours against: obtained once, kept in build/tools. Those for Node come by npm,
those for Python by pip. aws-kinesis-agg writes and opens aggregates of the Kinesis Producer Library."""

import fcntl
import pathlib
import shutil
import subprocess
import sys
import tempfile

from . import python_tools

AGG_NODE_VERSION = "4.2.8"
AGG_PYTHON_VERSION = "1.2.3"
PROTOBUFJS_VERSION = "7.5.4"
CACHE = pathlib.Path(__file__).resolve().parents[2] / "build/tools"
DOWNLOAD_SECONDS = 300


class CannotBeHad(Exception):
    """Why a module is not there."""


def _run(command: list[str]) -> None:
    try:
        result = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True, timeout=DOWNLOAD_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotBeHad(f"{command[0]} does not work: {error}") from None
    if result.returncode != 0:
        raise CannotBeHad(f"{command[0]} says " + " ".join(result.stdout.split())[-300:])


def _by_npm(package: str, version: str) -> pathlib.Path:
    """A folder to require the package from."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise CannotBeHad(f"{package} for Node cannot be had: there is no {program}")
    folder = CACHE / f"{package}-npm-{version}"
    CACHE.mkdir(parents=True, exist_ok=True)
    # Tests run side by side: one of them fetches, the others wait.
    with open(CACHE / f"{package}-npm.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.is_dir():
            with tempfile.TemporaryDirectory(dir=CACHE) as work:
                made = pathlib.Path(work, "made")
                made.mkdir()
                _run(["npm", "install", "--prefix", str(made), "--no-audit", "--no-fund",
                      "--ignore-scripts", f"{package}@{version}"])
                made.rename(folder)
    return folder


def aws_kinesis_agg_node() -> pathlib.Path:
    return _by_npm("aws-kinesis-agg", AGG_NODE_VERSION)


def protobufjs() -> pathlib.Path:
    return _by_npm("protobufjs", PROTOBUFJS_VERSION)


def aws_kinesis_agg_python() -> pathlib.Path:
    """A folder to import aws_kinesis_agg from."""
    try:
        folder = python_tools.obtain("aws-kinesis-agg", AGG_PYTHON_VERSION, "--no-deps")
    except python_tools.CannotBeHad as reason:
        raise CannotBeHad(str(reason)) from None
    # What it needs is Debian's (python3-protobuf, python3-six).
    try:
        _run([sys.executable, "-c", f"import sys; sys.path.insert(0, {str(folder)!r}); "
              "import aws_kinesis_agg.aggregator"])
    except CannotBeHad as reason:
        raise CannotBeHad(f"aws-kinesis-agg for Python cannot be used: {reason}") from None
    return folder
