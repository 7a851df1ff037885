"""A pack in another language than English says so, is shown in it, and is compared in it; keys stay English."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest

from readiness import clock, language, pack
from readiness.errors import InputError
from readiness.pack import board, questionnaire, render
from readiness.pack.questionnaire import frameworks, matching
from readiness.pack.snapshot import Snapshot
from readiness.pack.twins.claims import Told
from readiness.seal import archive
from tests.pack import paper

from .conftest import DAY, NOON, Desk, asking

GERMAN = "de"


@pytest.fixture(scope="module")
def filled(shared_desk: Desk) -> Iterator[Desk]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: NOON)
        shared_desk.fill()
        yield shared_desk


def keys(value: object) -> object:
    """The shape of data: its keys, without any text."""
    if isinstance(value, dict):
        return {key: keys(entry) for key, entry in value.items() if key != "language"}
    return [keys(entry) for entry in value] if isinstance(value, list | tuple) else None


def both(desk: Desk, audience: str) -> tuple[Snapshot, Snapshot]:
    return desk.take(audience), desk.take(audience, language=GERMAN)


@pytest.mark.parametrize("audience", pack.AUDIENCES)
def test_it_says_its_language_and_has_the_same_keys(filled: Desk, audience: str) -> None:
    english, german = both(filled, audience)
    assert (english.data().get("language"), german.data()["language"]) == (None, GERMAN)
    assert keys(english.data()) == keys(german.data())
    assert Snapshot.of(german.data()).data() == german.data()
    assert [section.title for section in english.sections] != [section.title for section in german.sections]


@pytest.mark.parametrize("audience", pack.AUDIENCES)
def test_every_view_speaks_as_the_snapshot_does_whoever_looks(filled: Desk, audience: str) -> None:
    _, german = both(filled, audience)
    shown = render.html(german)
    assert '<html lang="de">' in shown
    assert "Gültig bis" in shown
    assert "Valid until" not in shown
    assert "Gültig bis" in render.markdown(german)
    with language.use(GERMAN):
        assert render.html(german) == shown
        assert '<html lang="en">' in render.html(filled.take(audience, language="en"))


@pytest.mark.parametrize("audience", pack.AUDIENCES)
def test_claims_are_the_same_in_either_language(filled: Desk, audience: str) -> None:
    english, german = (Told(taken) for taken in both(filled, audience))
    outcomes = [[(claim.kind, claim.outcome) for claim in told.claims] for told in (english, german)[:1]]
    with language.use(GERMAN):
        outcomes.append([(claim.kind, claim.outcome) for claim in german.claims])
    assert outcomes[0] == outcomes[1]
    assert "language" not in english.stamp
    assert german.stamp["language"] == GERMAN


@pytest.mark.parametrize("framework", frameworks.every())
@pytest.mark.parametrize("audience", pack.AUDIENCES)
def test_a_questionnaire_answers_as_far_in_either_language(filled: Desk, audience: str, framework: str) -> None:
    asked = matching.of_framework(frameworks.get(framework))
    english, german = (questionnaire.fill(taken, asked) for taken in both(filled, audience))
    states = [{place: answer.state for place, answer in one.answers.items()} for one in (english, german)]
    assert states[0] == states[1]


@pytest.mark.parametrize("audience", pack.AUDIENCES)
def test_where_nothing_changed_nothing_is_told_in_german_either(filled: Desk, audience: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: NOON)
        filled.build(audience, asked={"language": GERMAN})
        (sent, *_) = pack.sent(filled.store, filled.by, "copilot", as_of=DAY)
        assert sent.out_of_date == ()
        taken = pack.take_since(filled.store, filled.by, "copilot", sent.sent.id, as_of=DAY, made_at=NOON)
    (section,) = taken.sections
    assert section.data["parts"] == []
    assert taken.language == GERMAN
    assert "Nichts, was die Mappe sagt, ist anders." in render.markdown(taken)


@pytest.mark.parametrize("audience", pack.AUDIENCES)
def test_that_days_passed_is_no_change_in_either_language(filled: Desk, audience: str) -> None:
    told = []
    for spoken in ("en", GERMAN):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(clock, "now", lambda: NOON)
            filled.build(audience, asked={"language": spoken})
            (sent, *_) = pack.sent(filled.store, filled.by, "copilot", as_of=DAY)
            later = DAY + dt.timedelta(days=6)
            taken = pack.take_since(filled.store, filled.by, "copilot", sent.sent.id, as_of=later, made_at=NOON)
        (section,) = taken.sections
        parts: Any = section.data["parts"]
        told.append([len(part["rows"]) for part in parts])
    assert told[0] == told[1]


def test_whoever_reads_english_sees_no_change_in_a_german_pack(filled: Desk) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: NOON)
        filled.build("security", asked={"language": GERMAN})
        for spoken in ("en", GERMAN):
            with language.use(spoken):
                (sent, *_) = pack.sent(filled.store, filled.by, "copilot", as_of=DAY)
                assert sent.out_of_date == (), spoken


def test_leaders_get_one_page(filled: Desk) -> None:
    made = filled.build("leadership", asked={"language": GERMAN}, format="pdf")
    assert len(paper.pages(made.body)) == 1
    assert made.name.endswith("_2026-11-23_de.pdf")
    assert "Nachweismappe Leitung" in paper.pages(made.body)[0]


def test_every_form_of_it_leaves_together(filled: Desk) -> None:
    members = archive.unpack(filled.build("security", asked={"language": GERMAN}, format="zip").body)
    assert json.loads(members["snapshot.json"])["language"] == GERMAN
    assert {name for name in members if name.startswith("tables/")} >= {"tables/gates.csv"}
    assert members["tables/gates.csv"].decode("utf-8-sig").startswith('"gate","state"')
    english = archive.unpack(filled.build("security", asked={"language": "en"}, format="zip").body)
    assert english.keys() == members.keys()


def test_slides_speak_it(filled: Desk) -> None:
    request = asking("leadership", language=GERMAN)
    made = board.build(filled.store, filled.by, ["copilot"], request, as_of=DAY, made_at=NOON)
    from pptx import Presentation

    assert Presentation(io.BytesIO(made.body)).core_properties.language == GERMAN


def test_a_language_that_is_not_there_is_refused() -> None:
    with pytest.raises(InputError, match=r"the language 'xx' is not known"):
        pack.Request.checked(audience="leadership", language="xx")


def test_without_one_it_speaks_that_of_whoever_asks(filled: Desk) -> None:
    with language.use(GERMAN):
        assert filled.take("leadership").language == GERMAN
