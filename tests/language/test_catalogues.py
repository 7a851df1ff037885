from __future__ import annotations

import string
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from readiness import language, paths
from tests.language import catalogues, messages

LANGUAGES = [pytest.param(path, id=path.parents[1].name) for path in catalogues.files()]
BY_NOUN = "trn(f'{{n}} {noun}', f\"{{n}} {plural or noun + 's'}\", n)"
"""What `formatting.count` looks up: its nouns stand where it is called."""
BY_TEMPLATE = [
    "language.trc(context, message)",
    "language.trn(one, many, n, **{name: f'{{{name}}}' for name in values})",
]
"""What templates look up: their texts stand in them."""


def test_the_template_is_what_the_code_says() -> None:
    assert catalogues.TEMPLATE.read_bytes() == catalogues.as_po(catalogues.template()), (
        "python -m tests.language update"
    )


def test_no_text_is_put_together_before_it_is_looked_up() -> None:
    assert sorted(found.call for found in messages.unclear()) == sorted([BY_NOUN, *BY_TEMPLATE])


def test_german_is_there() -> None:
    assert language.available()[:2] == ("en", "de")


@pytest.mark.parametrize("path", LANGUAGES)
def test_a_language_says_every_message_and_no_other(path: Path) -> None:
    spoken, said = catalogues.read(path), catalogues.template()
    assert _ids(spoken) == _ids(said)
    assert [message.id for message in spoken if message.id and not all(_texts(message.string))] == []


@pytest.mark.parametrize("path", LANGUAGES)
def test_a_translation_has_the_values_of_its_text(path: Path) -> None:
    for message in catalogues.read(path):
        if message.id:
            wanted = _values(_texts(message.id)[-1])
            assert all(_values(text) == wanted for text in _texts(message.string)), message.id


@pytest.mark.parametrize("path", LANGUAGES)
def test_a_translation_ends_as_its_text_does(path: Path) -> None:
    """What is put together around a text relies on it: no full stop too many, and none too few."""
    for message in catalogues.read(path):
        if message.id:
            ends = {text[-1:] in ".:?" for text in (*_texts(message.id), *_texts(message.string))}
            assert len(ends) == 1, message.id


@pytest.mark.parametrize("path", LANGUAGES)
def test_what_is_loaded_is_what_is_translated(path: Path) -> None:
    compiled = path.with_suffix(".mo").read_bytes()
    assert compiled == catalogues.as_mo(catalogues.read(path)), "python -m tests.language update"


@pytest.mark.parametrize("path", LANGUAGES)
def test_a_catalogue_is_written_in_one_way(path: Path) -> None:
    assert path.read_bytes() == catalogues.as_po(catalogues.merged(path)), "python -m tests.language update"


def test_catalogues_leave_with_the_wheel() -> None:
    project = (paths.ROOT / "pyproject.toml").read_text("utf-8")
    assert '"data/locales" = "readiness/_assets/data/locales"' in project


def _ids(catalogue: Catalog) -> set[tuple[object, object]]:
    return {(message.id, message.context) for message in catalogue if message.id}


def _texts(text: object) -> tuple[str, ...]:
    return tuple(map(str, text)) if isinstance(text, tuple | list) else (str(text or ""),)


def _values(text: str) -> set[tuple[str, str | None, str | None]]:
    return {(name, spec, how) for _, name, spec, how in string.Formatter().parse(text) if name is not None}
