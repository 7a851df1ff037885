"""A name is found however it is spelled, and words that only look alike stay."""

from __future__ import annotations

import pytest

from readiness.pack.spellings import PLAIN_WORDS, Finder, NameSpelling, fold, words


def found(name: str, text: str) -> list[str]:
    """The parts of the text that are taken for the name."""
    spelling = NameSpelling.of(name)
    return [text[one.start : one.end] for one in Finder([(spelling, 0)]).find(text)] if spelling else []


@pytest.mark.parametrize(
    "spelled",
    [
        *("Acme GmbH", "acme-gmbh", "AcmeGmbH", "ACME GMBH", "acmegmbh", "acme_gmbh", "ACMEGmbH", "A.c.m.e GmbH"),
        *("ＡＣＭＥ　ＧｍｂＨ", "A\u200bcme\u2060 G\u00admbH", "\u202eAcme GmbH", "Acme\u00a0GmbH", "Acme\nGmbH"),
        *("Acme%20GmbH", "acme%2520gmbh", "%41cme+GmbH", "&#65;cme&nbsp;GmbH", "\\u0041cme GmbH", "Ácmé GmbH"),
    ],
)
@pytest.mark.parametrize(
    "around", ["{}", "for {}, too", "({})", "/{}/", "x_{}_2.csv", "https://wiki.example.com/{}?q=1"]
)
def test_a_name_is_found_in_every_spelling(spelled: str, around: str) -> None:
    text = around.format(spelled)
    (part,) = found("Acme GmbH", text)
    assert part.strip("\u202e") == spelled.strip("\u202e")
    assert fold(text.replace(part, "")) == fold(around)


@pytest.mark.parametrize(
    ("name", "text", "parts"),
    [
        ("kuroda", "kurodaadmin, mykuroda, xkurodax", ["kuroda", "kuroda"]),
        ("hansaspedition", "xhansaspeditionx", ["hansaspedition"]),
        ("acme", "acmeville, placme; acme2 and acmeBank", ["acme", "acme"]),
        ("klm", "klm, KLM and aklmb", ["klm", "KLM"]),
        ("Andre", "and re-run; andre", ["andre"]),
        ("redteam", "a tired team", []),
        ("facade", "digest 12facade34", []),
        ("東芝", "顧客東芝は", ["東芝"]),
        ("顧客 一", "顧客一", ["顧客一"]),
        ("Zoë & Söhne", "zoe-sohne", ["zoe-sohne"]),
        ("1000234", "1000234, 21000234 and 1,000,234", ["1000234"]),
        ("acme", "100%acme", ["acme"]),
        ("deutsche bank", "100%deutsche bank", ["deutsche bank"]),
    ],
)
def test_a_name_is_told_from_the_words_around_it(name: str, text: str, parts: list[str]) -> None:
    assert found(name, text) == parts


@pytest.mark.parametrize("name", ["", "-", "1", "42", "2026", "de", "x", "hard", "Yes", "no data", "email", "p95"])
def test_what_is_too_short_or_a_plain_word_is_not_looked_for(name: str) -> None:
    assert NameSpelling.of(name) is None


def test_a_plain_word_with_a_capital_letter_is_a_name_within_a_sentence_only() -> None:
    assert found("Target", "Target date; asked by Target, not by target. Target stays.") == ["Target"]


def test_the_leftmost_of_several_names_and_of_those_the_longest_is_found() -> None:
    names = ["Acme", "Acme EU", "EU Bank"]
    finder = Finder([(spelling, at) for at, name in enumerate(names) if (spelling := NameSpelling.of(name))])
    assert [(one.start, one.end, one.number) for one in finder.find("acme eu bank, Acme")] == [(0, 7, 1), (14, 18, 0)]


def test_the_words_of_a_name_are_told_apart() -> None:
    assert words("acmeBank") == words("acme-bank") == ["acme", "bank"]
    assert words("results2") == ["results", "2"]


def test_plain_words_are_folded_as_they_are_compared() -> None:
    assert {word for word in PLAIN_WORDS if fold(word) != word} == set()
