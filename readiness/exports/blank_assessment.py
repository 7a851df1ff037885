"""An assessment file to be filled in: every question of a checklist with what it asks, and no answer."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from textwrap import dedent

from readiness import formatting
from readiness.language import marked, tr
from readiness.model.assessment import Assessment, System
from readiness.model.card import FACTS, Component, Incident, RedTeamRun
from readiness.model.checklist import Checklist, Signal

_SYSTEM = System(slug="my-system", name="My system")
_FIRST = Assessment(candidate="1.0")
_ROWS = {"components": Component, "red-team": RedTeamRun, "incidents": Incident}
"""Sections of the card whose facts stand in tables of their own."""


def text(
    checklist: Checklist,
    system: System = _SYSTEM,
    assessment: Assessment = _FIRST,
    answered: Collection[str] = (),
) -> str:
    """The file as TOML; it is read as it stands, with every question open but those that are `answered`."""
    open_ = [signal for signal in checklist.all if signal.id not in answered]
    parts = [_head(checklist, system, assessment), _marks(open_), _release(), _monitoring(), _card()]
    return "\n".join(line for part in parts for line in part) + "\n"


def first(checklist: Checklist, schema: str, system: System = _SYSTEM, assessment: Assessment = _FIRST) -> str:
    """The first file of a system, whose editor finds what may stand in it in the file `schema`."""
    return f"#:schema {schema}\n{text(checklist, system, assessment)}"


def _head(checklist: Checklist, system: System, assessment: Assessment) -> Iterator[str]:
    yield 'format = "readiness-assessment/1"'
    yield f"checklist = {_quoted(checklist.id)}"
    yield ""
    yield "# " + tr("What is under review.")
    yield "[system]"
    yield f"slug = {_quoted(system.slug)}"
    yield f"name = {_quoted(system.name)}"
    yield f"{'' if system.owner else '# '}owner = {_quoted(system.owner)}"
    yield ""
    yield "# " + tr("Which version is judged, against which, for whom.")
    yield "[assessment]"
    yield f"candidate = {_quoted(assessment.candidate)}"
    yield f"{'' if assessment.baseline else '# '}baseline = {_quoted(assessment.baseline)}"
    yield f"{'' if assessment.scope else '# '}scope = {_quoted(assessment.scope)}"
    if assessment.assessed_on:
        yield f"assessed_on = {assessment.assessed_on.isoformat()}"
    yield "# target_date = 2026-12-31"
    yield ""
    yield "# " + tr("What is in scope, with its share of the traffic: what has no data then is told.")
    yield "# [assessment.expected]"
    yield "# workflows = { refund = 0.6, claims = 0.4 }"
    yield '# cohorts = { "language=de" = 0.5, "language=en" = 0.5 }'
    yield ""
    yield "# " + tr('Each mark: "no" (controlled), "partial" (say what it holds_for) or "yes" (a gap).')
    yield "# " + tr(
        "A gap has an owner, a due date (due = 2026-12-31) and a next action. Take the # away where you write."
    )


def _marks(signals: Sequence[Signal]) -> Iterator[str]:
    for signal in signals:
        yield ""
        yield from (f"# {line}" for line in _asked(signal))
        yield f"[marks.{signal.id}]"
        yield '# mark = "no"'
        yield '# note = ""'
        yield "# evidence = []"


def _release() -> Iterator[str]:
    """The release policy, as lines to be filled in."""
    yield from _commented(
        (
            marked('Which bounds the candidate must keep; a cohort of "each" asks every one of them.'),
            """
            [[policy.gates]]
            metric = "task_success"
            cohort = "each"
            min = 0.9
            max_regression = 0.02
            min_n = 200
            """,
        ),
        (
            marked("Through which stages it is rolled out, and what each takes to go on."),
            """
            [[policy.stages]]
            name = "canary"
            share = 0.05
            hours = 48
            proceed_if = "every gate still passes"
            """,
        ),
        (
            marked("How it is taken back, by whom, and when that was rehearsed."),
            """
            [policy.rollback]
            steps = ["…"]
            owner = "…"
            confirm = "…"
            rehearsed_on = 2026-11-10
            rehearsal = "passed"
            """,
        ),
        (
            marked("What each stage of an answer may spend: retrieval, tool, model and so on."),
            """
            [policy.budgets.tool]
            timeout_ms = 3000
            retries = 1
            fallback = "escalate"
            """,
        ),
        (
            marked("Who decides; quality, policy and operations are asked for."),
            """
            [[policy.approvers]]
            role = "quality"
            name = "…"
            """,
        ),
        (
            marked("Whose names may leave in packs, beside language, region and query class."),
            """
            [packs]
            public_dimensions = ["language"]
            """,
        ),
    )


def _monitoring() -> Iterator[str]:
    """The monitoring plan, as lines to be filled in."""
    yield from _commented(
        (
            marked("What is watched after the rollout, how often, and who answers for it."),
            """
            [monitoring]
            review_cadence = "weekly"
            escalation_owner = "…"
            watch_list = ["…"]
            covers = ["task_success", "groundedness", "escalation_rate", "tool_success", "drift"]
            by_cohort = true
            [monitoring.owners]
            incident_response = "…"
            release_review = "…"
            weekly_decisions = "…"
            [[monitoring.alerts]]
            metric = "unsupported_claim_rate"
            condition = "> 0.03 for 30 min"
            route = "…"
            """,
        ),
        (
            marked(
                "# As data, so that figures of operation answer it: min, max, and workflow, cohort, stat as of a gate."
            ),
            """
            max = 0.03
            """,
        ),
    )


def _commented(*parts: tuple[str, str]) -> Iterator[str]:
    """Parts with a sentence before their lines, apart from one another but for what begins with a sign of its own."""
    for sentence, lines in parts:
        if not sentence.startswith("#"):
            yield ""
        yield f"# {tr(sentence)}"
        yield from (f"# {line}" for line in dedent(lines).strip().splitlines())


def _card() -> Iterator[str]:
    """What buyers ask first, as lines to be filled in."""
    yield ""
    yield "# " + tr("What buyers ask first. What nobody states reads “not stated” in packs; no verdict rests on it.")
    yield "# [card]"
    for fact in FACTS:
        if fact.section not in _ROWS:
            yield f"# {fact.id} = {'[]' if fact.listed else _quoted('')}  # {tr(fact.asked)}"
    yield f"# incidents_until = 2026-12-31  # {tr('Up to which day are incidents told?')}"
    for section, kind in _ROWS.items():
        yield ""
        yield from (f"# {tr(fact.asked)}" for fact in FACTS if fact.section == section)
        yield f"# [[card.{section.replace('-', '_')}]]"
        yield f"# {', '.join(kind.model_fields)}"


def _asked(signal: Signal) -> list[str]:
    number = f"{signal.number}. " if signal.scored else ""
    return [
        formatting.line(line)
        for line in (f"{number}{tr(signal.name)}: {tr(signal.risk)}", tr("Shown by: {needs}", needs=tr(signal.needs)))
    ]


def _quoted(value: str) -> str:
    """A basic string of TOML, which JSON's are."""
    return formatting.escaped(json.dumps(value, ensure_ascii=False), toml=True)
