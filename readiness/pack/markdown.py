"""Imported text as markdown that shows what it says and does nothing.

Two worries meet here. Markdown itself: whatever could begin a list, a heading, a table, a link or an element is
escaped. And what hosts make of finished text: addresses, mentions, issue numbers, commit ids and emoji codes are
acted upon even where they are escaped, so a word that holds one becomes a code span, which hosts leave alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from jinja2 import Undefined

from readiness.formatting import plain, visible
from readiness.language import tr

_ACTIVE = re.compile(
    r"""://
    | www(?:\.|$)
    | @\S | \S@
    | \#\d
    | :[a-z0-9_+-]+:
    | \bGH-\d
    | (?<![0-9a-z])[0-9a-f]{7,}(?![0-9a-z])
    """,
    re.IGNORECASE | re.VERBOSE,
)
_NEVER_CODE = re.compile(r"(\||`|!(?=\[))")
_CORE = re.compile(r"""([(\[{"'«“‘]*)(.*?)([.,;!?)\]}"'»”’]*)""", re.DOTALL)
_SPECIAL = re.compile(r"[\\`*{}\[\]<>&|~#$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_LEADING_SIGN = re.compile(r"[-+=:](?![0-9A-Za-z.])")
_LEADING_NUMBER = re.compile(r"(\d+)([.)])(?= |$)")
_WIDEST = 40
"""A column of the source is padded up to here; beyond it, alignment costs more than it gives."""


class Md(str):
    """Text that is markdown already. Only this module makes it; every other string is escaped on its way out."""

    __slots__ = ()


def text(value: str) -> Md:
    """A text as a part of a paragraph, a heading, a list item or a cell, wherever on the line it stands."""
    line = _inline(value)
    if _LEADING_SIGN.match(line):
        return Md("\\" + line)
    return Md(_LEADING_NUMBER.sub(r"\1\\\2", line, count=1) if _LEADING_NUMBER.match(line) else line)


def cell(value: str | int) -> Md:
    """A text as the content of a table cell, where Confluence would begin lists as well."""
    return value if isinstance(value, Md) else text(str(value))


def block(value: str) -> Md:
    """A text whose lines matter, as a fenced block with a fence longer than any in it."""
    lines = [line.rstrip() for line in visible(value.replace("\t", "    ")).split("\n")]
    body = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
    if not body.strip():
        return Md("")
    fence = "`" * max(3, _longest_run(body) + 1)
    return Md(f"{fence}\n{body}\n{fence}")


def passage(value: str) -> Md:
    """A text of one line as prose, a longer one as a block."""
    return block(value) if len(value.strip().splitlines()) > 1 else text(value)


def table(
    rows: Iterable[Mapping[str, Any]],
    columns: Mapping[str, str],
    right: Collection[str] = (),
    optional: Collection[str] = (),
) -> Md:
    """A table with one column for each heading of `columns`, which names the row's key; `right` aligns figures.

    Headings are English here and said in the language of whoever reads.

    A row that holds only a `group` opens a group of rows under that name; a column of `optional` is
    left out where no row has it.
    """
    rows = list(rows)
    left_out = {heading for heading in optional if not any(columns[heading] in row for row in rows)}
    columns = {heading: key for heading, key in columns.items() if heading not in left_out}
    cells = [[cell(tr(heading)) for heading in columns]]
    cells += [_group(row["group"], columns) if "group" in row else _row(row, columns) for row in rows]
    widths = [min(max(3, *map(len, column)), _WIDEST) for column in zip(*cells, strict=True)]
    ends = [heading in right for heading in columns]
    rule = ["-" * (width - 1) + (":" if end else "-") for width, end in zip(widths, ends, strict=True)]
    lines = [
        [
            content.rjust(width) if end else content.ljust(width)
            for content, width, end in zip(row, widths, ends, strict=True)
        ]
        for row in cells
    ]
    return Md("\n".join(f"| {' | '.join(line)} |" for line in [lines[0], rule, *lines[1:]]))


def finalize(value: object) -> str:
    """What a template's expression becomes: no expression can forget the escaping, and a missing value is an error."""
    if isinstance(value, Md):
        return value
    if isinstance(value, str):
        return text(value)
    if isinstance(value, Undefined):
        return str(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise TypeError(f"a pack shows text and counts, not {type(value).__name__}")


def said(message: str, /, **values: object) -> Md:
    """A message of ours, which may hold markdown, with its values escaped."""
    return Md(tr(message, **{name: finalize(value) for name, value in values.items()}))


def _row(row: Mapping[str, Any], columns: Mapping[str, str]) -> list[Md]:
    return [cell(row[key]) for key in columns.values()]


def _group(name: str, columns: Mapping[str, str]) -> list[Md]:
    return [Md(f"**{cell(name)}**"), *[Md("")] * (len(columns) - 1)]


def _inline(value: str) -> str:
    return " ".join(map(_word, plain(value).split(" ")))


def _word(word: str) -> str:
    """No pipe, backtick or image stands inside a code span.

    In a table renderers disagree about what the backslash of a pipe means there; Confluence counts backticks to tell
    its cells apart, and looks for an image before it looks for code.
    """
    pieces = _NEVER_CODE.split(word)
    return "".join(_code(piece) if _ACTIVE.search(piece) else _escape(piece) for piece in pieces)


def _escape(piece: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", piece)


def _code(piece: str) -> str:
    """The piece as a code span, with the brackets and stops around it left outside."""
    match = _CORE.fullmatch(piece)
    before, core, after = match.groups() if match else ("", piece, "")
    return f"{_escape(before)}`{core}`{_escape(after)}"


def _longest_run(value: str) -> int:
    return max(map(len, re.findall("`+", value)), default=0)
