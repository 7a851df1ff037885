"""A pack's markdown as plain data: headings, paragraphs, lists and tables of runs of text, for views that lay it out.

The words of a section stand in its template alone; whatever prints them takes them from here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from markdown_it.token import Token

from .snapshot import PackSection, Snapshot

Block = dict[str, Any]
"""`{"is": "text" | "heading" | "code" | "list" | "table", …}`; JSON could hold it."""
Run = dict[str, Any]
"""`{"text": …}`, with `"strong"` or `"code"` where it is."""
_GUARDED = re.compile(r"[@#:/]|www\.")
"""What is a code span only so that no host makes a link of it."""
SHORT = 16
"""Characters up to which a cell stays on one line: a date, a count, a band."""
LONG = 600
"""Characters of a text that may take more than a page's rest, so that its table is broken."""
LONGEST_WORD = 32
"""Characters of an unbroken word above which a table's cell may break it."""


def sections_at(snapshot: Snapshot, tokens: Sequence[Token]) -> list[tuple[PackSection, int]]:
    """Each section with the place of the first token after its heading."""
    starts = [at + 3 for at, token in enumerate(tokens) if token.type == "heading_open" and token.tag == "h2"]
    return list(zip(snapshot.sections, starts, strict=True))


def by_section(snapshot: Snapshot, tokens: Sequence[Token]) -> Iterator[tuple[PackSection, Sequence[Token]]]:
    """The tokens of each section, without its heading; what stands before the first and after the last is left out."""
    end = max((at for at, token in enumerate(tokens) if token.type == "hr"), default=len(tokens))
    found = sections_at(snapshot, tokens)
    for (section, start), after in zip(found, [*(at - 3 for _, at in found[1:]), end], strict=True):
        yield section, tokens[start:after]


def blocks(tokens: Sequence[Token]) -> list[Block]:
    """The blocks of one section."""
    return list(_blocks(iter(tokens)))


def _blocks(tokens: Iterator[Token]) -> Iterator[Block]:
    for token in tokens:
        if token.type == "heading_open":
            yield {"is": "heading", "runs": _runs(next(tokens))}
        elif token.type == "paragraph_open":
            yield {"is": "text", "runs": _runs(next(tokens))}
        elif token.type == "fence":
            yield {"is": "code", "text": token.content.rstrip("\n")}
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            items = [_runs(each) for each in _until(tokens, token) if each.type == "inline"]
            yield {"is": "list", "ordered": token.type.startswith("ordered"), "items": items}
        elif token.type == "table_open":
            yield _table(_until(tokens, token))


def _until(tokens: Iterator[Token], opening: Token) -> list[Token]:
    """What stands before the end of a list or a table."""
    inside: list[Token] = []
    closing = opening.type.replace("_open", "_close")
    for token in tokens:
        if token.type == closing and token.level == opening.level:
            break
        inside.append(token)
    return inside


def _table(tokens: Sequence[Token]) -> Block:
    rows: list[list[list[Run]]] = []
    right: list[bool] = []
    for token, content in pairwise(tokens):
        if token.type == "tr_open":
            rows.append([])
        elif token.type in ("th_open", "td_open"):
            rows[-1].append(_runs(content))
            if token.type == "th_open":
                right.append("right" in str(token.attrs.get("style", "")))
    head, *body = rows
    return {
        "is": "table",
        "head": head,
        "right": right,
        "widths": _widths(rows),
        "long": any(len(run["text"]) > LONG for row in body for cell in row for run in cell),
        "rows": [{"group": _is_group(row), "cells": row} for row in body],
    }


def _is_group(row: list[list[Run]]) -> bool:
    first, *others = row
    return bool(first and first[0].get("strong") and not any(others))


def _widths(rows: list[list[list[Run]]]) -> list[int]:
    """A share of the width for each column by the length of its texts; 0 for one that takes just what it needs."""
    cells = [row for row in rows if not _is_group(row)]
    columns = [["".join(run["text"] for run in cell) for cell in column] for column in zip(*cells, strict=True)]
    return [0 if max(map(len, column)) <= SHORT else _share(column) for column in columns]


def _share(texts: list[str]) -> int:
    """Between the mean and the longest, so that one long text does not press all others into narrow columns."""
    lengths = list(map(len, texts))
    word = max(len(word) for text in texts for word in text.split() or [""])
    usual = round(sum(lengths) / len(lengths) + math.sqrt(max(lengths)))
    return min(max(usual, min(max(lengths), 22), min(word, LONGEST_WORD) + 2), 100)


def _runs(inline: Token) -> list[Run]:
    runs: list[Run] = []
    strong = False
    for child in inline.children or ():
        if child.type in ("strong_open", "strong_close"):
            strong = child.type == "strong_open"
        elif child.type == "code_inline":
            runs.append({"text": child.content} | ({} if _GUARDED.search(child.content) else {"code": True}))
        elif text := {"text": child.content, "softbreak": " ", "hardbreak": " "}.get(child.type, ""):
            runs.append({"text": text, "strong": True} if strong else {"text": text})
    return runs
