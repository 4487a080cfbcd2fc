"""Writes an apt source list for Debian's source packages, from what the machine has for binary ones.

    python3 package/debian_sources.py [ETC_APT] > debian.sources

Reads sources.list and sources.list.d/ (one-line and deb822 style) below ETC_APT, /etc/apt if not
given, and prints every enabled entry of this Debian release as a deb-src stanza. Other archives are
left out, by their suites and components: nothing that goes into the executable comes from them.
Exit codes: 0 done, 1 there is no such entry.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

Stanza = dict[str, str]

COMPONENT = "main"
# What says which binaries are wanted, which is of no use for sources.
OF_BINARIES = {"architectures", "languages", "targets"}
# The one-line style has names of its own for some fields.
LONG_NAMES = {"arch": "Architectures", "lang": "Languages", "target": "Targets"}
ONE_LINE = re.compile(r"deb(?:-src)?\s+(?:\[(?P<options>[^]]*)]\s*)?(?P<rest>\S.*)")


def of_one_line_style(text: str) -> list[Stanza]:
    stanzas = []
    for line in text.splitlines():
        match = ONE_LINE.fullmatch(line.split("#")[0].strip())
        if match is None:
            continue
        uri, suite, *components = match["rest"].split()
        stanza = {"URIs": uri, "Suites": suite, "Components": " ".join(components)}
        for option in (match["options"] or "").split():
            name, _, value = option.partition("=")
            stanza[LONG_NAMES.get(name, name)] = value.replace(",", " ")
        stanzas.append(stanza)
    return stanzas


def of_deb822_style(text: str) -> list[Stanza]:
    stanzas = []
    for paragraph in re.split(r"\n\s*\n", text):
        stanza: Stanza = {}
        name = ""
        for line in paragraph.splitlines():
            if line.startswith("#") or not line.strip():
                continue
            if line[0] in " \t":
                stanza[name] += "\n" + line
                continue
            name, _, value = line.partition(":")
            stanza[name] = value.strip()
        if stanza:
            stanzas.append(stanza)
    return stanzas


def is_enabled(stanza: Stanza) -> bool:
    values = {name.lower(): value.strip().lower() for name, value in stanza.items()}
    return values.get("enabled", "yes") not in ("no", "false", "off", "0", "without", "disable")


def as_sources(stanza: Stanza, codename: str) -> Stanza | None:
    """The stanza for the sources of the release's suites; None when it has none of them."""
    fields = {name.lower(): (name, value) for name, value in stanza.items()}
    ours = {codename, f"{codename}-updates", f"{codename}-security", f"{codename}/updates"}
    suites = [suite for suite in fields.get("suites", ("", ""))[1].split() if suite in ours]
    uris = fields.get("uris", ("", ""))[1]
    if not suites or COMPONENT not in fields.get("components", ("", ""))[1].split() or (
            uris.startswith("cdrom:")):
        return None
    kept = {name: value for lower, (name, value) in fields.items()
            if lower not in OF_BINARIES | {"types", "suites", "components", "enabled"}}
    return {"Types": "deb-src", "Suites": " ".join(suites), "Components": COMPONENT} | kept


def read(etc: Path) -> list[Stanza]:
    """All enabled entries, in the order of apt."""
    stanzas = []
    for file in [etc / "sources.list", *sorted((etc / "sources.list.d").glob("*"))]:
        if not file.is_file():
            continue
        if file.suffix == ".list":
            stanzas += of_one_line_style(file.read_text())
        elif file.suffix == ".sources":
            stanzas += of_deb822_style(file.read_text())
    return [stanza for stanza in stanzas if is_enabled(stanza)]


def source_list(etc: Path, codename: str) -> str:
    wanted = [found for stanza in read(etc) if (found := as_sources(stanza, codename)) is not None]
    unique = dict.fromkeys("".join(f"{name}: {value}\n" for name, value in stanza.items())
                           for stanza in wanted)
    return "\n".join(unique)


def release_codename(os_release: Path = Path("/etc/os-release")) -> str:
    for line in os_release.read_text().splitlines():
        if line.startswith("VERSION_CODENAME="):
            return line.partition("=")[2].strip('"')
    return ""


def main(arguments: list[str]) -> int:
    etc = Path(arguments[0] if arguments else "/etc/apt")
    codename = release_codename()
    text = source_list(etc, codename)
    if not text:
        print(f"debian_sources.py: {etc} names no Debian archive with the suite "
              f"{codename or '(no VERSION_CODENAME in /etc/os-release)'} and the component main",
              file=sys.stderr)
        return 1
    print(text, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
