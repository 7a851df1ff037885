"""What the code says: each text that goes through `tr`, `trn` or `marked`, and each noun that is counted."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from tests.language import rooms


@dataclass(frozen=True)
class Message:
    """A text, with that for `many` where it is said by number, and with its `context` where it means two things."""

    text: str
    many: str = ""
    context: str = ""


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
    texts = [_text(arg) for arg in call.args]
    if name in ("tr", "marked") and texts:
        if texts[0] is not None:
            yield Message(texts[0])
        elif name == "marked" or isinstance(call.args[0], ast.JoinedStr | ast.BinOp):
            yield Unclear(place, ast.unparse(call))
    elif name in ("trn", "trc"):
        first, second = texts[0], texts[1]
        if first is None or second is None:
            yield Unclear(place, ast.unparse(call))
        else:
            yield Message(first, many=second) if name == "trn" else Message(second, context=first)
    elif name == "count" and len(texts) > 1 and texts[1] is not None:
        noun, plural = texts[1], texts[2] if len(texts) > 2 else None
        yield Message(f"{{n}} {noun}", f"{{n}} {plural or noun + 's'}")


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
