"""TOML is looked at before it is parsed: a parser may take memory by the square of how deep keys and tables nest."""

from __future__ import annotations

import re

from readiness.errors import InputError

LONGEST_LINE = 150_000
"""Characters; the longest text that a field may have fits even where each character is written as an escape."""
_TEXTS = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*+(?:"{3,5}|\Z)'
    r"|'''(?:[^']|'(?!''))*+(?:'{3,5}|\Z)"
    r'|"(?:[^"\\\n]|\\.)*+"?'
    r"|'[^'\n]*+'?|#[^\n]*+",
    re.DOTALL,
)
"""Texts and comments, to the end where one is not closed: each character is looked at once."""
_INNER = re.compile(r"[\[{\]}]")
_TEXT = "0"


def check(text: str, *, depth: int) -> None:
    """Raises InputError with the line for a key with too many parts, for what nests too deeply, and for a long line."""
    if len(text) > LONGEST_LINE:
        for number, line in enumerate(text.split("\n"), start=1):
            if len(line) > LONGEST_LINE:
                problem = f"the line has {len(line):,} characters"
                raise InputError(problem, place=f"line {number}", expected=f"at most {LONGEST_LINE:,}")
    bare = _TEXTS.sub(lambda match: _TEXT + "\n" * match[0].count("\n"), text)
    dotted = re.compile(rf"(?<![\w-])[\w-]+(?:[ \t]*\.[ \t]*[\w-]+){{{depth}}}")
    for number, line in enumerate(bare.split("\n"), start=1):
        if line.count(".") >= depth and dotted.search(line):
            raise _too_deep(f"a key has more than {depth} parts", number, depth)
    level = 0
    for match in _INNER.finditer(bare):
        level += 1 if match[0] in "[{" else -1
        if level > depth:
            number = bare.count("\n", 0, match.start()) + 1
            raise _too_deep("lists and tables are nested too deeply", number, depth)


def _too_deep(problem: str, line: int, depth: int) -> InputError:
    return InputError(problem, place=f"line {line}", expected=f"at most {depth} levels")
