"""Cells that hold the `repr` of Python lists and objects, as pandas writes them into a CSV."""

from __future__ import annotations

import ast
import json
import re
from typing import Any

from readiness.errors import InputError

from .gateway import parse_json

_STRING = r"'(?:[^'\\]|\\.)*+'|\"(?:[^\"\\]|\\.)*+\""
_TOKEN = re.compile(
    rf"\s*(?:(?P<string>{_STRING})|(?P<word>None|True|False|nan)(?!\w)"
    r"|(?P<other>[\[\]{}:,]|-?[0-9]+(?:\.[0-9]*)?(?:e[+-]?[0-9]+)?))\s*",
    re.DOTALL,
)
_WORDS = {"None": "null", "True": "true", "False": "false", "nan": "null"}


def loaded(cell: str) -> Any:
    """What a cell holds that begins like a list or an object, in JSON or as a `repr`; any other cell as it is.

    Only literals are known, so nothing can be evaluated; what is cut, or not as strict as a file must be, stays a text.
    """
    if cell.lstrip()[:1] not in ("{", "["):
        return cell
    for spelled in (str, _as_json):
        try:
            return parse_json(spelled(cell), file="", nan=True)
        except (InputError, ValueError, SyntaxError):
            continue
    return cell


def _as_json(cell: str) -> str:
    parts, at = [], 0
    while at < len(cell):
        match = _TOKEN.match(cell, at)
        if match is None:
            raise ValueError("this is no repr of plain values")
        if match["string"]:
            parts.append(json.dumps(ast.literal_eval(match["string"])))
        else:
            parts.append(_WORDS.get(match["word"] or "", match["other"] or ""))
        at = match.end()
    return "".join(parts)
