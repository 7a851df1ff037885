from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Iterator
from threading import Thread

import pytest

from readiness import formatting, language
from readiness.errors import InputError
from readiness.kept import Kept, spoken
from readiness.language import marked, tr, trc, trn
from tests.language import pseudo


@pytest.fixture(autouse=True)
def _unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(language.LANGUAGE_VARIABLE, raising=False)


@pytest.fixture
def german() -> Iterator[None]:
    with language.use("de"):
        yield


def test_english_is_what_is_said_unless_something_else_is_asked_for() -> None:
    assert (language.current(), tr("Store"), trn("{n} gap", "{n} gaps", 1_234)) == ("en", "Store", "1,234 gaps")
    assert language.available()[0] == "en"


def test_english_needs_no_catalogue_and_no_babel() -> None:
    program = (
        "import sys, datetime; from readiness import formatting; formatting.day(datetime.date(2026, 12, 1)); "
        "formatting.figure(0.5, 'ratio'); print(sorted({'babel', 'gettext'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_message_is_said_in_the_language_of_its_context() -> None:
    with language.use("de"):
        assert tr("Store for {slug}", slug="freight") == "Für freight speichern"
        with language.use("en"):
            assert tr("Store") == "Store"
        assert (trc("a day", "On"), trc("a system", "On")) == ("Am", "Auf")
    assert tr("Store") == "Store"


def test_what_no_catalogue_has_is_said_in_english(german: None) -> None:
    assert tr("What nobody translated") == "What nobody translated"
    assert trn("{n} unheard of", "{n} unheard ofs", 2) == "2 unheard ofs"
    assert tr("") == ""


@pytest.mark.parametrize("spoken_", ["en", "de"])
def test_a_text_without_values_may_hold_braces(spoken_: str) -> None:
    with language.use(spoken_):
        assert tr("a {name} of theirs") == "a {name} of theirs"


def test_what_is_marked_stays_what_it_is(german: None) -> None:
    assert marked("Store") == "Store"
    assert language.said({"a": marked("Store")})("a") == "Speichern"


def test_a_number_has_the_marks_of_its_language(german: None) -> None:
    assert trn("{n} gap chosen", "{n} gaps chosen", 1) == "1 Lücke gewählt"
    assert trn("{n} gap chosen", "{n} gaps chosen", 1_234) == "1.234 Lücken gewählt"
    assert formatting.whole(1_234_567) == "1.234.567"
    assert formatting.figure(0.12345, "ratio") == "12,3 %"
    assert formatting.figure(0.99999, "ratio") == "99,999 %"
    assert formatting.bound(2_000.5, "ms") == "2.000,5 ms"
    assert formatting.margin(0.05, "ratio") == "5 Punkte"
    assert formatting.difference(-0.149, "ratio") == "−14,9 Punkte"
    assert formatting.span((-0.149, float("inf")), "ratio") == "−14,9 bis offen"
    assert formatting.between(0.731, 0.851, "ratio") == "73,1 % bis 85,1 %"


def test_a_day_is_written_as_its_language_writes_it(german: None) -> None:
    assert formatting.day(dt.date(2026, 12, 1)) == "1. Dez. 2026"
    assert formatting.day(dt.datetime(2026, 5, 1, 9, tzinfo=dt.UTC)) == "1. Mai 2026"
    assert formatting.day(None) == "kein Datum"
    assert formatting.ago(dt.date(2026, 1, 1), dt.date(2026, 1, 4)) == "vor 3 Tagen"


def test_a_list_ends_in_its_own_word(german: None) -> None:
    assert formatting.listed(["a", "b", "c"]) == "a, b und c"
    assert formatting.listed(["a", "b"], formatting.OR) == "a oder b"


def test_only_english_writes_a_noun_small_within_a_sentence() -> None:
    assert language.within("Evidence") == "evidence"
    with language.use("de"):
        assert language.within("Nachweis") == "Nachweis"


def test_an_error_says_what_was_expected_in_its_language(german: None) -> None:
    assert str(InputError("x", place="row 3", expected="a number")) == "row 3: x; erwartet: a number."


def test_the_environment_names_the_language_of_whoever_does_not_choose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(language.LANGUAGE_VARIABLE, " de ")
    language.check()
    assert tr("Store") == "Speichern"
    with language.use("en"):
        assert tr("Store") == "Store"


def test_a_language_that_is_not_there_is_refused_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(language.LANGUAGE_VARIABLE, "tlh")
    with pytest.raises(InputError) as refused:
        language.check()
    assert str(refused.value) == "READINESS_LANGUAGE: the language 'tlh' is not known; expected one of en, de."
    assert tr("Store") == "Store"  # whoever is told meanwhile is told in English


def test_another_thread_says_what_the_environment_says() -> None:
    said: list[str] = []
    with language.use("de"):
        thread = Thread(target=lambda: said.append(tr("Store")))
        thread.start()
        thread.join()
    assert said == ["Store"]


def test_what_is_kept_is_kept_for_each_language() -> None:
    kept, asked = Kept(), spoken(4)(lambda: tr("Store"))
    told = []
    for name in ("en", "de", "en"):
        with language.use(name):
            told.append((kept.once("word", lambda: tr("Store")), asked()))
    assert told == [("Store", "Store"), ("Speichern", "Speichern"), ("Store", "Store")]


def test_the_pseudo_language_shows_what_went_through_a_catalogue() -> None:
    with pseudo.known() as name, language.use(name):
        assert tr("Store for {slug}", slug="x") == "⟦Store for x⟧"
        assert trn("{n} gap", "{n} gaps", 1_234) == "⟦1,234 gaps⟧"
        assert formatting.day(dt.date(2026, 12, 1)) == "1 Dec 2026"
    assert pseudo.NAME not in language.available()
