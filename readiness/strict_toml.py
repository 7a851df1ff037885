"""TOML that anybody may have written: looked at before it is parsed, and every fault in one sentence with its line.

A parser may take memory by the square of how deep keys and tables nest, and some hundred bytes for each key.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

from readiness.errors import InputError
from readiness.language import numeral, tr

LARGEST = 8 << 20
"""Bytes: TOML is read slowly, and what people write in it does not come near this size."""
LONGEST_LINE = 150_000
"""Characters; the longest text that a field may have fits even where each character is written as an escape."""
MOST_PARTS = 100_000
"""Keys, tables and values: each takes some hundred bytes and ten microseconds, and people write some hundreds."""
_TEXTS = re.compile(
    r'"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*(?:"{3,5}|\Z)'
    r"|'''[^']*(?:'(?!'')[^']*)*(?:'{3,5}|\Z)"
    r'|"(?:[^"\\\n]|\\.)*+"?'
    r"|'[^'\n]*+'?|#[^\n]*+",
    re.DOTALL,
)
"""Texts and comments, to the end where one is not closed: each character is looked at once."""
_INNER = re.compile(r"[\[{\]}]")
_TEXT = "0"


def loads(text: str, *, depth: int) -> dict[str, Any]:
    """What the text holds. Raises InputError with the line of what is malformed, or more than the text may hold.

    `depth` is how many levels keys, lists and tables may have.
    """
    _check(text, depth)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        raise _malformed(str(exc)) from exc
    except RecursionError as exc:
        raise _too_deep(tr("lists and tables are nested too deeply"), "", depth) from exc
    except ValueError as exc:  # a number with more digits than Python converts
        raise InputError(tr("a number has too many digits"), expected=tr("numbers of ordinary size")) from exc


def _check(text: str, depth: int) -> None:
    if len(text) > LONGEST_LINE:
        for number, line in enumerate(text.split("\n"), start=1):
            if len(line) > LONGEST_LINE:
                problem = tr("the line has {number} characters", number=numeral(f"{len(line):,}"))
                raise InputError(
                    problem,
                    place=tr("line {line}", line=number),
                    expected=tr("at most {most}", most=numeral(f"{LONGEST_LINE:,}")),
                )
    bare = _TEXTS.sub(lambda match: _TEXT + "\n" * match[0].count("\n"), text)
    parts = sum(map(bare.count, "=,[{"))
    if parts > MOST_PARTS:
        raise InputError(
            tr("there are {number} keys, tables and values", number=numeral(f"{parts:,}")),
            expected=tr("at most {most}", most=numeral(f"{MOST_PARTS:,}")),
        )
    dotted = re.compile(rf"(?<![\w-])[\w-]+(?:[ \t]*\.[ \t]*[\w-]+){{{depth}}}")
    for number, line in enumerate(bare.split("\n"), start=1):
        if line.count(".") >= depth and dotted.search(line):
            raise _too_deep(tr("a key has more than {depth} parts", depth=depth), tr("line {line}", line=number), depth)
    level = 0
    for match in _INNER.finditer(bare):
        level += 1 if match[0] in "[{" else -1
        if level > depth:
            number = bare.count("\n", 0, match.start()) + 1
            raise _too_deep(tr("lists and tables are nested too deeply"), tr("line {line}", line=number), depth)


_KEY = re.compile(r"""\s*(?:([\w-]+)|"((?:[^"\\]|\\.)*)"|'([^']*)')\s*(\.?)""")


def locate(text: str, place: str) -> tuple[int, int]:
    """Line and column, from 1, of a place as errors name it: `line 3`, `policy.gates.0.min`, `marks.capacity`.

    Of what is not there itself (a key that is missing) it is where the table around it begins; else the beginning.
    """
    if match := re.match(r"line (\d+)", place):
        return int(match[1]), 1
    wanted = place.split(".")
    found, length = (1, 1), 0
    for path, where in _places(text):
        shared = path == wanted[: len(path)]
        if shared and len(path) > length:
            found, length = where, len(path)
    return found


def _places(text: str) -> Iterator[tuple[list[str], tuple[int, int]]]:
    """Every table and key with where it stands; what is within the braces of a value is told by its key."""
    bare = _TEXTS.sub(lambda match: re.sub(r"[^\n]", " " if match[0][0] == "#" else _TEXT, match[0]), text)
    table, rows, level = list[str](), dict[tuple[str, ...], int](), 0
    for number, (line, plain) in enumerate(zip(text.split("\n"), bare.split("\n"), strict=True), start=1):
        indent = len(plain) - len(plain.lstrip())
        if not level and plain.lstrip().startswith("["):
            table = _numbered(_keys(line.strip().lstrip("[")), rows, new=plain.lstrip().startswith("[["))
            yield table, (number, indent + 1)
            continue
        if not level and "=" in plain:
            keys = _keys(line[: plain.index("=")])
            yield from ((table + keys[: at + 1], (number, indent + 1)) for at in range(len(keys)))
        level += sum(plain.count(sign) for sign in "[{") - sum(plain.count(sign) for sign in "]}")


def _keys(text: str) -> list[str]:
    """The parts of a dotted key at the beginning of a text."""
    keys, at = list[str](), 0
    while match := _KEY.match(text, at):
        keys.append(next(part for part in match.groups()[:3] if part is not None))
        at = match.end()
        if not match[4]:
            break
    return keys


def _numbered(keys: list[str], rows: dict[tuple[str, ...], int], *, new: bool) -> list[str]:
    """The path of a table, with the number of the row where it, or a table around it, is one of several."""
    path = list[str]()
    for at, key in enumerate(keys):
        path.append(key)
        if new and at == len(keys) - 1:
            rows[tuple(path)] = rows.get(tuple(path), -1) + 1
        if tuple(path) in rows:
            path.append(str(rows[tuple(path)]))
    return path


def _malformed(message: str) -> InputError:
    """The parser's message is `What is wrong (at line 3, column 5)`; a key that stands twice has two wordings there."""
    what, _, where = message.partition(" (at ")
    line = re.match(r"line (\d+)", where)
    place = tr("line {line}", line=line[1]) if line else where.rstrip(")")
    if what.startswith(("Cannot overwrite", "Cannot declare", "Duplicate", "Cannot mutate")):
        return InputError(tr("a key or table stands twice"), place=place, expected=tr("each once"))
    return InputError(
        tr("the TOML is malformed: {detail}", detail=what[:1].lower() + what[1:]),
        place=place,
        expected=tr("valid TOML"),
    )


def _too_deep(problem: str, place: str, depth: int) -> InputError:
    return InputError(problem, place=place, expected=tr("at most {depth} levels", depth=depth))
