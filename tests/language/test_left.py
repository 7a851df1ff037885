"""That no text of a marked room is left out: whatever reads like words stands in a call that can say it otherwise."""

from __future__ import annotations

import ast
import re
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
_BARE_STATES = {"not stated": "a state", "not shown": "a state", "in part": "a state", "not decided": "a state"}
_ON_OPENAPI = "the description of the API, for programs"
LEFT = {
    "readiness/api/app.py": {"Evidence that": _ON_OPENAPI},
    "readiness/api/calendar.py": {"private, ": "a header", "inline; ": "a header", "the token is": "nobody is told"},
    "readiness/api/dependencies.py": {"A token that": _ON_OPENAPI, "The day to": _ON_OPENAPI},
    "readiness/api/routes/gaps.py": {"The open": _ON_OPENAPI, "Move a": _ON_OPENAPI},
    "readiness/api/routes/imports.py": {"Store one": _ON_OPENAPI, "What the": _ON_OPENAPI},
    "readiness/api/routes/packs.py": {"attachment; ": "a header", "The ": _ON_OPENAPI},
    "readiness/api/routes/systems.py": {
        "Where": _ON_OPENAPI,
        "What became": _ON_OPENAPI,
        "Whether": _ON_OPENAPI,
        "The figures": _ON_OPENAPI,
        "A week": _ON_OPENAPI,
    },
    "readiness/api/traces.py": {"POST ": "a route", "what was received": "a line of the log"},
    "readiness/cli/authoring.py": {"My system": "what is stored"},
    "readiness/cli/issues.py": {"github:": "how trackers are named"},
    "readiness/cli/stage.py": {"roll back": "an action"},
    "readiness/cli/status.py": {"--summary-to": "an option", " is ": "the name of a test, by which runs are compared"},
    "readiness/cli/trial.py": {"Nothing was": "for programs"},
    "readiness/exports/blank_assessment.py": {
        "My system": "a name",
        "format = ": "TOML",
        "# target_date": "TOML",
        "# [": "TOML",
        "# mark": "TOML",
        "# incidents_until": "TOML",
        "assessed_on": "TOML",
        "\n": "TOML",
    },
    "readiness/exports/schemas.py": dict.fromkeys(
        ("What may", "A whole", "A release", "Which format", "The id", "One table"), "the schema, for programs"
    ),
    "readiness/exports/sheets.py": {"text/csv": "a type"},
    "readiness/outbound/mail.py": {"smtp://": "an address"},
    "readiness/outbound/pulls/client.py": {"an encoding": "caught", "the answer ": "caught"},
    "readiness/outbound/pulls/langsmith.py": {"lt(": "a query", "and(": "a query"},
    "readiness/outbound/pulls/mlflow.py": {
        "timestamp_ms": "a query",
        "run_id": "a query",
        " still running": "a note that goes into the store",
    },
    "readiness/outbound/pulls/spool.py": {"it belongs": "caught"},
    "readiness/outbound/trackers/base.py": {"readiness-gap": "by which an issue is known"},
    "readiness/outbound/trackers/jira.py": {"project = ": "a query"},
    "readiness/outbound/trackers/opened.py": {"github:": "how trackers are named"},
    "readiness/pack/__init__.py": {"text/": "a type", "application/": "a type"},
    "readiness/pack/argument.py": {"M": "a path"},
    "readiness/pack/markdown.py": {"a pack shows": "a fault of the program"},
    "readiness/pack/questionnaire/answers.py": _BARE_STATES,
    "readiness/pack/questionnaire/facts.py": _BARE_STATES,
    "readiness/pack/questionnaire/matching.py": {"a an and": "words of English questions"},
    "readiness/pack/questionnaire/signals.py": _BARE_STATES,
    "readiness/pack/request.py": {"Strictly": "a value, marked below", "valid until": "a field"},
    "readiness/pack/sections/base.py": {"str | int": "a type"},
    "readiness/pack/sections/figures.py": {"cannot tell": "a state"},
    "readiness/pack/sections/plugged.py": {
        "has no": "a line of the log",
        "calls itself": "a line of the log",
        "the section": "a line of the log",
    },
    "readiness/pack/since.py": {"(?:today": "a pattern of English texts"},
    "readiness/pack/trail.py": {"packs that": "a key", "said today": "a key"},
    "readiness/pack/twins/claims.py": _BARE_STATES,
    "readiness/pack/twins/cyclonedx.py": {"in part": "a state", "text/plain": "a type"},
    "readiness/pack/twins/in_toto.py": _BARE_STATES,
    "readiness/pack/twins/oscal.py": _BARE_STATES,
    "readiness/pack/withheld.py": {"Azure AI": "the name of a program", "Pydantic": "the name of a program"},
    "readiness/seal/canonical.py": {" has no exact": "a fault of the program"},
    "readiness/seal/envelope.py": {"not the id": "caught", "not base64": "caught"},
    "readiness/seal/keys.py": {"-----": "a key", "a block": "caught", "not an": "caught"},
    "readiness/seal/verify.py": {"signer unknown": "a state", "outside validity": "a state", "--trust": "an option"},
    "pages/traces.py": {"OpenTelemetry, ": "names of programs"},
    "readiness/decision/answers.py": {"not shown": "a state"},
    "readiness/decision/due_history.py": {"in the assessment of ": "stored with a move, and compared"},
    "readiness/decision/releases.py": {
        "not over": "an outcome",
        "not known": "another",
        "with the verdict": "a way of deciding",
        "against the verdict": "another",
        "without a decision": "and the third",
    },
    "readiness/decision/remediation.py": {"not shown": "a state"},
    "readiness/decision/stages.py": {"roll back": "an action"},
    "readiness/decision/verdict.py": {"not shown": "a state"},
    "readiness/decision/weeks.py": {"as promised": "stands for a version"},
    "readiness/redaction/detectors.py": {"-----BEGIN": "what a key looks like"},
    "readiness/redaction/spoken.py": {" --proxy-user": "an option of a program"},
    "readiness/review/argument.py": {"not shown": "a state", "in part": "another"},
    "readiness/review/argument_evidence.py": {
        "in part": "a state",
        "not shown": "another",
        "release policy": "what people write as a reference",
        "monitoring plan": "the same",
    },
    "readiness/review/argument_graph.py": {"in part": "a state"},
    "readiness/review/colours.py": {"in part": "a state", "after the rollout": "another"},
    "readiness/review/hindsight_words.py": {"not over": "an outcome", "not known": "another"},
    "readiness/review/references.py": {"trace ": "stored with an answer that names it"},
    "readiness/review/review.py": {"not shown": "a state"},
    "readiness/review/scorecard_json.py": {"cannot tell": "a reading, for programs"},
    "readiness/review/scorecard_words.py": {"cannot tell": "a reading, by which its word is looked up"},
    "readiness/review/stage_words.py": {"roll back": "an action"},
    "readiness/review/summaries.py": {"not shown": "a state"},
    "readiness/review/weeks.py": {"roll back": "an action", "week against baseline": "a key of what is kept"},
    "readiness/scorecard/bounds.py": {"": "what is wrong with figures, for whoever calls it"},
    "readiness/scorecard/compare.py": {"cannot tell": "a reading"},
    "readiness/scorecard/intervals.py": {"": "what is wrong with figures, for whoever calls it"},
    "readiness/scorecard/planning.py": {
        "cannot tell": "a reading",
        "a margin of ": "for whoever calls it",
        "neither least": "the same",
    },
    "readiness/web/argument_view.py": {"in part": "a state, by which its word is looked up"},
    "readiness/web/charts/decide.py": {"datum.": "what Vega works out", "width * (datum.": "the same"},
    "readiness/web/charts/gaps.py": {"after the rollout": "a state, by which its colour is chosen"},
    "readiness/web/charts/hindsight.py": {
        "with the verdict": "a way of deciding",
        "against the verdict": "another",
        "without a decision": "and the third",
    },
    "readiness/web/decision_forms.py": {"decide ": "keys of the session"},
    "readiness/web/door.py": {
        "default-src ": "a policy for browsers",
        "img-src ": "the same",
        "connect-src ": "the same",
    },
    "readiness/web/downloads.py": {"attachment; ": "a header"},
    "readiness/web/gap_edits.py": {"gap ": "keys of the session", "order of ": "the same", "hand over": "a mode"},
    "readiness/web/gap_forms.py": {"hand over": "a mode"},
    "readiness/web/gap_many.py": {"gaps together": "a key of the session"},
    "readiness/web/questionnaire_forms.py": {"not stated": "a state", "not shown": "a state"},
    "readiness/web/reminder_forms.py": {"Calendar of due dates": "what the token is called, in the store"},
    "readiness/web/shared.py": {"private, ": "a header"},
    "readiness/web/stage_forms.py": {"roll back": "an action"},
    "readiness/web/workers.py": {"=": "a header"},
}
"""How texts begin that look like words and are none, each with its reason."""
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
        there = (text for text in texts if texts is not _BARE_STATES)
        assert [text for text in there if text.strip() not in source and text.strip()] == [], name


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
