from __future__ import annotations

import unicodedata

import pytest

from readiness import names


@pytest.mark.parametrize("name", ["Jürgen Weiß", "Åsa Ödegård", "Σίσυφος", "dana@example.com"])
def test_a_name_is_the_same_in_every_form_and_case(name: str) -> None:
    forms = {form(name) for form in (str.upper, str.casefold, str)}
    keys = {names.key(unicodedata.normalize(kind, form)) for form in forms for kind in ("NFC", "NFD")}
    assert keys == {names.key(name)}


def test_other_letters_are_another_name() -> None:
    assert names.key("Jürgen") != names.key("Jurgen")


@pytest.mark.parametrize("text", ["", " ", "–", "?", "…", "TBD", "tbd.", "[to do]", "To be defined"])
def test_what_is_to_come_says_nothing_yet(text: str) -> None:
    assert names.is_to_come(text)
    assert names.is_none(text)


@pytest.mark.parametrize("text", ["none", "N/A", "Nobody", "no one"])
def test_none_is_an_answer_but_neither_a_person_nor_a_document(text: str) -> None:
    assert not names.is_to_come(text)
    assert names.is_none(text)


@pytest.mark.parametrize("text", ["Nona", "dana@example.com", "https://example.com/none", "Runbook 4", "李"])
def test_whatever_else_is_written_names_something(text: str) -> None:
    assert not names.is_none(text)


@pytest.mark.parametrize(
    ("name", "taken", "slug"),
    [
        ("Freight Support Copilot", (), "freight-support-copilot"),
        ("  Ärger & Co. (2)  ", (), "arger-co-2"),
        ("Straße", (), "strasse"),
        ("貨物", (), "system"),
        ("Desk", ("desk",), "desk-2"),
        ("Desk", ("desk", "desk-2"), "desk-3"),
        ("x" * 59 + " y" * 20, (), "x" * 59),
    ],
)
def test_a_name_becomes_an_address_that_is_free(name: str, taken: tuple[str, ...], slug: str) -> None:
    assert names.slug(name, taken) == slug
