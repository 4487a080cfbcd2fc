"""The values of `format`, each asserted as the generated decoders assert it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable

from . import uri
from .forms import is_decimal

_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIME = re.compile(
    r"([0-9]{2}):([0-9]{2}):([0-9]{2})(\.[0-9]+)?([Zz]|([+-])([0-9]{2}):([0-9]{2}))"
)
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_QUOTED = r'"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\[\x20-\x7e])*"'
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_EMAIL = re.compile(rf"(?:{_ATOM}(?:\.{_ATOM})*|{_QUOTED})@(?:({_LABEL}(?:\.{_LABEL})*)|\[(.+)\])")
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = re.compile(rf"{_OCTET}(?:\.{_OCTET}){{3}}")

_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def is_date(text: str) -> bool:
    """RFC 3339 full-date."""
    match = _DATE.fullmatch(text)
    if match is None:
        return False
    year, month, day = (int(part) for part in match.groups())
    if not 1 <= month <= 12:
        return False
    leap = month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 1 <= day <= _DAYS[month - 1] + leap


def is_time(text: str) -> bool:
    """RFC 3339 full-time; a leap second only where it is 23:59:60 in UTC."""
    match = _TIME.fullmatch(text)
    if match is None:
        return False
    hour, minute, second = (int(part) for part in match.group(1, 2, 3))
    offset = 0
    if match.group(6) is not None:
        if int(match.group(7)) > 23 or int(match.group(8)) > 59:
            return False
        offset = int(match.group(7)) * 60 + int(match.group(8))
        offset = -offset if match.group(6) == "-" else offset
    if hour > 23 or minute > 59 or second > 60:
        return False
    return second < 60 or (hour * 60 + minute - offset) % (24 * 60) == 24 * 60 - 1


def is_date_time(text: str) -> bool:
    """RFC 3339 date-time."""
    return text[10:11] in ("T", "t") and is_date(text[:10]) and is_time(text[11:])


def is_uuid(text: str) -> bool:
    return _UUID.fullmatch(text) is not None


def is_email(text: str) -> bool:
    """RFC 5321 Mailbox, with its limits on lengths."""
    match = _EMAIL.fullmatch(text)
    if match is None:
        return False
    local = text[: match.start(1) - 1 if match.group(1) else match.start(2) - 2]
    if len(local) > 64:
        return False
    if match.group(1):
        return len(match.group(1)) <= 255 and all(
            len(label) <= 63 for label in match.group(1).split("."))
    literal = match.group(2)
    if literal.lower().startswith("ipv6:"):
        return is_ipv6(literal[5:])
    return is_ipv4(literal)


def is_uri(text: str) -> bool:
    """RFC 3986 with a scheme."""
    parsed = uri.parse(text)
    return parsed is not None and parsed.scheme is not None and _sound(parsed)


def is_uri_reference(text: str) -> bool:
    """RFC 3986, with or without a scheme."""
    parsed = uri.parse(text)
    return parsed is not None and _sound(parsed)


def is_ipv4(text: str) -> bool:
    """Four decimal numbers without leading zeros."""
    return _IPV4.fullmatch(text) is not None


def is_ipv6(text: str) -> bool:
    """RFC 4291 section 2.2, without a zone."""
    if not text.isascii() or "%" in text or text != text.strip() or "/" in text:
        return False
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True


def _sound(parsed: uri.Uri) -> bool:
    """What the parts may hold beyond the characters of a URI: brackets stand only around a host."""
    rest = parsed.path + (parsed.query or "") + (parsed.fragment or "")
    if "[" in rest or "]" in rest:
        return False
    if parsed.authority is None:
        first = parsed.path.split("/")[0]
        return parsed.scheme is not None or ":" not in first
    host = re.fullmatch(r"(?:[^@\[\]]*@)?(\[([^\[\]]*)\]|[^:@\[\]]*)(?::[0-9]*)?", parsed.authority)
    if host is None:
        return False
    literal = host.group(2)
    if literal is None:
        return True
    return is_ipv6(literal) or re.fullmatch(
        r"[vV][0-9A-Fa-f]+\.[A-Za-z0-9\-._~!$&'()*+,;=:]+", literal) is not None


FORMATS: dict[str, Callable[[str], bool]] = {
    "date-time": is_date_time,
    "date": is_date,
    "time": is_time,
    "uuid": is_uuid,
    "email": is_email,
    "uri": is_uri,
    "uri-reference": is_uri_reference,
    "ipv4": is_ipv4,
    "ipv6": is_ipv6,
    "decimal": is_decimal,
}
