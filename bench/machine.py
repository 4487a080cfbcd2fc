"""What the figures were taken on: nothing that names the machine or who works on it."""

from __future__ import annotations

import datetime
import os
import platform
import shutil
import subprocess

# Where toolchains are put that are not on every PATH.
FOLDERS = ("~/.cargo/bin", "/usr/local/go/bin")


def find(tool: str) -> str | None:
    """The path of a tool, or None."""
    folders = [os.environ.get("PATH", ""), *map(os.path.expanduser, FOLDERS)]
    return shutil.which(tool, path=os.pathsep.join(folders))


def version(tool: str, argument: str = "--version") -> str | None:
    path = find(tool)
    if path is None:
        return None
    result = subprocess.run([path, argument], capture_output=True, text=True)
    return result.stdout.partition("\n")[0].strip() or None


def cpu_model() -> str:
    with open("/proc/cpuinfo") as info:
        fields = dict(line.split(":", 1) for line in info if ":" in line)
    named = {key.strip(): value.strip() for key, value in fields.items()}
    return named.get("model name") or named.get("CPU part") or platform.machine()


def describe() -> dict:
    tools = {"gcc": "--version", "clang": "--version", "rustc": "--version", "go": "version",
             "node": "--version"}
    found = {tool: version(tool, argument) for tool, argument in tools.items()}
    return {
        "cpu": cpu_model(),
        "architecture": platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        # More than nothing before we begin: others work here too, and take speed away.
        "loadBefore": round(os.getloadavg()[0], 1),
        "kernel": platform.release().partition("-")[0],
        "compilers": {tool: text for tool, text in found.items() if text},
        "date": datetime.date.today().isoformat(),
    }
