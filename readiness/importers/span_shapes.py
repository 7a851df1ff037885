"""Many spans as collectors write them, taken at once: ids, times and names as numbers, and where attributes stand.

What is written in another way is a stray, and said so by its place; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import numpy as np

from ..sampling import names_escalation
from ..spantable import KINDS, Numbers
from .batch import Options
from .genai import INPUT, NUMBERED, OUTPUT
from .otlp import value_of
from .span_values import kind_of

OPERATIONS = ("openinference.span.kind", "gen_ai.operation.name")
BY_MODEL = ("gen_ai.system", "gen_ai.request.model")
ELSEWHERE = {"ai.operationId"} | {
    name[: dot.start()] for name in (*OPERATIONS, *BY_MODEL, "ai.operationId") for dot in re.finditer(r"\.", name)
}
"""Attributes by which `otlp` must tell the kind: those of the AI SDK, and objects that may hold one that tells it."""
MOST_SHAPES = 10_000
TRACE_ID = re.compile("(?!0{32})[0-9a-f]{32}")
SPAN_ID = re.compile("[0-9a-fA-F]{16}")
_TIME = re.compile("[0-9]{19}")
_POWERS = 10 ** np.arange(18, -1, -1, dtype=np.uint64)
_KEY = itemgetter("key")


class StraysError(Exception):
    """Some of the spans are not as collectors write them."""

    def __init__(self, places: Iterable[int]) -> None:
        super().__init__()
        self.places = set(places)


class Numbered(dict[Any, int]):
    """Numbers given to values in the order they come; -1 to one that `admit` does not let in."""

    def __init__(self, admit: Callable[[Any], bool] = lambda value: True) -> None:
        super().__init__()
        self.admit = admit
        self.held: list[Any] = []
        self.others: dict[Any, int] = {}

    def __missing__(self, value: Any) -> int:
        if not self.admit(value):
            return -1
        self[value] = len(self.held)
        self.held.append(value)
        return self[value]

    def of(self, value: Any) -> int:
        """The number of a value that need not be let in; it is not let in afterwards either."""
        if self[value] >= 0:
            return self[value]
        if value not in self.others:
            self.others[value] = len(self.held)
            self.held.append(value)
        return self.others[value]


@dataclass
class Plan:
    """Where things stand among attributes of these names.

    `tells` where more than the one text at `kind` tells the kind, and `stray_root` where more than places is needed of
    a root: `otlp` then looks at the span itself. `known` once a root of this shape was looked at for its fields.
    """

    kind: int = -1
    tells: bool = False
    asked: tuple[int, ...] = ()
    answered: tuple[int, ...] = ()
    named: tuple[tuple[str, int], ...] = ()
    escalated: tuple[tuple[str, int], ...] = ()
    stray_root: bool = False
    known: bool = False


class Plans(dict[tuple[Any, ...], Plan]):
    """The plan for each shape of a span: the names of its attributes in their order."""

    def __init__(self, options: Options) -> None:
        super().__init__()
        self.paths = [path.strip() for path in options.mapping.get("workflow", "").split(",") if path.strip()]

    def of(self, attributes: Sequence[Any]) -> list[Plan]:
        if len(self) > MOST_SHAPES:
            self.clear()
        try:
            return [self[tuple(map(_KEY, each))] for each in attributes]
        except (KeyError, TypeError):
            raise StraysError(at for at, each in enumerate(attributes) if not _is_list_of_keys(each)) from None

    def __missing__(self, names: tuple[Any, ...]) -> Plan:
        at: dict[Any, int] = {}
        for number, name in enumerate(names):
            at.setdefault(name, number)
        texts = {*INPUT, *OUTPUT}
        kinds = [at[name] for name in OPERATIONS if name in at]
        self[names] = Plan(
            kind=kinds[0] if len(kinds) == 1 and ELSEWHERE.isdisjoint(at) else -1,
            tells=bool(kinds) or not ELSEWHERE.isdisjoint(at) or at.keys() >= set(BY_MODEL) or not _are_texts(names),
            asked=tuple(at[name] for name in INPUT if name in at),
            answered=tuple(at[name] for name in OUTPUT if name in at),
            named=tuple((path, at[path]) for path in self.paths if path in at and not NUMBERED.search(path)),
            escalated=tuple((name, at[name]) for name in at if isinstance(name, str) and names_escalation(name)),
            stray_root="metadata" in at or len(at) < len(names) or not texts.isdisjoint(self.paths),
        )
        return self[names]


def _are_texts(values: Sequence[Any]) -> bool:
    return all(isinstance(each, str) for each in values)


def _is_list_of_keys(attributes: Any) -> bool:
    return isinstance(attributes, list) and all(
        isinstance(each, dict) and isinstance(each.get("key"), str) for each in attributes
    )


def ids_of(values: Sequence[Any]) -> Numbers:
    try:
        raw = bytes.fromhex("".join(values))
        if set(map(len, values)) == {16} and len(raw) == 8 * len(values):
            return np.frombuffer(raw, ">u8").astype(np.uint64)
    except (TypeError, ValueError):
        pass
    raise StraysError(at for at, each in enumerate(values) if not (isinstance(each, str) and SPAN_ID.fullmatch(each)))


def times_of(values: Sequence[Any]) -> Numbers:
    """Nanoseconds from digits, or from whole numbers where all are."""
    try:
        joined = "".join(values)
        if set(map(len, values)) == {19} and joined.isascii() and joined.isdigit():
            digits = np.frombuffer(joined.encode(), np.uint8).reshape(-1, 19) - ord("0")
            found = digits.astype(np.uint64) @ _POWERS
            raise_for(np.flatnonzero((found == 0) | (found >= 2**63)))
            return found.astype(np.int64)
    except TypeError:
        if set(map(type, values)) == {int} and all(0 < each < 2**63 for each in values):
            return np.array(values, dtype=np.int64)
    raise StraysError(at for at, each in enumerate(values) if not (isinstance(each, str) and _TIME.fullmatch(each)))


def numbers_of(numbered: Numbered, values: Sequence[Any]) -> Numbers:
    try:
        found = np.array(list(map(numbered.__getitem__, values)), dtype=np.int32)
    except TypeError:
        raise StraysError(at for at, each in enumerate(values) if not isinstance(each, str)) from None
    raise_for(np.flatnonzero(found < 0))
    return found


def errors_of(spans: Sequence[Any]) -> list[bool]:
    """Which spans failed; a status that says more than a code, and events, are for `otlp` to read."""
    found, odd = [False] * len(spans), []
    for at, span in enumerate(spans):
        status = span.get("status")
        if status:
            code = status.get("code") if type(status) is dict else None
            if type(code) is int and 0 <= code <= 2:
                found[at] = code == 2
            else:
                odd.append(at)
        elif status is not None and status != {}:
            odd.append(at)
        if "events" in span and span["events"] != []:
            odd.append(at)
    raise_for(odd)
    return found


def raise_for(places: Iterable[int]) -> None:
    found = list(places)
    if found:
        raise StraysError(found)


def held_in(attribute: dict[str, Any]) -> Any:
    value = attribute["value"]
    text = value.get("stringValue")
    return value_of(value) if text is None else text


class _Kinds(dict[str, int]):
    def __missing__(self, operation: str) -> int:
        if type(operation) is not str or not operation:
            raise KeyError(operation)
        return KINDS[kind_of("", operation)]


KIND = _Kinds({name: KINDS[kind_of("", name)] for name in ("LLM", "TOOL", "RETRIEVER", "chat", "execute_tool")})
OTHER = KINDS["other"]
