"""Slides for a board: one a system, texts that fit, no foreign name, and the same bytes twice."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import zipfile

import pytest
from pptx import Presentation
from pptx.util import Emu

from readiness import pack
from readiness.access import Grant, Principal
from readiness.errors import Denied, InputError, NotFound, StoreError
from readiness.pack import Pack, board, slides
from readiness.pack.fitting import fitted, lines
from readiness.store.changes import packs as changes
from tests.pack import paper

from .conftest import DAY, NOON, RECIPIENT, Desk, asking, ordinary


def built(desk: Desk, *systems: str, audience: str = "leadership") -> Pack:
    return board.build(desk.store, desk.by, systems, asking(audience), as_of=DAY, made_at=NOON)


@pytest.fixture
def two(desk: Desk) -> Desk:
    desk.fill()
    desk.bare("other")
    return desk


def test_there_is_a_slide_for_each_system_after_one_that_counts_them(two: Desk) -> None:
    first, *others = paper.slides(built(two).body)
    assert "Where 2 systems stand" in first
    assert len(others) == 2
    taken = two.take("leadership")
    [own] = [slide for slide in others if "Plain system name Plain candidate" in slide]
    assert str(taken.head["verdict"]) in own
    assert "Plain boundary owner" in own
    assert "3 open gaps, 1 overdue" in own
    assert f"recipient: {RECIPIENT}" in own
    assert "As of 23 Nov 2026" in own
    assert all("Draft – incomplete" in slide for slide in [first, *others])


def test_systems_are_those_asked_for_in_their_order(two: Desk) -> None:
    assert [slide.split(" 2026.11")[0] for slide in paper.slides(built(two, "other").body)[1:]] == ["Copilot"]
    assert "Plain system name" in paper.slides(built(two, "other", "copilot", "other").body)[2]
    with pytest.raises(NotFound):
        built(two, "none")


def test_nobody_gets_a_system_that_they_may_not_export(two: Desk) -> None:
    some = dataclasses.replace(
        two, by=Principal("sam", frozenset({Grant("exporter", "other"), Grant("viewer", "copilot")}))
    )
    assert len(paper.slides(built(some).body)) == 2
    with pytest.raises(Denied):
        built(some, "copilot")
    with pytest.raises(NotFound, match="no system may be exported"):
        built(dataclasses.replace(two, by=Principal("eve", frozenset({Grant("viewer", "copilot")}))))


def test_slides_are_for_leaders(two: Desk) -> None:
    with pytest.raises(InputError, match="slides are for leaders"):
        built(two, audience="security")


def test_the_same_snapshots_give_the_same_bytes(two: Desk) -> None:
    made = built(two)
    assert made.body == built(two).body
    assert made.name == "board_2026-11-23.pptx"
    with zipfile.ZipFile(io.BytesIO(made.body)) as members:
        assert {member.date_time for member in members.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    known = Presentation(io.BytesIO(made.body)).core_properties
    assert (known.author, known.last_modified_by, known.created) == (
        "readiness",
        "readiness",
        NOON.replace(tzinfo=None),
    )


def test_no_tenant_and_no_text_of_others_is_in_it(desk: Desk) -> None:
    kept = ("cell.tenant", "trace.tenant", "results.name", "traces.name", "mark.note", "span.input", "system.owner")
    desk.fill(lambda field: f"Zq{field.replace('.', '')}zq" if field in kept else ordinary(field))
    inside = paper.members(built(desk).body)
    assert [field for field in kept if f"Zq{field.replace('.', '')}zq" in inside] == []


HOSTILE = '<a:t>x</a:t> & "quoted" \x07 \u202edesrever =cmd()'


def test_hostile_and_long_text_stays_text_within_its_slide(desk: Desk) -> None:
    desk.fill(lambda field: f"{field} {HOSTILE} {'W' * 150}" if field != "evidence.format" else "csv")
    deck = Presentation(io.BytesIO(built(desk).body))
    assert deck.slide_width == Emu(round(slides.WIDTH * 12_700))
    for slide in deck.slides:
        for shape in slide.shapes:
            assert 0 <= shape.left <= shape.left + shape.width <= deck.slide_width
            assert 0 <= shape.top <= shape.top + shape.height <= deck.slide_height
    assert "<a:t>x</a:t> &" in " ".join(paper.slides(built(desk).body))


def test_every_text_fits_its_box_when_it_is_measured(two: Desk) -> None:
    for slide in Presentation(io.BytesIO(built(two).body)).slides:
        for shape in (shape for shape in slide.shapes if shape.has_text_frame and shape.text_frame.text):
            [run] = shape.text_frame.paragraphs[0].runs
            assert run.font.size
            assert run.font.size.pt >= 7
            needed = lines(run.text, shape.width.pt, run.font.size.pt, bold=bool(run.font.bold))
            assert (needed - 1) * run.font.size.pt * 1.22 <= shape.height.pt


def test_a_text_is_set_smaller_and_then_cut_where_it_does_not_fit() -> None:
    assert fitted("Short", 100, 20, (14, 10), bold=False) == (14, "Short")
    assert fitted("Some more words", 90, 13, (14, 10), bold=False) == (10, "Some more words")
    size, cut = fitted("many words " * 40, 100, 30, (14, 10), bold=True)
    assert size == 10
    assert cut.endswith(" …")
    assert lines(cut, 100, 10, bold=True) <= 2
    assert lines("通関保留の確認" * 4, 100, 10, bold=False) >= 3


def test_slides_are_recorded_for_each_system_before_they_leave(two: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    made = built(two)
    sent = [state.sent for slug in ("copilot", "other") for state in pack.sent(two.store, two.by, slug, as_of=DAY)]
    assert [(one.system, one.record.format, one.record.audience) for one in sent] == [
        ("copilot", "pptx", "leadership"),
        ("other", "pptx", "leadership"),
    ]
    assert {one.record.digest for one in sent} == {hashlib.sha256(made.body).hexdigest()}

    def fail(*_: object) -> None:
        raise StoreError("the disk is full; nothing was stored")

    monkeypatch.setattr(changes, "send", fail)
    with pytest.raises(StoreError):
        built(two)
