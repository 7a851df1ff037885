"""One trace told span by span; labelling it, letting a text out, and what redaction replaced."""

from __future__ import annotations

import datetime as dt

import pytest

from readiness import clock
from readiness.model.dossier import Stored
from readiness.model.evidence import ReadAs
from readiness.model.traces import Trace, UnredactedText
from readiness.services import evidence
from readiness.store import queries
from readiness.tracing import waterfall
from tests import factories
from tests.pages.dashboard import Dashboard
from tests.stored import add_evidence

SYSTEM = "freight-support"
MAIL = "zqcanaryzq@example.com"


@pytest.fixture
def bad(dashboard: Dashboard) -> Stored[Trace]:
    """The trace that is shown first."""
    with dashboard.store() as store:
        return next(trace for _, trace in queries.dossier(store, SYSTEM).traces if trace.record.path == "bad")


def stored(dashboard: Dashboard, number: int) -> Trace:
    with dashboard.store() as store:
        return next(trace.record for _, trace in queries.dossier(store, SYSTEM).traces if trace.id == number)


def test_the_answer_is_the_lesson_and_every_span_has_a_row(dashboard: Dashboard, bad: Stored[Trace]) -> None:
    screen = dashboard.open("traces", system=SYSTEM)
    assert screen.answer.startswith("Bad path: The Japanese index was rebuilt without the carrier glossary")
    bars = waterfall.lay_out(bad.record.spans)
    rows = screen.table("Starts at")
    assert [row[0].rpartition(": ")[2] for row in rows] == [bar.span.name for bar in bars]
    assert screen.table("Share of all time")
    assert "3 traces in spans.jsonl." in screen.text


def test_another_trace_and_another_span_are_chosen(dashboard: Dashboard, bad: Stored[Trace]) -> None:
    screen = dashboard.open("traces", system=SYSTEM)
    with dashboard.store() as store:
        good = next(trace for _, trace in queries.dossier(store, SYSTEM).traces if trace.record.path == "good")
    screen.choose("selectbox", "Trace", str(good.id))
    assert screen.app.query_params["trace"] == str(good.id)
    assert good.record.trace_id in screen.text
    number = next(
        number for number, bar in enumerate(waterfall.lay_out(good.record.spans)) if number and bar.span.output
    )
    screen.choose("selectbox", "Span", number)
    assert " ".join(waterfall.lay_out(good.record.spans)[number].span.output.split()) in screen.text


def test_a_label_and_a_lesson_are_stored(dashboard: Dashboard, bad: Stored[Trace]) -> None:
    screen = dashboard.open("traces", system=SYSTEM, trace=str(bad.id))
    screen.widget("radio", "This trace shows the").set_value("escalation")
    screen.widget("text_input", "Lesson, in one line").set_value("A person should have answered")
    screen.press("Store the label")
    assert len(screen.notices("status")) == 1
    after = stored(dashboard, bad.id)
    assert (after.path, after.note) == ("escalation", "A person should have answered")
    assert screen.answer == "Escalation path: A person should have answered"


def test_a_text_is_released_and_withdrawn_again(dashboard: Dashboard, bad: Stored[Trace]) -> None:
    root = waterfall.lay_out(bad.record.spans)[0].span
    screen = dashboard.open("traces", system=SYSTEM, trace=str(bad.id))
    assert "No text of this span leaves in a pack." in screen.text
    screen.press("Release the input")
    assert "may leave in packs for security reviewers" in screen.notices("status")[0]
    with dashboard.store() as store:
        ((_, released),) = queries.dossier(store, SYSTEM).excerpts
    assert (released.record.trace_id, released.record.span_id, released.record.field) == (
        bad.record.trace_id,
        root.span_id,
        "input",
    )
    screen.press("Withdraw the input")
    assert "no longer leaves in packs" in screen.notices("status")[0]
    with dashboard.store() as store:
        assert not queries.dossier(store, SYSTEM).excerpts


def test_what_redaction_replaced_is_shown_on_asking_only_and_the_reading_is_recorded(dashboard: Dashboard) -> None:
    until = clock.today() + dt.timedelta(days=3)
    trace = factories.trace("asked")
    text = UnredactedText(trace_id="asked", span_id="s-1", input=f"Write to {MAIL}", expires_on=until)
    file = factories.evidence("raw.jsonl", kind="traces", options=ReadAs(raw_until=until))
    with dashboard.store() as store:
        add_evidence(store, factories.principal(), SYSTEM, file, traces=(trace,), unredacted=(text,))
        number = next(
            each.id for _, each in queries.dossier(store, SYSTEM).traces if each.record.trace_id == trace.trace_id
        )
    screen = dashboard.open("traces", system=SYSTEM, trace=str(number))
    assert MAIL not in screen.text
    (label,) = [label for label in screen.labels("toggle") if label.startswith("Show what redaction replaced")]
    screen.choose("toggle", label, True)
    assert f"Input, before redaction Write to {MAIL}" in screen.text
    with dashboard.store() as store:
        assert queries.events(store, limit=1)[0].action == "raw.read"


def test_a_system_without_traces_says_how_they_get_here(dashboard: Dashboard) -> None:
    with dashboard.store() as store:
        for number, file in queries.dossier(store, SYSTEM).evidence.items():
            if file.record.kind == "traces":
                evidence.remove(store, factories.principal(), SYSTEM, number)
    assert "No trace is stored." in dashboard.open("traces", system=SYSTEM).text
