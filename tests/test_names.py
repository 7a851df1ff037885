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
