"""The file to be filled in is read as it stands, and says what each question asks."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from readiness.exports import blank_assessment
from readiness.model.assessment import Assessment, AssessmentFile, System
from readiness.model.card import FACTS
from readiness.model.checklist import Checklist
from readiness.services import Store, imports
from tests import factories


def read(store: Store, folder: Path, text: str) -> AssessmentFile:
    path = folder / "assessment.toml"
    path.write_text(text, "utf-8")
    batch = imports.read(store, factories.principal(), imports.ImportRequest(path=path))
    assert batch.assessment
    return batch.assessment


def test_it_is_read_as_it_stands_with_every_question_open(
    sqlite_store: Store, tmp_path: Path, checklist: Checklist
) -> None:
    text = blank_assessment.text(checklist)
    found = read(sqlite_store, tmp_path, text)
    assert (found.system.slug, found.assessment.candidate) == ("my-system", "1.0")
    assert [(mark.signal, mark.mark) for mark in found.marks] == [(signal, None) for signal in checklist.ids]
    assert all(signal.risk in text and signal.needs in text for signal in checklist.all)


def test_what_is_filled_in_is_read_back(sqlite_store: Store, tmp_path: Path, checklist: Checklist) -> None:
    text = blank_assessment.text(checklist).replace("# mark = ", "mark = ")
    assert {mark.mark for mark in read(sqlite_store, tmp_path, text).marks} == {"no"}


def test_it_states_what_is_known_of_a_system(sqlite_store: Store, tmp_path: Path, checklist: Checklist) -> None:
    system = System(slug="desk", name='Night "Desk"\\n', owner="rosa")
    first = Assessment(candidate="2", baseline="1", scope="Refunds\nonly", assessed_on=dt.date(2026, 11, 1))
    found = read(sqlite_store, tmp_path, blank_assessment.text(checklist, system, first))
    assert (found.system, found.assessment) == (system, first)


def test_what_is_answered_already_is_not_asked_again(sqlite_store: Store, tmp_path: Path, checklist: Checklist) -> None:
    text = blank_assessment.text(checklist, answered={"capacity", "ownership"})
    signals = [mark.signal for mark in read(sqlite_store, tmp_path, text).marks]
    assert signals == [signal for signal in checklist.ids if signal not in ("capacity", "ownership")]


def test_the_card_is_asked_for_and_what_is_filled_in_is_read_back(
    sqlite_store: Store, tmp_path: Path, checklist: Checklist
) -> None:
    text = blank_assessment.text(checklist)
    assert read(sqlite_store, tmp_path, text).card is None
    assert all(fact.asked in text for fact in FACTS)
    head, _, asked = text.partition("# [card]\n")
    filled = asked.partition("\n\n")[0].replace("# ", "", 1).replace("\n# ", "\n").replace('""', '"stated"')
    card = read(sqlite_store, tmp_path, f"{head}[card]\n{filled}\n").card
    assert card is not None
    assert (card.users, card.evaluation.judge, card.limits) == ("stated", "stated", [])
    assert card.incidents_until == dt.date(2026, 12, 31)
