"""What changed since a pack: what is stated, for the same reader, by the numbers that they know."""

from __future__ import annotations

import datetime as dt
import html
from typing import Any

import pytest

from readiness import clock, pack
from readiness.access import GRANTS, Principal
from readiness.errors import Denied, InputError, NotFound
from readiness.model.cells import Cell
from readiness.model.policy import Gate, ReleasePolicy
from readiness.pack import profiles, render
from readiness.pack.since import Change
from readiness.services import marks, packs, revisions
from tests import stored

from .conftest import DAY, NOON, Desk, evidence, ordinary

COUNTS = {"Vorlanta": 300, "Kesmerin": 120, "Brudoska": 60}
LATER = DAY + dt.timedelta(days=6)


def send(desk: Desk, audience: str = "security", **asked: Any) -> int:
    desk.build(audience, asked={"draft": True, **asked})
    return pack.sent(desk.store, desk.by, "copilot", as_of=DAY)[0].sent.id


def since(desk: Desk, number: int, as_of: dt.date = DAY) -> pack.Snapshot:
    return pack.take_since(desk.store, desk.by, "copilot", number, as_of=as_of, made_at=NOON)


def changes(taken: pack.Snapshot, title: str = "") -> list[Change]:
    (section,) = taken.sections
    parts: Any = section.data["parts"]
    return [row for part in parts if title in ("", part["title"]) for row in part["rows"]]


def tenants(desk: Desk, counts: dict[str, int], name: str = "tenants.csv", mean: float = 0.9) -> None:
    figures = [
        Cell(
            version="2026.11",
            metric="task_success",
            unit="ratio",
            direction="higher",
            dimension="tenant",
            value=tenant,
            mean=mean,
            n=n,
        )
        for tenant, n in counts.items()
    ]
    file = evidence("results", name, ordinary).model_copy(update={"name": name})
    stored.add_evidence(desk.store, desk.by, "copilot", file, figures)


def gated(*tenants: str) -> ReleasePolicy:
    return ReleasePolicy(gates=[Gate(metric="task_success", cohort=f"tenant={name}", min=0.95) for name in tenants])


def store_policy(desk: Desk, policy: ReleasePolicy) -> None:
    revisions.save(desk.store, desk.by, "copilot", desk.review().assessment_id, policy, seen=1)


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


@pytest.fixture
def filled(desk: Desk) -> Desk:
    desk.fill()
    return desk


@pytest.mark.parametrize("audience", pack.AUDIENCES)
def test_where_nothing_changed_nothing_is_told(filled: Desk, audience: str) -> None:
    taken = since(filled, send(filled, audience))
    assert changes(taken) == []
    assert "Nothing that the pack says is different." in render.markdown(taken)
    assert str(taken.head["sentence"]).startswith("Nothing is different since the pack of ")


@pytest.mark.parametrize("audience", pack.AUDIENCES)
def test_that_days_passed_is_no_change(filled: Desk, audience: str) -> None:
    told = changes(since(filled, send(filled, audience), LATER))
    for row in told:
        assert not {"today", "yesterday"} & set(str(row["now"]).split()), row
    late = {"4 days overdue", "10 days overdue"}
    assert not any(end in str(row["now"]) for row in told for end in late), told


def test_the_reader_the_stamp_and_the_classification_are_those_of_the_pack(filled: Desk) -> None:
    number = send(filled, recipient="Acme Bank", purpose="Audit", classification="Internal", contact="Rosa")
    taken = since(filled, number)
    stamp = {key: taken.stamp[key] for key in ("recipient", "purpose", "classification", "contact")}
    assert stamp == {"recipient": "Acme Bank", "purpose": "Audit", "classification": "Internal", "contact": "Rosa"}
    assert taken.audience == "security"
    for text in (render.markdown(taken), html.unescape(render.html(taken))):
        assert "Acme Bank" in text
        assert f"Pack {number} as of 23 Nov 2026, sent on" in text


def test_a_gate_that_fails_now_and_a_new_file_are_told(desk: Desk) -> None:
    gate = Gate(metric="task_success", min=0.8)
    desk.bare(policy=ReleasePolicy(gates=[gate]))
    tenants(desk, COUNTS)
    overall: dict[str, Any] = {"unit": "ratio", "direction": "higher", "n": 400, "metric": "task_success"}
    first = evidence("results", "one", ordinary).model_copy(update={"name": "one.csv"})
    stored.add_evidence(desk.store, desk.by, "copilot", first, [Cell(version="2026.11", mean=0.9, **overall)])
    number = send(desk)
    second = evidence("results", "two", ordinary).model_copy(update={"name": "two.csv", "measured_on": DAY})
    stored.add_evidence(desk.store, desk.by, "copilot", second, [Cell(version="2026.11", mean=0.7, **overall)])
    taken = since(desk, number)
    (row,) = [row for row in changes(taken, "Gates") if str(row["what"]).endswith(": state")]
    assert (row["then"], row["now"]) == ("✓ pass", "✕ fail")
    files = [row for row in changes(taken, "Provenance") if row["how"] == "new"]
    assert len(files) == 1
    assert "SHA-256" in str(files[0]["now"])


def test_an_answer_and_a_gap_that_moved_are_told_then_and_now(filled: Desk) -> None:
    number, review = send(filled, "procurement"), filled.review()
    answers = {answer.signal.id: answer for answer in review.answers}
    for signal, change in (
        ("cohort-success", {"mark": "yes", "owner": "rosa", "due": DAY}),
        ("capacity", {"due": DAY + dt.timedelta(days=30)}),
    ):
        mark = answers[signal].mark.model_copy(update=change)
        seen = answers[signal].row_version
        marks.answer(filled.store, filled.by, "copilot", review.assessment_id, mark, seen=seen, reason="later")
    told = {str(row["what"]): (row["then"], row["now"]) for row in changes(since(filled, number), "Checklist")}
    (answer,) = [values for what, values in told.items() if what.endswith("Task success per cohort: answer")]
    assert (str(answer[0]).split(";")[0], answer[1]) == ("No – controlled", "Yes – gap")
    (moved,) = [values for what, values in told.items() if what.endswith("Capacity at expansion: due")]
    assert moved == ("2 Dec 2026", "23 Dec 2026")


def test_a_row_that_is_gone_is_told_as_gone(desk: Desk) -> None:
    desk.bare(policy=ReleasePolicy(gates=[Gate(metric="task_success", min=0.8), Gate(metric="cost", max=2)]))
    number = send(desk)
    document = desk.review()
    from readiness.services import revisions

    kept = ReleasePolicy(gates=[Gate(metric="task_success", min=0.8)])
    revisions.save(desk.store, desk.by, "copilot", document.assessment_id, kept, seen=1)
    (row,) = [row for row in changes(since(desk, number), "Gates") if row["how"] == "gone"]
    assert row["now"] == "–"


def test_each_name_keeps_its_number_though_another_one_is_larger_now(desk: Desk) -> None:
    desk.bare(policy=gated(*COUNTS))
    tenants(desk, COUNTS)
    number = send(desk, "procurement")
    before = packs.one(desk.store, desk.by, "copilot", number).record.numbers
    assert set(before.values()) >= {"tenant 1", "tenant 2", "tenant 3"}
    tenants(desk, {"Kesmerin": 9000, "Zetumba": 8000}, "more.csv", 0.5)
    store_policy(desk, gated(*COUNTS, "Zetumba"))
    taken = since(desk, number)
    assert taken.numbers.items() >= before.items()
    assert "tenant 4" in taken.numbers.values()
    assert "Numbers stand for the same names as in that pack." in render.markdown(taken)
    assert "The largest has number 1" not in render.markdown(taken)
    alone = desk.take("procurement")
    assert {alone.numbers[key] for key in before if before[key] == "tenant 2"} == {"tenant 1"}, "it numbers anew"


def _documents(taken: pack.Snapshot) -> list[str]:
    texts = [pack.FORMATS[form].render(taken).decode("utf-8", "replace") for form in ("md", "html")]
    return [*map(html.unescape, texts), str(taken.data())]


@pytest.mark.parametrize("audience", pack.AUDIENCES)
def test_no_name_that_the_reader_may_not_have_is_in_it(desk: Desk, audience: str) -> None:
    desk.bare(policy=gated(*COUNTS))
    tenants(desk, COUNTS)
    own = {"customer": "Vorlanta"} if pack.AUDIENCES[audience].one_customer else {}
    number = send(desk, audience, **own)
    tenants(desk, {"Kesmerin": 9000, "Zetumba": 8000}, "Poltumba.csv", 0.5)
    store_policy(desk, gated(*COUNTS, "Zetumba"))
    taken = since(desk, number)
    assert changes(taken)
    foreign = {"Kesmerin", "Brudoska", "Zetumba", "Poltumba", *(() if own else {"Vorlanta"})}
    for text in _documents(taken):
        assert not {name for name in foreign if name.casefold() in text.casefold()}


def test_a_name_that_was_public_once_is_not_told_again_through_what_was_sent(desk: Desk) -> None:
    desk.bare(policy=gated(*COUNTS).model_copy(update={"public_dimensions": ["tenant"]}))
    tenants(desk, COUNTS)
    number = send(desk, "procurement")
    said = packs.one(desk.store, desk.by, "copilot", number).record.data
    assert "Kesmerin" in str(said)
    store_policy(desk, gated(*COUNTS))
    taken = since(desk, number)
    for text in _documents(taken):
        assert not {name for name in COUNTS if name.casefold() in text.casefold()}


def test_a_field_that_may_no_longer_leave_is_not_told_through_what_was_sent(
    filled: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = send(filled)
    profile = profiles.AUDIENCES["security"]
    narrower = {**profile.sections}
    fields = narrower["monitoring"].fields
    narrower["monitoring"] = profiles.Allowed(fields=fields - {"cadence"})
    del narrower["traces"]
    monkeypatch.setitem(profiles.AUDIENCES, "security", profile.model_copy(update={"sections": narrower}))
    taken = since(filled, number)
    assert "Cadence" not in str(changes(taken))
    assert ordinary("plan.review_cadence") not in str(taken.data())
    assert ordinary("trace.note") not in str(taken.data())


def test_it_leaves_in_every_form_and_is_recorded_with_what_it_is_about(filled: Desk) -> None:
    number = send(filled)
    for form, kind in pack.FORMATS.items():
        made = pack.build_since(filled.store, filled.by, "copilot", number, as_of=DAY, format=form, made_at=NOON)
        assert f"security-changes-since-pack-{number}_2026-11-23.{kind.ending or form}" in made.name
        newest = pack.sent(filled.store, filled.by, "copilot", as_of=DAY)[0].sent.record
        assert (newest.since, newest.format, newest.audience) == (number, form, "security")


def test_a_look_at_it_is_not_recorded(filled: Desk) -> None:
    since(filled, send(filled))
    assert len(pack.sent(filled.store, filled.by, "copilot", as_of=DAY)) == 1


def test_what_changed_since_what_changed_is_asked_of_the_whole_pack(filled: Desk) -> None:
    number = send(filled)
    pack.build_since(filled.store, filled.by, "copilot", number, as_of=DAY)
    with pytest.raises(InputError, match=f"pack {number + 1} says only what changed; expected pack {number}"):
        since(filled, number + 1)


def test_only_who_exports_gets_it_and_of_no_other_system(filled: Desk) -> None:
    number = send(filled)
    for by in (Principal.of("vera", {"viewer"}), Principal.of("sam", GRANTS, {"elsewhere"})):
        with pytest.raises(Denied):
            pack.build_since(filled.store, by, "copilot", number, as_of=DAY)
    with pytest.raises(NotFound):
        since(filled, number + 100)
