"""Questionnaires: a framework, or somebody's own file, answered from what an audience of a pack may be told.

`fill` answers the questions that were matched, out of a snapshot; `build` is the one way in which a file leaves.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from readiness import language
from readiness.access import Principal
from readiness.importers import Source
from readiness.importers.sheets import questions
from readiness.model.packs import QUESTIONNAIRE
from readiness.pack import Pack, Request, Snapshot, safe, sending, take
from readiness.services import Store

from . import frameworks, matching
from .filled import Filled, file, fill, media_type
from .matching import Matched, Place

__all__ = [
    "Asked",
    "Filled",
    "FilledFile",
    "Matched",
    "build",
    "file",
    "file_name",
    "fill",
    "frameworks",
    "matched",
    "media_type",
    "taken",
]


@dataclass(frozen=True)
class Asked:
    """A framework of ours, or the file at `path`; then `framework` says of which its ids are, where somebody knows.

    `picks` are what a person chose for single questions of the file, by their place: `{(0, 3): "caiq/DSP-19.1"}`.
    """

    framework: str = ""
    path: Path | None = None
    name: str = ""
    picks: Mapping[Place, str] = field(default_factory=dict)

    @property
    def called(self) -> str:
        return PurePath(self.name or self.path.name).stem if self.path else self.framework


@dataclass(frozen=True)
class FilledFile(Pack):
    """A questionnaire that is ready to leave; `counted` says how many of its questions are answered."""

    counted: str = ""


def matched(asked: Asked) -> Matched:
    """Its questions, each with the one of ours that it certainly is. Raises InputError."""
    if asked.path is None:
        return matching.of_framework(frameworks.get(asked.framework))
    source = Source.open(asked.path, asked.name)
    return matching.match(source.name, questions.read(source), asked.framework).with_picks(asked.picks)


def taken(
    store: Store,
    principal: Principal,
    slug: str,
    request: Request,
    *,
    as_of: dt.date,
    assessment_id: int | None = None,
) -> Snapshot:
    """What an audience may be told. Raises Denied, InputError and NotFound.

    What is missing stops no questionnaire: a question that it would answer says that nobody stated it.
    """
    return take(store, principal, slug, _whatever_is_there(request), as_of=as_of, assessment_id=assessment_id)


def build(
    store: Store,
    principal: Principal,
    slug: str,
    request: Request,
    asked: Asked,
    *,
    as_of: dt.date,
    form: str = "xlsx",
    assessment_id: int | None = None,
) -> FilledFile:
    """The filled questionnaire as a file that leaves, and is recorded as sent.

    Raises Denied, InputError, NotFound and StoreError.
    """
    review, told = sending.taken(
        store, principal, slug, _whatever_is_there(request), as_of=as_of, assessment_id=assessment_id
    )
    with language.use(told.language):
        filled = fill(told, matched(asked))
        name = file_name(slug, asked.called, told.audience, as_of, form)
        made = FilledFile(name, media_type(form), file(filled, form), counted=filled.counted)
    sending.record(store, principal, review, request, told, made.body, f"{QUESTIONNAIRE} {asked.called[:60]} as {form}")
    return made


def _whatever_is_there(request: Request) -> Request:
    return request.model_copy(update={"draft": True})


def file_name(slug: str, asked: str, audience: str, as_of: dt.date, form: str) -> str:
    """`support-copilot_caiq_procurement_2026-11-23.xlsx`, with nothing in it that a file system could act on."""
    return f"{safe(slug)}_{safe(asked)[:60] or 'questionnaire'}_{audience}_{as_of}.{form}"
