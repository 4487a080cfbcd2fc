"""The `pattern` keyword: an ECMA-262 regular expression as an automaton, or else as PCRE2 text."""

from __future__ import annotations

from .dfa import Dfa, build_dfa
from .nfa import TooLarge, build_nfa
from .parse import parse
from .pcre import PcrePattern, translate
from .samples import sample_characters
from .syntax import BackReference, Look, Node, PatternError, children

__all__ = ["Dfa", "PatternError", "PcrePattern", "compile_pattern"]


def compile_pattern(text: str) -> Dfa | PcrePattern:
    """The automaton that searches for the pattern; PcrePattern where there is none of reasonable
    size; PatternError when the pattern is invalid, or means something else to PCRE2."""
    pattern, warning = parse(text)
    if not _is_regular(pattern):
        reason = "it has look-around or back-references"
        return PcrePattern(text, warning, translate(pattern), reason)
    try:
        return build_dfa(build_nfa(pattern), text, warning, sample_characters(pattern))
    except TooLarge:
        return PcrePattern(text, warning, translate(pattern), "its automaton is too large")


def _is_regular(node: Node) -> bool:
    if isinstance(node, (Look, BackReference)):
        return False
    return all(_is_regular(child) for child in children(node))
