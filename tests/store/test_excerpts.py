"""Texts of traces that may leave: released one by one, for that text only, by those who may, with both in the chain."""

from __future__ import annotations

from typing import Any

import pytest

from readiness.access import Principal
from readiness.errors import Conflict, Denied, NotFound
from readiness.model.assessment import System
from readiness.model.traces import Excerpt, Span, SpanField, Trace
from readiness.review.items import TraceSample
from readiness.services import evidence as evidence_service
from readiness.services import reviews
from readiness.services import traces as traces_service
from readiness.store import Store, queries
from tests import factories, stored
from tests.factories import SLUG, TODAY, assessment_file, evidence

DANA = factories.principal()
ASSESSOR = Principal.of("rosa", {"assessor", "owner", "exporter", "viewer"})
APPROVER = Principal.of("omar", {"approver"})


def span(**fields: Any) -> Span:
    stated: dict[str, Any] = {
        "span_id": "a",
        "name": "answer",
        "start_ns": 1,
        "end_ns": 2,
        "input": "What?",
        "output": "That.",
    }
    return Span(**stated | fields)


def put(store: Store, *spans: Span, trace_id: str = "t-1", slug: str = SLUG, **options: Any) -> None:
    system = System(slug=slug, name=slug)
    file = assessment_file(system=system)
    evidence_service.add_assessment(store, DANA, file, name=slug, digest=factories.digest(slug), as_of=TODAY)
    traces = (Trace(trace_id=trace_id, spans=list(spans)),)
    stored.add_evidence(store, DANA, slug, evidence("s.jsonl", kind="traces", options=options), traces=traces)


def sample(store: Store, slug: str = SLUG) -> TraceSample:
    return reviews.load(store, DANA, slug, as_of=TODAY).samples[0]


def seen(store: Store, field: SpanField = "input") -> tuple[int, Excerpt]:
    found = sample(store)
    return found.id, Excerpt.of(found.trace.trace_id, found.trace.spans[0], field)


def out(store: Store) -> list[tuple[str, str]]:
    """What may leave, and who said so."""
    return [(each.record.field, each.by) for each in sample(store).excerpts]


def test_a_text_is_released_by_itself_and_withdrawn_again(store: Store) -> None:
    put(store, span())
    done = traces_service.release(store, APPROVER, SLUG, *seen(store, "output"))
    assert done.sentence == "The output of answer may leave in packs for security reviewers"
    assert out(store) == [("output", "omar")]
    assert not traces_service.release(store, DANA, SLUG, *seen(store, "output")).changed
    assert traces_service.withdraw(store, DANA, SLUG, *seen(store, "output")).sentence == (
        "The output of answer no longer leaves in packs"
    )
    assert out(store) == []
    assert not traces_service.withdraw(store, DANA, SLUG, *seen(store, "output")).changed
    told = [(each.action, each.actor) for each in queries.events(store)][:2]
    assert told == [("excerpt.hold-back", DANA.name), ("excerpt.let-out", "omar")]


@pytest.mark.parametrize(("name", "told"), [(" ", "a span without a name"), ("x" * 20_000, "x" * 80)])
def test_what_is_recorded_names_the_span_in_one_line(store: Store, name: str, told: str) -> None:
    put(store, span(name=name))
    done = traces_service.release(store, APPROVER, SLUG, *seen(store, "output"))
    assert done.sentence == f"The output of {told} may leave in packs for security reviewers"


def test_a_text_that_became_another_no_longer_leaves(store: Store) -> None:
    put(store, span())
    for field in ("input", "output"):
        traces_service.release(store, APPROVER, SLUG, *seen(store, field))
    put(store, span(output="Another."), mapping={"workflow": "x"})
    assert out(store) == [("input", "omar")]
    dropped = queries.events(store)[1]
    assert (dropped.action, dropped.actor, dropped.subject) == ("excerpt.hold-back", DANA.name, "trace t-1")
    assert dropped.sentence.startswith("The output of a span no longer leaves in packs")
    put(store, span(), mapping={"workflow": "y"})
    assert out(store) == [("input", "omar")]  # once withdrawn, nobody released it again
    traces_service.release(store, DANA, SLUG, *seen(store, "output"))
    assert out(store) == [("input", "omar"), ("output", DANA.name)]
    put(store, span(span_id="b"), mapping={"workflow": "z"})
    assert out(store) == []


def test_what_was_seen_must_still_stand_there(store: Store) -> None:
    put(store, span())
    before = seen(store)
    put(store, span(input="Something else?"), mapping={"workflow": "x"})
    trace_id, _ = seen(store)
    with pytest.raises(Conflict, match=r"the input of answer is another text now; nothing was released"):
        traces_service.release(store, APPROVER, SLUG, trace_id, before[1])
    assert out(store) == []


@pytest.mark.parametrize("wrong", [{"span_id": "b"}, {"trace_id": "t-2"}])
def test_a_span_that_is_not_there_is_told(store: Store, wrong: dict[str, str]) -> None:
    put(store, span())
    trace_id, excerpt = seen(store)
    with pytest.raises(NotFound, match=r"the trace t-1 has no span"):
        traces_service.release(store, APPROVER, SLUG, trace_id, excerpt.model_copy(update=wrong))
    with pytest.raises(NotFound, match=r"has no trace 99"):
        traces_service.release(store, APPROVER, SLUG, 99, excerpt)


def test_a_trace_of_another_system_is_not_reached(store: Store) -> None:
    put(store, span())
    put(store, span(), slug="other")
    with pytest.raises(NotFound, match=r"other has no trace"):
        traces_service.release(store, APPROVER, "other", *seen(store))
    traces_service.release(store, APPROVER, SLUG, *seen(store))
    assert sample(store, "other").excerpts == ()


def test_only_those_who_may_let_texts_out(store: Store) -> None:
    put(store, span())
    for write in (traces_service.release, traces_service.withdraw):
        with pytest.raises(Denied, match=r"rosa may not release texts of traces"):
            write(store, ASSESSOR, SLUG, *seen(store))
    assert out(store) == []


def test_with_its_file_goes_what_was_released(store: Store) -> None:
    put(store, span())
    traces_service.release(store, APPROVER, SLUG, *seen(store))
    file = next(iter(queries.dossier(store, SLUG).evidence))
    evidence_service.remove(store, DANA, SLUG, file)
    put(store, span())
    assert out(store) == []
