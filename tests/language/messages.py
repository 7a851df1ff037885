"""What the code says: each text that goes through `tr`, `trn` or `marked`, and each noun that is counted."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from tests.language import rooms

Message = str | tuple[str, str]
"""A text, or a text for one and for many."""


@dataclass(frozen=True)
class Unclear:
    """A call whose text nobody can know before the program runs."""

    place: str
    call: str


def of_code() -> dict[Message, set[str]]:
    """Every message with the modules that say it."""
    found: defaultdict[Message, set[str]] = defaultdict(set)
    for place, message in _every():
        if not isinstance(message, Unclear):
            found[message].add(place)
    return dict(found)


def unclear() -> list[Unclear]:
    """Texts that are put together before they are looked up, so that no catalogue can have them."""
    return [message for _, message in _every() if isinstance(message, Unclear)]


def _every() -> Iterator[tuple[str, Message | Unclear]]:
    for path in rooms.modules():
        place = rooms.called(path)
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                for message in in_call(node, place):
                    yield place, message


def in_call(call: ast.Call, place: str) -> Iterator[Message | Unclear]:
    """What one call says; `tr(NAME)` says what was marked elsewhere."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    texts = [arg.value if isinstance(arg, ast.Constant) else None for arg in call.args]
    if name in ("tr", "marked") and call.args:
        if isinstance(texts[0], str):
            yield texts[0]
        elif name == "marked" or isinstance(call.args[0], ast.JoinedStr | ast.BinOp):
            yield Unclear(place, ast.unparse(call))
    elif name == "trn":
        one, many = texts[0], texts[1]
        yield (one, many) if isinstance(one, str) and isinstance(many, str) else Unclear(place, ast.unparse(call))
    elif name == "count" and len(texts) > 1 and isinstance(texts[1], str):
        noun, plural = texts[1], texts[2] if len(texts) > 2 else ""
        yield f"{{n}} {noun}", f"{{n}} {plural or noun + 's'}"
