"""Programs that go on when the one that started them has ended, and are found again by a file.

The file names a process by its id and by when it began, so that another one that has got the id since is
never taken for it.
"""

from __future__ import annotations

import os
import pathlib
import select
import signal
import subprocess
from dataclasses import dataclass

from local_server import Program

BOOT = pathlib.Path("/proc/sys/kernel/random/boot_id")
KILLED_SECONDS = 10     # what a process that was killed may take to be gone


def beginning(pid: int) -> str:
    """When the process began, as a text that no other process with this id has; empty: there is none."""
    try:
        state, *fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except (OSError, ValueError):
        return ""
    # proc(5): the state is field 3, the time field 22. A zombie has ended.
    return "" if state in "ZX" else f"{BOOT.read_text().strip()}/{fields[18]}"


@dataclass(frozen=True)
class Detached:
    name: str
    folder: pathlib.Path    # of its log, and of the file that finds it

    @property
    def log(self) -> pathlib.Path:
        return self.folder / f"{self.name}.log"

    @property
    def pid_file(self) -> pathlib.Path:
        return self.folder / f"{self.name}.pid"

    def start(self, program: Program, environment: dict[str, str]) -> None:
        """It must not be running. Raises OSError."""
        with open(self.log, "wb") as log:
            process = subprocess.Popen(program.command, cwd=program.folder, stdin=subprocess.DEVNULL,
                                       stdout=log, stderr=log, start_new_session=True,
                                       env=environment | program.environment)
        self.pid_file.write_text(f"{process.pid} {beginning(process.pid)}\n")

    @property
    def pid(self) -> int | None:
        """None: it isn't running."""
        try:
            number, began = self.pid_file.read_text().split()
            return int(number) if began == beginning(int(number)) else None
        except (OSError, ValueError):
            return None

    def stop(self, seconds: float) -> bool:
        """Ends it, by force after so long; False if it wasn't running."""
        stopped = False
        if (pid := self.pid) is not None:
            try:
                process = os.pidfd_open(pid)
            except ProcessLookupError:
                process = -1
            # From here on it is this process that is meant, and no other; it may be another since we looked.
            if process >= 0:
                stopped = self.pid == pid and end(process, seconds)
                os.close(process)
        self.pid_file.unlink(missing_ok=True)
        return stopped

    def tail(self, lines: int = 20) -> str:
        """The end of its log."""
        try:
            text = self.log.read_text(errors="replace")
        except OSError:
            return ""
        return "\n".join(text.splitlines()[-lines:])


def end(process: int, seconds: float) -> bool:
    """Ends the process of this descriptor; True."""
    watched = select.poll()
    watched.register(process, select.POLLIN)
    for how, patience in (signal.SIGTERM, seconds), (signal.SIGKILL, KILLED_SECONDS):
        try:
            signal.pidfd_send_signal(process, how)
        except ProcessLookupError:
            break
        if watched.poll(patience * 1000):
            break
    return True
