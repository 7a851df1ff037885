"""The checklist as data: what ships is whole, and a bad file is refused with file, key and what was expected."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter, ValidationError

from readiness import paths
from readiness.errors import InputError, NotFound
from readiness.model.checklist import CAPS, EFFECTS, LEVELS, RULES, Checklist, Effect, Level, RuleId, get, load, parse
from readiness.model.checks import Check

TEXT = (paths.CHECKLISTS / "llm-rollout.toml").read_text("utf-8")

SIGNALS = {
    "outcome": ["cohort-success", "abstention", "workflow-breadth", "review-burden"],
    "grounding": ["hard-queries", "citation-support", "tool-failure", "workflow-completion", "grounded-boundary"],
    "serving": ["tail-latency", "capacity", "retry-budget", "stage-timing"],
    "release": ["regression-gates", "staged-rollout", "rollback-rehearsal", "sign-off"],
    "evidence": ["traceability", "outcome-monitoring", "ownership", "evidence-pack"],
}

BAND_OF_NARROW = """[[bands]]
level = "narrow"
min = 5
"""
RULE_OF_CONTRADICTED = TEXT[TEXT.index('[[rules]]\nid = "contradicted"') : TEXT.index('[[rules]]\nid = "uncovered"')]
BANDS = TEXT[TEXT.index("[[bands]]") : TEXT.index("[[rules]]")]


def refusal(text: str) -> str:
    with pytest.raises(InputError) as refused:
        parse(text, file="ours.toml")
    return str(refused.value)


def changed(stated: str, instead: str) -> str:
    """The shipped file with one place changed."""
    assert stated in TEXT
    return TEXT.replace(stated, instead, 1)


def test_twenty_one_signals_stand_in_order_in_five_sections(checklist: Checklist) -> None:
    assert [section.id for section in checklist.sections] == list(SIGNALS)
    assert [signal.number for signal in checklist.signals] == list(range(1, 22))
    found = {section: [signal.id for signal in checklist.signals if signal.section == section] for section in SIGNALS}
    assert found == SIGNALS


def test_the_attestation_stands_beside_the_signals_and_adds_no_points(checklist: Checklist) -> None:
    assert [signal.id for signal in checklist.attestations] == ["data-boundary"]
    assert [signal.scored for signal in checklist.all] == [True] * 21 + [False]
    assert checklist.ids == (*(signal for group in SIGNALS.values() for signal in group), "data-boundary")
    assert checklist.highest == 42


def test_the_special_signals_are_those_of_the_source(checklist: Checklist) -> None:
    assert {signal.label: signal.override for signal in checklist.all if signal.override} == {
        "14": "release gating",
        "16": "rollback readiness",
        "18": "end-to-end traceability",
        "data boundary": "data boundary",
    }
    assert [signal.number for signal in checklist.all if signal.critical] == [10, 20]


def test_every_text_is_its_own(checklist: Checklist) -> None:
    texts = [
        text for signal in checklist.all for text in (signal.name, signal.risk, signal.gap, signal.needs, signal.remedy)
    ]
    texts += [text for section in checklist.sections for text in (section.name, section.question, section.prove)]
    texts += [band.headline for band in checklist.bands]
    texts += [text for rule in checklist.rules for text in (rule.name, rule.source)]
    texts += [metric.name for metric in checklist.metrics]
    assert {text for text in texts if texts.count(text) > 1} == set()


def test_a_gap_reads_on_inside_a_sentence(checklist: Checklist) -> None:
    for signal in checklist.all:
        assert signal.gap[0].islower(), signal.id
        assert not signal.gap.endswith((".", "!", "?")), signal.id
    assert checklist.signal("rollback-rehearsal").gap == "rollback has not been rehearsed"


def test_other_texts_are_whole_sentences(checklist: Checklist) -> None:
    for signal in checklist.all:
        for text in (signal.risk, signal.needs, signal.remedy):
            assert text[0].isupper(), signal.id
            assert text.endswith("."), signal.id


def test_each_metric_a_signal_asks_for_is_known(checklist: Checklist) -> None:
    asked = {metric for signal in checklist.all for metric in signal.metrics}
    assert asked <= {metric.id for metric in checklist.metrics}


@pytest.mark.parametrize(
    ("metric", "unit", "direction"),
    [
        ("task_success", "ratio", "higher"),
        ("escalation_rate", "ratio", "informational"),
        ("unsupported_claim_rate", "ratio", "lower"),
        ("retries_per_call", "count", "lower"),
        ("latency_ms", "ms", "lower"),
        ("cost_usd", "USD", "lower"),
        ("failure_class", "category", "informational"),
    ],
)
def test_a_known_metric_has_its_unit_and_direction(
    checklist: Checklist, metric: str, unit: str, direction: str
) -> None:
    found = checklist.metric(metric)
    assert found is not None
    assert (found.unit, found.direction) == (unit, direction)


def test_a_metric_that_is_not_known_is_none(checklist: Checklist) -> None:
    assert checklist.metric("charm") is None


def test_the_points_are_those_of_the_source(checklist: Checklist) -> None:
    assert checklist.points == {"no": 0, "partial": 1, "yes": 2}
    assert checklist.evidence_points == {
        "shown": 0,
        "attested": 0,
        "uncovered": 1,
        "not-shown": 1,
        "contradicted": 2,
        "contradicted-partial": 2,
        "unanswered": 2,
    }


@pytest.mark.parametrize(
    ("first", "last", "level"),
    [(0, 4, "staged"), (5, 9, "narrow"), (10, 15, "add-controls"), (16, 42, "do-not-broaden")],
)
def test_a_band_holds_from_its_first_score_to_its_last(checklist: Checklist, first: int, last: int, level: str) -> None:
    assert {checklist.band(score).level for score in range(first, last + 1)} == {level}


def test_an_interval_of_scores_spans_every_band_it_touches(checklist: Checklist) -> None:
    assert [band.level for band in checklist.spans(4, 10)] == ["staged", "narrow", "add-controls"]
    assert [band.level for band in checklist.spans(6, 9)] == ["narrow"]


def test_every_rule_has_a_source(checklist: Checklist) -> None:
    assert tuple(rule.id for rule in checklist.rules) == RULES
    assert all(checklist.rule(rule).source.endswith(".") for rule in RULES)


def test_every_level_and_every_rule_stands_in_its_order_and_every_rule_has_an_effect() -> None:
    assert get_args(Level) == LEVELS
    assert get_args(RuleId) == RULES == tuple(EFFECTS)
    assert {*EFFECTS.values(), *CAPS} == set(get_args(Effect))
    assert set(CAPS.values()) == {band.level for band in load(paths.CHECKLISTS)["llm-rollout"].bands[1:]}


def test_the_source_is_credited_with_its_date(checklist: Checklist) -> None:
    assert "LLM Reliability Checklist Before Enterprise Rollout" in checklist.source
    assert dt.date.fromisoformat(checklist.source_date) == dt.date(2026, 3, 11)


def test_a_signal_that_is_not_known_is_refused_with_those_that_are(checklist: Checklist) -> None:
    with pytest.raises(InputError, match=r"^the signal 'charm' is not known; expected one of cohort-success, "):
        checklist.signal("charm")


@pytest.mark.parametrize(
    ("stated", "instead", "message"),
    [
        (
            "number = 2\n",
            "number = 1\n",
            "ours.toml: the signal number '1' stands twice.",
        ),
        (
            'id = "abstention"',
            'id = "cohort-success"',
            "ours.toml: the signal 'cohort-success' stands twice.",
        ),
        (
            'id = "data-boundary"',
            'id = "sign-off"',
            "ours.toml: the signal 'sign-off' stands twice.",
        ),
        (
            'id = "grounding"',
            'id = "outcome"',
            "ours.toml: signal 'hard-queries' names the section 'grounding', which is not defined.",
        ),
        (
            'id = "cost_usd"',
            'id = "latency_ms"',
            "ours.toml: the metric 'latency_ms' stands twice.",
        ),
        (
            RULE_OF_CONTRADICTED,
            RULE_OF_CONTRADICTED * 2,
            "ours.toml: the rule 'contradicted' stands twice.",
        ),
        (
            RULE_OF_CONTRADICTED,
            "",
            f"ours.toml: the rules are not complete; expected {', '.join(RULES)}.",
        ),
        (
            'id = "contradicted"',
            'id = "charm"',
            "ours.toml, rules.10.id: 'charm' is not allowed here; expected "
            f"{', '.join(map(repr, RULES[:-1]))} or {RULES[-1]!r}.",
        ),
        (
            "number = 3\n",
            "",
            "ours.toml: signal 'workflow-breadth' has no number; expected one on every scored signal.",
        ),
        (
            'id = "data-boundary"',
            'id = "data-boundary"\nnumber = 22',
            "ours.toml: attestation 'data-boundary' has a number; expected none, since it is not scored.",
        ),
        (
            BAND_OF_NARROW,
            BAND_OF_NARROW.replace("5", "12"),
            "ours.toml: the bands do not rise from 0; expected ascending min values that begin with 0.",
        ),
        (
            "min = 0\n",
            "min = 1\n",
            "ours.toml: the bands do not rise from 0; expected ascending min values that begin with 0.",
        ),
        (
            "min = 0\n",
            "min = -1\n",
            "ours.toml, bands.0.min: -1 is not allowed here; expected input should be greater than or equal to 0.",
        ),
        (
            'level = "staged"',
            'level = "add-controls"',
            "ours.toml: the bands do not worsen with the score; expected levels from staged to do-not-broaden.",
        ),
        (
            'level = "do-not-broaden"',
            'level = "blocked"',
            "ours.toml: the bands do not worsen with the score; expected levels from staged to do-not-broaden.",
        ),
        (
            'level = "staged"',
            'level = "fine"',
            "ours.toml, bands.0.level: 'fine' is not allowed here; expected 'staged', 'narrow', 'add-controls', "
            "'do-not-broaden', 'undetermined' or 'blocked'.",
        ),
        (
            BANDS,
            "",
            "ours.toml, bands: this required key is missing; expected a value for this key.",
        ),
        (
            'remedy = "Tag ',
            'cure = "Tag ',
            "ours.toml, signals.0.remedy: this required key is missing; expected a value for this key.",
        ),
        (
            'version = "2.0"',
            'version = "2.0"\nweight = 3',
            "ours.toml, weight: this key is not known; expected only the keys that the format knows.",
        ),
        (
            "critical = true",
            "critical = true\nserious = true",
            "ours.toml, signals.9.serious: this key is not known; expected only the keys that the format knows.",
        ),
        (
            'id = "llm-rollout"',
            'id = "LLM rollout"',
            "ours.toml, id: 'LLM rollout' is not allowed here; expected string should match pattern "
            "'^[a-z0-9]+(-[a-z0-9]+)*$'.",
        ),
        (
            'gap = "rollback has not been rehearsed"',
            'gap = ""',
            "ours.toml, signals.15.gap: '' is not allowed here; expected a text that is not empty.",
        ),
        (
            'version = "2.0"',
            "version = 1",
            "ours.toml, version: 1 is not allowed here; expected text.",
        ),
        (
            'direction = "lower"',
            'direction = "down"',
            "ours.toml, metrics.3.direction: 'down' is not allowed here; expected 'higher', 'lower', "
            "'informational' or 'unknown'.",
        ),
        (
            "yes = 2\n",
            "yes = 2\nmaybe = 1\n",
            "ours.toml, points.maybe.[key]: 'maybe' is not allowed here; expected 'no', 'partial' or 'yes'.",
        ),
        (
            "yes = 2\n",
            "",
            "ours.toml: points are not complete; expected no, partial and yes.",
        ),
        (
            "no = 0\n",
            "no = -1\n",
            "ours.toml: the points do not rise from no to yes; expected 0 or more, ever more.",
        ),
        (
            "no = 0\n",
            "no = 2\n",
            "ours.toml: the points do not rise from no to yes; expected 0 or more, ever more.",
        ),
        (
            "no = 0\n",
            "no = 1\n",
            "ours.toml: the points do not rise from no to yes; expected 0 or more, ever more.",
        ),
        (
            "partial = 1\n",
            "partial = 3\n",
            "ours.toml: the points do not rise from no to yes; expected 0 or more, ever more.",
        ),
        (
            "contradicted-partial = 2\n",
            "contradicted-partial = 0\n",
            "ours.toml: evidence_points are better than the points of the mark; expected as many or more.",
        ),
        (
            "unanswered = 2\n",
            "unanswered = 1\n",
            "ours.toml: evidence_points are better than the points of the mark; expected as many or more.",
        ),
        (
            'metric = "task_success"',
            'metric = "charm"',
            "ours.toml: a check of 'cohort-success' names the metric 'charm', which is not defined.",
        ),
        (
            "uncovered = 1\n",
            "",
            "ours.toml: evidence_points are not complete; expected shown, attested, uncovered, not-shown, "
            "contradicted, contradicted-partial, unanswered.",
        ),
    ],
)
def test_a_bad_checklist_is_refused_with_its_place_and_what_was_expected(
    stated: str, instead: str, message: str
) -> None:
    assert refusal(changed(stated, instead)) == message


def test_points_may_stay_the_same_and_evidence_may_count_as_much_as_the_answer() -> None:
    text = TEXT.replace("partial = 1\n", "partial = 2\n", 1).replace("no = 0\n", "no = 1\n", 1)
    text = text.replace("shown = 0\nattested = 0\n", "shown = 1\nattested = 1\n", 1)
    assert parse(text, file="ours.toml").points == {"no": 1, "partial": 2, "yes": 2}


KIND: TypeAdapter[Check] = TypeAdapter(Check)
ASKED: dict[str, dict[str, Any]] = {
    "measured": {"metric": "m"},
    "spread": {"metric": "m", "max": 0.1},
    "no-regression": {"metric": "m"},
    "classes": {},
    "share": {"metric": "m", "max": 0.5},
    "level": {"metric": "m", "min": 0.9},
    "never": {"metric": "m"},
    "tail": {"metric": "m", "max_ratio": 10, "stalled": 10_000},
    "load": {"metric": "m", "max_p99": 10_000},
    "gates": {},
    "traced": {},
    "failed-tool": {},
    "stage-times": {"stages": ["tool"]},
    "budgets": {"stages": ["tool"]},
    "fields": {"document": "policy", "fields": {"stages": "staged path"}},
    "staged": {},
    "approvers": {},
    "rehearsal": {},
    "covers": {"measures": ["drift"]},
    "complete": {},
}


@pytest.mark.parametrize(
    ("kind", "name", "refused", "accepted"),
    [
        ("measured", "min_n", 0, 1),
        ("measured", "at_least", 0, 1),
        ("spread", "max", -0.1, 0.0),
        ("share", "top", 0, 1),
        ("share", "max", 0.0, 0.01),
        ("share", "max", 1.0, 0.99),
        ("level", "max", 0.95, None),
        ("level", "min", None, 0.0),
        ("spread", "min_n", 0, 1),
        ("no-regression", "min_n", 0, 1),
        ("classes", "min_n", 0, 1),
        ("level", "min_n", 0, 1),
        ("never", "max", 0.0, 0.001),
        ("never", "max", 1.0, 0.99),
        ("tail", "max_ratio", 1.0, 1.01),
        ("tail", "stalled", 0.0, 0.1),
        ("load", "max_p99", 0.0, 0.1),
        ("load", "max_retries", 0.0, 0.1),
        ("load", "max_errors", -0.01, 0.0),
        ("load", "max_errors", 1.0, 0.99),
        ("stage-times", "max_untold", 0.0, 0.01),
        ("stage-times", "max_untold", 1.0, 0.99),
        ("fields", "fields", {}, {"stages": "staged path"}),
        ("rehearsal", "max_age_days", 0, 1),
    ],
)
def test_a_check_takes_a_threshold_up_to_its_edge(kind: str, name: str, refused: Any, accepted: Any) -> None:
    with pytest.raises(ValidationError):
        KIND.validate_python({"kind": kind} | ASKED[kind] | {name: refused})
    kept = KIND.validate_python({"kind": kind} | ASKED[kind] | {name: accepted})
    assert getattr(kept, name) == accepted


@pytest.mark.parametrize(
    ("kind", "unless_stated"),
    [
        ("measured", {"by": "cohort", "min_n": 30, "at_least": 2}),
        ("spread", {"by": "cohort", "min_n": 30}),
        ("no-regression", {"by": "cohort", "min_n": 30}),
        ("classes", {"of": "failure_class", "by": "cohort", "min_n": 30}),
        ("share", {"top": 2}),
        ("level", {"by": "", "max": None, "min_n": 30}),
        ("never", {"max": 0.01}),
        ("load", {"dimension": "concurrency", "max_errors": 0.01, "retries": "retries_per_call", "max_retries": 0.1}),
        ("failed-tool", {"kinds": {}}),
        ("gates", {"regression": True}),
        ("traced", {"paths": ("good", "bad", "escalation"), "pieces": ("request", "output", "timing")}),
        ("traced", {"somewhere": ("retrieval", "tool")}),
        ("stage-times", {"max_untold": 0.5}),
        ("approvers", {"roles": ("quality", "policy", "operations")}),
        ("rehearsal", {"max_age_days": 90}),
        ("covers", {"by_cohort": True}),
    ],
)
def test_a_check_asks_for_this_unless_a_checklist_says_otherwise(kind: str, unless_stated: dict[str, Any]) -> None:
    made = KIND.validate_python({"kind": kind} | ASKED[kind])
    assert {name: getattr(made, name) for name in unless_stated} == unless_stated


def test_beside_each_threshold_of_the_shipped_checklist_stands_its_reason() -> None:
    checks = TEXT[TEXT.index("[[signals]]") : TEXT.index("[[bands]]")]
    stated = [line for line in checks.splitlines() if re.match(r"(min|max|min_n|max_\w+|at_least|stalled) = ", line)]
    assert len(stated) > 30
    assert [line for line in stated if not re.search(r"  # \S", line)] == []


@pytest.mark.parametrize("kind", ASKED)
def test_a_check_knows_its_own_keys_only_and_never_changes(kind: str) -> None:
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        KIND.validate_python({"kind": kind} | ASKED[kind] | {"charm": 1})
    with pytest.raises(ValidationError, match="Instance is frozen"):
        KIND.validate_python({"kind": kind} | ASKED[kind]).kind = kind  # type: ignore[assignment,misc]


def test_a_checklist_never_changes(checklist: Checklist) -> None:
    with pytest.raises(ValidationError, match="Instance is frozen"):
        checklist.version = "2"  # type: ignore[misc]


@pytest.mark.parametrize("length", [600, 601])
def test_a_sentence_of_a_checklist_has_at_most_600_characters(length: int) -> None:
    text = changed('gap = "rollback has not been rehearsed"', f'gap = "{"x" * length}"')
    if length == 600:
        assert parse(text, file="ours.toml").signal("rollback-rehearsal").gap == "x" * 600
    else:
        assert "signals.15.gap" in refusal(text)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("id = ", "end of document: the TOML is malformed: invalid value; expected valid TOML."),
        ('id = "a"\nid = "b"\n', "line 2: a key or table stands twice; expected each once."),
        ("{}", "line 1: the TOML is malformed: invalid statement; expected valid TOML."),
        ("\n" + "a." * 40_000 + "b = 1", "line 2: a key has more than 12 parts; expected at most 12 levels."),
        ("x = " + "[" * 40_000, "line 1: lists and tables are nested too deeply; expected at most 12 levels."),
        ("x = " + "1," * 100_000, "line 1: the line has 200,004 characters; expected at most 150,000."),
    ],
    ids=["cut", "twice", "no key", "dots", "lists", "long line"],
)
def test_what_is_not_toml_or_more_than_people_write_is_refused_with_the_line(text: str, place: str) -> None:
    assert refusal(text) == f"ours.toml, {place}"


def test_an_empty_file_is_refused_for_the_first_key_it_lacks() -> None:
    assert refusal("") == "ours.toml, id: this required key is missing; expected a value for this key."


def test_a_folder_may_hold_several_checklists(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(TEXT, "utf-8")
    (tmp_path / "b.toml").write_text(changed('id = "llm-rollout"', 'id = "ours"'), "utf-8")
    assert list(load(tmp_path)) == ["llm-rollout", "ours"]
    assert get(tmp_path, "ours").id == "ours"


def test_two_files_may_not_define_the_same_checklist(tmp_path: Path) -> None:
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(TEXT, "utf-8")
    with pytest.raises(InputError) as refused:
        load(tmp_path)
    assert str(refused.value) == "b.toml: the checklist 'llm-rollout' is defined twice; expected one each."


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError) as refused:
        load(tmp_path)
    assert str(refused.value) == "a.toml: the checklist cannot be read; expected UTF-8 TOML."


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.toml").mkdir()
    with pytest.raises(InputError, match=r"^a\.toml: the checklist cannot be read; expected UTF-8 TOML\.$"):
        load(tmp_path)


def test_a_checklist_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(NotFound) as missing:
        get(paths.CHECKLISTS, "ours")
    assert str(missing.value) == "the checklist 'ours' is not known; expected one of llm-rollout."


def test_bands_use_only_levels_that_a_score_can_give(checklist: Checklist) -> None:
    assert tuple(band.level for band in checklist.bands) == LEVELS[:4]
