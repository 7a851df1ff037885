"""That no text of a marked room is left out: whatever reads like words stands in a call that can say it otherwise."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from tests.language import rooms

SAID_BY = {"tr", "trn", "trc", "marked", "count"}
"""Calls whose texts a catalogue has."""
NOT_FOR_PEOPLE = {
    *("exception", "warning", "info", "debug", "print", "compile", "findall", "fullmatch", "sub", "search"),
    *(
        "encode",
        "getlist",
        "transform_filter",
        "transform_calculate",
        "SystemExit",
        "form",
        "startswith",
        "endswith",
        "Process",
        "_behind",
    ),
}
"""Calls whose texts are for programs, for logs and for whoever starts the dashboard."""
REFUSALS = {"InputError", "NotFound", "NotUtf8", "TooLarge", "refusal", "_refused", "_too_deep", "_too_large"}
"""Calls whose texts refuse a file."""
KEPT = "readiness/importers/"
"""Where all other words are kept with the evidence, in English: why rows were left out, notes and doubts."""
PLACES = {"key", "css", "pattern", "type", "format", "icon", "orient", "symbolType", "fmt"}
"""Arguments that are names and no texts."""
_WORD = re.compile(r"[A-Za-z]{2,}")
_MARKUP = re.compile(r"^\s*<|[{};]\s*$|^[.#\[][\w\[]|^[\w-]+ '|'none'|r-paper")
_SQL = re.compile(
    r"\b(SELECT|PRAGMA|DELETE|CREATE|INSERT|UPDATE|ALTER|ATTACH|DETACH|DROP|BEGIN|READ|REFERENCES|CHECK) ?"
)
"""Words that only statements have in capital letters."""
LEFT: dict[str, dict[str, str]] = tomllib.loads(Path(__file__).with_name("left.toml").read_text("utf-8"))
"""Words that no catalogue has, by module and how they begin, each with the reason."""
LEFT_IN_TEMPLATES = {
    *("CSV", "SVG", "readiness", "ms", "[packs]", "[[policy.stages]]", "[policy.rollback]", "docs/people.md"),
    *("roll back", "with the verdict"),
}
"""Names of formats, of keys and of the product; an action and a way of deciding, by which something is looked up."""


def test_every_text_of_the_marked_rooms_can_be_said_in_another_language() -> None:
    left = [f"{rooms.called(path)}: {text!r}" for path in rooms.modules() for text in found(path)]
    assert left == []


def test_every_text_of_the_templates_can_be_said_in_another_language() -> None:
    left = {f"{path.name}: {text}" for path in rooms.templates() for text in in_template(path.read_text("utf-8"))}
    assert left == set()


@pytest.mark.parametrize(
    ("source", "left"),
    [
        ("<th>Owner</th>", ["Owner"]),
        ('<td data-label="Owner">{{ owner }}</td>', ["Owner"]),
        ("<p>of {{ name }}</p>", ["of"]),
        ("<p>{{ owner or 'nobody here' }}</p>", ["nobody here"]),
        ("<th style=\"width:2%\">{{ tr('Owner of it') }} CSV</th>", []),
    ],
)
def test_a_text_that_a_template_leaves_out_is_found(source: str, left: list[str]) -> None:
    assert list(in_template(source)) == left


def test_what_is_left_out_is_still_there() -> None:
    for name, texts in LEFT.items():
        source = next(path for path in rooms.modules() if rooms.called(path) == name).read_text("utf-8")
        assert [text for text in texts if text.strip() not in source and text.strip()] == [], name


@pytest.mark.parametrize(
    ("line", "is_left"),
    [
        ('st.button("Store it")', True),
        ('st.button(f"Store {name} again")', True),
        ('st.button(tr("Store it"))', False),
        ('st.button(tr("Store {name} again", name="the gap"))', True),
        ('X = {"a": marked("Store it")}', False),
        ('st.button("Store")', False),
        ('_log.info("a page failed")', False),
        ('st.text_input(tr("A"), key="decide on")', False),
        ('def f() -> None:\n    """Two words."""', False),
    ],
)
def test_a_text_that_is_left_out_is_found(tmp_path: Path, line: str, is_left: bool) -> None:
    (tmp_path / "page.py").write_text(line, "utf-8")
    assert bool(list(of_source(line, {}))) is is_left


def in_template(source: str) -> Iterator[str]:
    """Texts of a template that nothing says: between its tags, in attributes that people hear, or in an expression."""
    environment = Environment(autoescape=True)
    parts = (value if kind == "data" else "\0" for _, kind, value in environment.lex(source))
    markup = re.sub(r"\0+", "\0", "".join(parts))
    heard = re.findall(r'(?:data-label|aria-label|title|alt)="([^"]*)"', markup)
    between = re.sub(r"<[^>]*>|&\w+;", "\0", markup)
    for text in filter(None, (part.strip() for whole in (*heard, between) for part in whole.split("\0"))):
        if _WORD.search(text) and text not in LEFT_IN_TEMPLATES:
            yield text
    tree = environment.parse(source)
    calls = (call for call in tree.find_all(nodes.Call) if getattr(call.node, "name", "") in SAID_BY)
    said = {id(argument) for call in calls for argument in call.args}
    for constant in tree.find_all(nodes.Const):
        known = id(constant) in said or constant.value in LEFT_IN_TEMPLATES
        if isinstance(constant.value, str) and not known and _are_words(constant.value):
            yield constant.value


def found(path: Path) -> Iterator[str]:
    name = rooms.called(path)
    yield from of_source(path.read_text("utf-8"), LEFT.get(name, {}), kept=name.startswith(KEPT))


def of_source(source: str, known: dict[str, str], *, kept: bool = False) -> Iterator[str]:
    """Texts of two words or more that nothing says; of what is `kept` only those that refuse a file."""
    tree = ast.parse(source)
    above = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        text = _text(node)
        if not _are_words(text) or text.startswith(tuple(known)) or _is_said(node, above):
            continue
        if not kept or _refuses(node, above):
            yield text


def _refuses(node: ast.AST, above: dict[ast.AST, ast.AST]) -> bool:
    """Whether a text stands in what refuses a file, or is given a name that is meant for that."""
    parent = above.get(node)
    while parent is not None and not isinstance(parent, ast.stmt):
        if isinstance(parent, ast.Call) and getattr(parent.func, "id", getattr(parent.func, "attr", "")) in REFUSALS:
            return True
        parent = above.get(parent)
    return isinstance(parent, ast.Assign) and bool({"problem", "expected"} & {*_names(parent)})


def _names(assigned: ast.Assign) -> Iterator[str]:
    for target in assigned.targets:
        yield from (node.id for node in ast.walk(target) if isinstance(node, ast.Name))


def _are_words(text: str) -> bool:
    return " " in text and len(_WORD.findall(text)) > 1 and not _MARKUP.search(text) and not _SQL.search(text)


def _text(node: ast.AST) -> str:
    """A text as it stands, without the values of an f-string; nothing for what is none."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) for part in node.values if isinstance(part, ast.Constant))
    return ""


def _is_said(node: ast.AST, above: dict[ast.AST, ast.AST]) -> bool:
    """Whether it stands where nobody reads it, or in a call that looks it up."""
    parent = above.get(node)
    if isinstance(parent, ast.Expr | ast.JoinedStr | ast.Compare | ast.Subscript):
        return True
    while parent is not None and not isinstance(parent, ast.stmt):
        if isinstance(parent, ast.keyword) and parent.arg in PLACES:
            return True
        if isinstance(parent, ast.Call):
            name = parent.func.attr if isinstance(parent.func, ast.Attribute) else getattr(parent.func, "id", "")
            return name in NOT_FOR_PEOPLE or (name in SAID_BY and node in parent.args)
        node, parent = parent, above.get(parent)
    return False
