"""A NUL or half a surrogate pair in whatever somebody types is one sentence, and nothing of it is stored."""

from __future__ import annotations

import dataclasses
import importlib
from collections.abc import Callable, Iterator
from typing import Any, Literal, get_origin

import pytest
from sqlmodel import select

from readiness import services
from readiness.errors import InputError, ReadinessError, StoreError
from readiness.model.notes import NoteSubject
from readiness.model.record import Record
from readiness.services import Store, evidence, gaps, notes, people, revisions, systems
from readiness.store import queries
from readiness.store.tables import StoreTable
from tests import factories, files
from tests.factories import SLUG, TODAY
from tests.services.test_rights import CALLS, DANA, Desk, desk, filled

__all__ = ["desk", "filled"]
NUL, HALF = "\0", "\ud800"
PLACES = {"url", "path", "source", "target"}
"""Where something lies: nothing that is stored."""


def spoilt(value: Any, bad: str) -> Iterator[Any]:
    """A value again and again, each time with another of its texts spoilt; a record refuses half a pair itself."""
    if isinstance(value, str):
        yield f"{value}{bad}x"
    elif isinstance(value, NoteSubject):
        yield NoteSubject(value.kind, f"{value.key}{bad}")
    elif isinstance(value, Record) and bad == NUL:
        typed = [
            name for name, field in type(value).model_fields.items() if get_origin(field.annotation) is not Literal
        ]
        for name in typed:
            yield from (value.model_copy(update={name: one}) for one in spoilt(getattr(value, name), bad))
    elif isinstance(value, gaps.GapEdit | gaps.Closing):
        for field in dataclasses.fields(value):
            held = getattr(value, field.name)
            yield from (dataclasses.replace(value, **{field.name: one}) for one in spoilt(held, bad))
    elif type(value) in (list, tuple):
        for at, held in enumerate(value):
            yield from (type(value)([*value[:at], one, *value[at + 1 :]]) for one in spoilt(held, bad))


def calls(args: tuple[Any, ...], named: dict[str, Any], bad: str) -> Iterator[tuple[list[Any], dict[str, Any]]]:
    for at, held in enumerate(args):
        yield from (([*args[:at], one, *args[at + 1 :]], named) for one in spoilt(held, bad))
    for name, held in named.items():
        if name not in PLACES:
            yield from (([*args], named | {name: one}) for one in spoilt(held, bad))


def stored(store: Store) -> str:
    """All that is stored, as one text."""
    with store.reading() as session:
        tables = StoreTable.metadata.sorted_tables
        rows = [tuple(row) for table in tables for row in session.execute(select(table))]  # type: ignore[call-overload]
        return repr([[value for value in row if not isinstance(value, bytes)] for row in rows])


def refusal(call: Callable[[], Any]) -> str:
    """The sentence, or nothing where it was taken; that the store cannot do it is no refusal."""
    try:
        call()
    except StoreError:
        raise
    except ReadinessError as exc:
        return str(exc)
    return ""


UNTYPED = ("admin", "anchors", "demo", "imports", "hindsight")
"""Whose calls take no text that is stored."""
TAKING = sorted(name for name in CALLS if name.partition(".")[0] not in UNTYPED)


@pytest.mark.parametrize("name", TAKING)
def test_every_service_refuses_what_cannot_be_stored(desk: Desk, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    room, _, function = name.partition(".")
    module = importlib.import_module(f"{services.__name__}.{room}")
    real: Callable[..., Any] = getattr(module, function)

    def every_way(*args: Any, **named: Any) -> None:
        for bad in (NUL, HALF):
            for spoilt_args, spoilt_named in calls(args, named, bad):
                before = queries.head(desk.store)
                said = refusal(lambda a=spoilt_args, n=spoilt_named: real(*a, **n))  # type: ignore[misc]
                assert not said or queries.head(desk.store) == before

    monkeypatch.setattr(module, function, every_way)
    CALLS[name][1](desk, DANA)
    assert not [bad for bad in ("\\x00", "\\ud800", "\0") if bad in stored(desk.store)]


@pytest.mark.parametrize(
    ("bad", "why"), [(NUL, "there is a NUL character after"), (HALF, "half of a surrogate pair|is not allowed here")]
)
def test_each_database_refuses_it_alike(store: Store, bad: str, why: str) -> None:
    evidence.add_assessment(store, DANA, files.whole(capacity="yes"), name="a.toml", digest="1" * 64, as_of=TODAY)
    dossier = queries.dossier(store, SLUG)
    mark, assessment = dossier.marks["capacity"], dossier.assessment.id
    text = f"Seen on Monday{bad}"
    before = factories.policy(rollback=factories.policy().rollback.model_copy(update={"confirm": text}))
    about = NoteSubject("signal", "capacity")
    ways: list[Callable[[], Any]] = [
        lambda: notes.write(store, DANA, SLUG, about, text),
        lambda: notes.answer(store, DANA, SLUG, 1, text),
        lambda: gaps.change(
            store, DANA, mark.id, seen=mark.row_version, due=TODAY, owner=text, action="", reason="sooner"
        ),
        lambda: systems.one(store, DANA, text),
        lambda: systems.archive(store, DANA, SLUG, text, seen=1),
        lambda: revisions.save(store, DANA, SLUG, assessment, before, seen=1),
        lambda: people.edit(store, DANA, 1, seen=1, name=text, left_on=None),
    ]
    notes.ask(store, DANA, SLUG, about, "Why?")
    people.add(store, DANA, "omar@example.com", "Omar")
    for way in ways:
        with pytest.raises(InputError, match=f"({why}).*; expected letters that can be stored"):
            way()
