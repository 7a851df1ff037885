"""What no database keeps, a NUL and half a surrogate pair: refused here before a statement is sent."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event

from readiness.errors import InputError
from readiness.language import tr

_SHOWN = 20
"""Letters before such a character, which say where it is."""


def engine(url: str | URL, **how: Any) -> Engine:
    """One that looks at whatever is handed to a statement, for reading too; `how` is as SQLAlchemy takes it."""
    made = create_engine(url, json_serializer=_as_json, **how)
    event.listen(made, "before_cursor_execute", _before)
    return made


def _as_json(value: Any) -> str:
    """JSON as it is stored; a text within may be as little as one alone."""
    written = json.dumps(value)
    if "\\u0000" in written or "\\ud" in written:  # most that have one of them are sound, and are looked at once more
        _check(value)
    return written


def _before(_connection: Any, _cursor: Any, _statement: str, parameters: Any, *_: Any) -> None:
    _check(parameters)


def _check(value: Any) -> None:
    """Raises InputError."""
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, Mapping):
        for name, held in value.items():
            _check(name)
            _check(held)
    elif isinstance(value, Iterable) and not isinstance(value, bytes | bytearray | memoryview):
        for held in value:
            _check(held)


def _check_text(text: str) -> None:
    if "\0" in text:
        before = _before_it(text, text.index("\0"))
        problem = tr("there is a NUL character in the beginning of a text")
        if before:
            problem = tr("there is a NUL character after {before!r}", before=before)
        raise _refused(problem)
    if text.isascii():
        return
    try:
        text.encode()
    except UnicodeEncodeError as exc:
        before = _before_it(text, exc.start)
        problem = tr("half of a surrogate pair stands alone in the beginning of a text")
        if before:
            problem = tr("half of a surrogate pair stands alone after {before!r}", before=before)
        raise _refused(problem) from exc


def _before_it(text: str, at: int) -> str:
    return text[max(0, at - _SHOWN) : at]


def _refused(problem: str) -> InputError:
    return InputError(problem, expected=tr("letters that can be stored"))
