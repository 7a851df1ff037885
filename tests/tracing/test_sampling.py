from __future__ import annotations

from collections.abc import Collection, Iterator
from random import Random
from typing import Any

import numpy as np
import pytest

from readiness.model.traces import KeptReason, Span, Trace
from readiness.tracing import sampling
from readiness.tracing.sampling import FEW, MOST, Summaries, says_escalated, told
from readiness.tracing.sampling import propose as propose_rows

MS = 1_000_000


def one(trace_id: str, version: str, workflow: str, ms: int = 0, *, handed: bool = False, **fields: Any) -> Trace:
    """A trace that lasts so long and, if it failed, failed in its root."""
    status = "error" if fields.pop("failed", False) else "unset"
    root = span("a", MS, (ms + 1) * MS, status=status, attributes={"escalated": True} if handed else {})
    return Trace(trace_id=trace_id, version=version, workflow=workflow, spans=[root], **fields)


def many(workflow: str = "refund", number: int = 100) -> list[Trace]:
    """Traces that last 1 ms, 2 ms and so on."""
    return [one(f"{workflow}-{ms}", "2", workflow, ms) for ms in range(1, number + 1)]


def propose(traces: list[Trace], labelled: Collection[str] = ()) -> dict[str, str]:
    ids = [each.trace_id for each in traces]
    return {ids[row]: told(reasons) for row, reasons in propose_rows(Summaries.of(traces), ids, labelled).items()}


LABELLED = "labelled by a person before"


def span(span_id: str, start: int, end: int | None, **fields: object) -> Span:
    return Span(span_id=span_id, start_ns=start, end_ns=end, **fields)  # type: ignore[arg-type]


def test_a_small_file_is_kept_whole_and_gives_no_reasons() -> None:
    assert propose(many(number=FEW)) == {f"refund-{ms}": "" for ms in range(1, FEW + 1)}


def test_fifty_traces_are_kept_whole_and_two_hundred_of_a_larger_file() -> None:
    assert (FEW, MOST) == (50, 200)
    assert propose(many(number=51)) == {
        "refund-51": "slowest of refund, 51 ms",
        "refund-26": "typical of refund, 26 ms",
    }


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_the_file_does_not_change_what_is_typical(seed: int) -> None:
    shuffled = many(number=501)
    Random(seed).shuffle(shuffled)  # noqa: S311 - an order, no secret
    assert list(propose(shuffled)) == ["refund-501", "refund-251"]


def test_where_room_ends_within_a_workflow_its_first_is_kept() -> None:
    alike = [one(f"alike-{at}", "2", "alike", 5) for at in range(3)]
    crowd = [one(f"{at}-{ms}", "2", f"w-{at}", ms) for at in range(150) for ms in (1, 2)]
    found = propose([*alike, *crowd])
    assert (len(found), "98-1" in found, list(found)[-1]) == (MOST, True, "99-2")


def test_a_workflow_that_no_trace_has_gives_no_reasons() -> None:
    each, none = np.arange(60), np.zeros(60, dtype=bool)
    rows = propose_rows(Summaries(none.astype(int), [("2", "a"), ("2", "b")], each, none, none), [""] * 60)
    assert list(rows) == [59, 29]


def test_the_name_of_a_workflow_is_cut_after_sixty_characters() -> None:
    assert told([KeptReason(kind="slowest", workflow="w" * 61)]) == f"slowest of {'w' * 60}, 0 ms"


def test_of_many_the_slowest_and_a_typical_one_are_proposed_with_their_reasons() -> None:
    assert propose(many()) == {
        "refund-100": "slowest of refund, 100 ms",
        "refund-50": "typical of refund, 50 ms",
    }


def test_what_failed_or_was_escalated_is_proposed_by_one_that_is_like_most_of_them() -> None:
    failed = [one(f"f-{ms}", "2", "refund", ms, failed=True) for ms in (10, 20, 90)]
    handed = [one(f"e-{ms}", "2", "refund", ms, handed=True) for ms in (7, 8, 9)]
    found = propose([*many(), *failed, *handed])
    assert found["f-20"] == "failed, as 3 of 106 of refund did"
    assert found["e-8"] == "escalated, as 3 of 106 of refund were"


def test_a_trace_that_shows_two_things_is_kept_once_with_both_reasons() -> None:
    last = one("f", "2", "refund", 900, failed=True)
    assert propose([*many(), last])["f"] == "slowest of refund, 900 ms; failed, as 1 of 101 of refund did"


def test_the_typical_trace_has_not_failed() -> None:
    failing = [one(f"f-{at}", "2", "refund", 50, failed=True) for at in range(60)]
    found = propose([*failing, one("sound", "2", "refund", 900)])
    assert found["sound"] == "slowest of refund, 900 ms; typical of refund, 900 ms"


def test_every_version_and_workflow_has_its_own() -> None:
    old = [one(f"old-{at}", "1", "refund", at) for at in range(60)]
    assert {key.partition("-")[0] for key in propose([*many(), *many("quote"), *old, *many("")])} == {
        "refund",
        "quote",
        "old",
        "",
    }
    assert propose(many(""))["-100"] == "slowest of those without a workflow, 100 ms"


def test_what_a_person_labelled_before_stays_whatever_else_is_proposed() -> None:
    found = propose(many(), {"refund-3", "refund-50", "gone"})
    assert found["refund-3"] == LABELLED
    assert found["refund-50"] == f"{LABELLED}; typical of refund, 50 ms"
    assert "gone" not in found


def test_a_trace_for_each_path_that_the_file_itself_labels_is_proposed() -> None:
    labelled = [one(f"l-{at}", "2", "refund", 50, path="escalation") for at in range(3)]
    found = propose([*many(), *labelled])
    assert found["l-0"] == "escalated, as 3 of 103 of refund were; labelled escalation in the file"


def test_a_field_that_names_a_workflow_for_each_trace_does_not_keep_them_all() -> None:
    crowd = [one(f"t-{at}", "2", f"w-{at}") for at in range(3000)]
    found = propose([*crowd, *many()], {"t-2999"})
    assert len(found) == MOST + 1
    assert {"refund-100", "refund-50", "t-2999"} <= found.keys()
    assert found["t-2999"] == f"{LABELLED}; slowest of w-2999, 0 ms; typical of w-2999, 0 ms"


def test_workflows_for_which_there_is_no_room_are_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at, look = list[int](), sampling._of_group

    def counted(summaries: Summaries, number: int) -> Iterator[tuple[int, KeptReason]]:
        looked_at.append(number)
        return look(summaries, number)

    monkeypatch.setattr(sampling, "_of_group", counted)
    each, none = np.arange(100_000), np.zeros(100_000, dtype=bool)
    ids = [f"t-{at}" for at in each]
    assert len(propose_rows(Summaries(each, [("2", f"w-{at}") for at in each], each, none, none), ids)) == MOST
    assert len(looked_at) == MOST


def summary(trace: Trace) -> tuple[int, bool, bool]:
    found = Summaries.of([trace])
    return int(found.duration_ns[0]), bool(found.failed[0]), bool(found.escalated[0])


def test_a_trace_lasts_from_its_first_start_to_its_last_end() -> None:
    spans = [span("a", 5, 9), span("b", 3, 4), span("c", 8, 30), span("d", 40, None)]
    assert summary(Trace(trace_id="t", spans=spans))[0] == 27
    assert summary(Trace(trace_id="t", spans=[span("a", 5, None)]))[0] == 0
    assert summary(Trace(trace_id="t", spans=[span("a", 5, 2)]))[0] == 0


def test_a_trace_failed_if_any_of_its_spans_did() -> None:
    found = summary(Trace(trace_id="t", spans=[span("a", 1, 2, status="ok"), span("b", 1, 2, status="error")]))
    assert found[1:] == (True, False)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("escalated", True, True),
        ("app.escalated", "true", True),
        ("App.Escalation", "tier 2", True),
        ("escalated_to", "rosa", True),
        ("escalated", False, False),
        ("escalated", "False", False),
        ("escalated", 0, False),
        ("escalated", "", False),
        ("escalated", None, False),
        ("escalated", " No ", False),
        ("escalated", 0.0, False),
        ("escalated", "none", False),
        ("escalated", "null", False),
        ("app.human_handoff", 1, True),
        ("escalated_at_all", True, False),
        ("handoff", True, False),
    ],
)
def test_an_attribute_says_whether_a_request_was_handed_to_a_person(name: str, value: object, said: bool) -> None:
    assert says_escalated(name, value) == said
    assert summary(Trace(trace_id="t", spans=[span("a", 1, 2, attributes={name: value})]))[2] == said
