"""Tools from the Python Package Index for tests: obtained once into build/tools, in pinned versions.

    path = python_tools.obtain("cfn-lint", "1.58.0")      # a folder for PYTHONPATH, or CannotBeHad
"""

import fcntl
import pathlib
import subprocess
import sys
import tempfile

CACHE = pathlib.Path(__file__).resolve().parents[2] / "build/tools"
DOWNLOAD_SECONDS = 400


class CannotBeHad(Exception):
    """Why a tool is not on this machine."""


def obtain(name: str, version: str, *options: str) -> pathlib.Path:
    """The folder of the tool and what it depends on, which is filled first if it isn't there; options are pip's."""
    folder = CACHE / f"{name}-{version}-py{sys.version_info.major}.{sys.version_info.minor}"
    CACHE.mkdir(parents=True, exist_ok=True)
    # Tests run side by side: one of them fetches, the others wait.
    with open(CACHE / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.is_dir():
            with tempfile.TemporaryDirectory(dir=CACHE) as work:
                made = pathlib.Path(work, "packages")
                _install(f"{name}=={version}", options, made)
                made.rename(folder)
    return folder


def _install(what: str, options: tuple[str, ...], folder: pathlib.Path) -> None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
               "--root-user-action", "ignore", *options, "--target", str(folder), what]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=DOWNLOAD_SECONDS)
    except subprocess.TimeoutExpired:
        raise CannotBeHad(f"{what} cannot be had: pip was not done in {DOWNLOAD_SECONDS} s") from None
    if done.returncode != 0:
        reason = " ".join(done.stderr.split())[-300:] or f"pip ended with {done.returncode}"
        raise CannotBeHad(f"{what} cannot be had: {reason}")
