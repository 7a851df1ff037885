"""What the code, the pages' templates and the shipped lists say: each text that is looked up before it is shown."""

from __future__ import annotations

import ast
import inspect
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import nodes

from readiness import paths
from readiness.pack import since
from tests.language import rooms

_OF_CHECKLIST = {
    "": ("name", "source"),
    "sections": ("name", "question", "prove"),
    "signals": ("name", "risk", "gap", "needs", "remedy", "override"),
    "attestations": ("name", "risk", "gap", "needs", "remedy", "override"),
    "bands": ("headline",),
    "rules": ("name", "source"),
    "metrics": ("name",),
}
"""Which keys of a checklist are texts, by table; beside them what the fields and kinds of its checks are called."""
_OF_GLOSSARY = {"term": ("term", "means")}


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
    for place, message in (*of_pack_templates(), *of_packs(), *of_commands()):
        found[message].add(place)
    return dict(found)


def unclear() -> list[Unclear]:
    """Texts that are put together before they are looked up, so that no catalogue can have them."""
    return [message for _, message in _every() if isinstance(message, Unclear)]


def _every() -> Iterator[tuple[str, Message | Unclear]]:
    yield from _of_modules()
    yield from _of_templates()
    yield from _of_lists()


def _of_modules() -> Iterator[tuple[str, Message | Unclear]]:
    for path in rooms.modules():
        place = rooms.called(path)
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                for message in in_call(node, place):
                    yield place, message


def _of_templates() -> Iterator[tuple[str, Message | Unclear]]:
    for path in rooms.templates():
        for call in jinja2.Environment(autoescape=True).parse(path.read_text("utf-8")).find_all(nodes.Call):
            for message in _in_template(call, rooms.called(path)):
                yield rooms.called(path), message


def _in_template(call: nodes.Call, place: str) -> Iterator[Message | Unclear]:
    """As `in_call`; a template that looks up neither a text nor the name of one is unclear."""
    name = call.node.attr if isinstance(call.node, nodes.Getattr) else getattr(call.node, "name", "")
    texts = [str(arg.value) if isinstance(arg, nodes.Const) else "" for arg in call.args]
    if name in ("tr", "trn", "trc", "count") and isinstance(
        call.args[0], nodes.BinExpr | nodes.Concat | nodes.CondExpr
    ):
        yield Unclear(place, f"{name} in line {call.lineno}")
    elif name == "tr" and texts[0]:
        yield Message(texts[0])
    elif name in ("trn", "trc"):
        yield Message(texts[0], many=texts[1]) if name == "trn" else Message(texts[1], context=texts[0])
    elif name == "count" and len(texts) > 1:
        yield Message(f"{{n}} {texts[1]}", f"{{n}} {texts[2] if len(texts) > 2 else f'{texts[1]}s'}")


def _of_lists() -> Iterator[tuple[str, Message]]:
    """The checklist and the glossary that the product brings; those of a team are shown as they are."""
    for path, tables in ((paths.CHECKLISTS / "llm-rollout.toml", _OF_CHECKLIST), (rooms.GLOSSARY, _OF_GLOSSARY)):
        whole = tomllib.loads(path.read_text("utf-8"))
        for table, keys in tables.items():
            for entry in whole.get(table, ()) if table else [whole]:
                texts = [entry.get(key) for key in keys]
                yield from ((rooms.called(path), Message(text)) for text in (*texts, *_of_checks(entry)) if text)


def _of_checks(entry: dict[str, Any]) -> Iterator[str]:
    for check in entry.get("checks", ()):
        yield from check.get("fields", {}).values()
        yield from check.get("kinds", {})


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


def of_pack_templates() -> Iterator[tuple[str, Message]]:
    """What the templates of packs say: each text of `tr`, and the headings of each `table`."""
    environment = jinja2.Environment(autoescape=True)
    for path in sorted((paths.TEMPLATES / "pack").rglob("*.j2")):
        for call in environment.parse(path.read_text("utf-8")).find_all(nodes.Call):
            name = getattr(call.node, "name", "")
            if name == "tr" and isinstance(call.args[0], nodes.Const):
                yield rooms.called(path), Message(call.args[0].value)
            elif name == "table" and isinstance(call.args[1], nodes.Dict):
                yield from ((rooms.called(path), Message(pair.key.as_const())) for pair in call.args[1].items)


_OF_AN_AUDIENCE = ("name", "reader", "leaves", "left_out")
_OF_A_FRAMEWORK = ("name", "source", "left_out")
_OF_A_QUESTION = ("group", "asks", "covers_only")


def of_packs() -> Iterator[tuple[str, Message]]:
    """What is stated as data of audiences, sections, their fields and questionnaires."""
    for path in sorted(paths.PACKS.glob("*.toml")):
        told = tomllib.loads(path.read_text("utf-8"))
        yield from _of_toml(path, [told], _OF_AN_AUDIENCE)
        yield from _of_toml(path, list(told.values()), ("title",))
        for section in told.get("sections", {}).values():
            keys = {key for field in section["fields"] for key in field.split(".")}
            yield from ((rooms.called(path), Message(since.named(key))) for key in sorted(keys))
    for path in sorted(paths.QUESTIONNAIRES.glob("*.toml")):
        told = tomllib.loads(path.read_text("utf-8"))
        yield from _of_toml(path, [told], _OF_A_FRAMEWORK)
        yield from _of_toml(path, told["items"], _OF_A_QUESTION)


def _of_toml(path: Path, tables: list[Any], keys: tuple[str, ...]) -> Iterator[tuple[str, Message]]:
    for table in tables:
        for key in keys if isinstance(table, dict) else ():
            texts = table.get(key) or ()
            for text in [texts] if isinstance(texts, str) else texts:
                yield rooms.called(path), Message(text)


def of_commands() -> Iterator[tuple[str, Message]]:
    """The help of each command, which is the docstring of its function."""
    for path in sorted((paths.ROOT / "readiness" / "cli").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and any(
                ".command(" in ast.unparse(each) for each in node.decorator_list
            ):
                yield rooms.called(path), Message(inspect.cleandoc(ast.get_docstring(node) or ""))
