"""References to resources as RFC 3986 resolves them; nothing is ever fetched."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

# RFC 3986, appendix B.
_PARTS = re.compile(r"^(?:([^:/?#]+):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$", re.DOTALL)
_ALLOWED = re.compile(r"^(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*$")
_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.\-]*$")
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")


class Uri(NamedTuple):
    scheme: str | None
    authority: str | None
    path: str
    query: str | None
    fragment: str | None

    def __str__(self) -> str:
        return (
            ("" if self.scheme is None else f"{self.scheme}:")
            + ("" if self.authority is None else f"//{self.authority}")
            + self.path
            + ("" if self.query is None else f"?{self.query}")
            + ("" if self.fragment is None else f"#{self.fragment}")
        )

    def without_fragment(self) -> Uri:
        return self._replace(fragment=None)


@lru_cache(maxsize=None)
def parse(text: str) -> Uri | None:
    """The reference's parts; None if it is not one."""
    match = _PARTS.match(text)
    if match is None or not _ALLOWED.match(text):
        return None
    scheme, authority, path, query, fragment = match.groups()
    if scheme is not None and not _SCHEME.match(scheme):
        return None
    if fragment is not None and "#" in fragment:
        return None
    return Uri(scheme, authority, path, query, fragment)


def resolve(base: Uri, reference: Uri) -> Uri:
    """RFC 3986, section 5.2.2."""
    if reference.scheme is not None:
        return reference._replace(path=_without_dots(reference.path))
    if reference.authority is not None:
        return reference._replace(scheme=base.scheme, path=_without_dots(reference.path))
    if reference.path == "":
        query = base.query if reference.query is None else reference.query
        return base._replace(query=query, fragment=reference.fragment)
    path = reference.path if reference.path.startswith("/") else _merge(base, reference.path)
    return Uri(
        base.scheme, base.authority, _without_dots(path), reference.query, reference.fragment
    )


def percent_decoded(text: str) -> str | None:
    """The text that a fragment means; None if its bytes are not UTF-8."""
    data = _PERCENT.sub(lambda match: bytes([int(match.group(1), 16)]), text.encode("utf-8"))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _merge(base: Uri, path: str) -> str:
    if base.authority is not None and base.path == "":
        return "/" + path
    return base.path[: base.path.rfind("/") + 1] + path


def _without_dots(path: str) -> str:
    """RFC 3986, section 5.2.4, for paths that begin with a slash; others have no dots to remove."""
    if not path.startswith("/"):
        return path
    kept: list[str] = []
    steps = path.split("/")[1:]
    for step in steps:
        if step == "..":
            del kept[-1:]
        elif step != ".":
            kept.append(step)
    if steps[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)
