"""A file that is sent to be stored."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel

from readiness import clock
from readiness.access import Principal
from readiness.api import answers
from readiness.api.dependencies import By, Slug, StoreOf
from readiness.decision.merging import OnConflict
from readiness.errors import InputError
from readiness.importers import Options
from readiness.language import tr
from readiness.model.assessment import VersionRole
from readiness.services import Store, imports

LARGEST_UPLOAD = 200 * 1024 * 1024
"""Bytes of one file, as many as the page takes."""


class ImportAnswer(BaseModel):
    """What a file held, and what was stored of it."""

    file: str
    format: str
    stored: bool
    sentence: str
    versions: list[str]
    kept: int | None
    traces: int
    samples: list[dict[str, str]]
    skipped: int
    skips: list[dict[str, str]]
    warnings: list[str]
    doubts: list[str]


ROUTES = APIRouter()


@ROUTES.post(
    "/imports",
    summary="Store one file, told by its content; the body is the file",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def upload(
    request: Request,
    store: StoreOf,
    by: By,
    name: Annotated[str, Query(min_length=1, max_length=255, description="What the file is called.")],
    system: Slug = "",
    version: Annotated[str, Query(max_length=300)] = "",
    role: VersionRole | None = None,
    stage: Annotated[str, Query(max_length=300)] = "",
    format: Annotated[str, Query(max_length=80)] = "",
    measured_on: dt.date | None = None,
    on_conflict: OnConflict = "stop",
    *,
    dry_run: bool = False,
) -> ImportAnswer:
    if version and role:
        raise InputError(tr("version and role exclude one another"), expected=tr("one of them"))
    options = Options(version=version, stage=stage, format=format, measured_on=measured_on)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        await _receive(request, path, name)
        wanted = imports.ImportRequest(path=path, name=name, system=system, role=role, options=options)
        return await run_in_threadpool(_keep, store, by, wanted, on_conflict, dry_run=dry_run)


async def _receive(request: Request, path: Path, name: str) -> None:
    """Raises InputError as soon as more arrives than one file may have."""
    size = 0
    with path.open("wb") as file:
        async for part in request.stream():
            size += len(part)
            if size > LARGEST_UPLOAD:
                expected = tr("at most {most} MiB", most=LARGEST_UPLOAD // 2**20)
                raise InputError(tr("the file is too large"), file=name, expected=expected)
            file.write(part)


def _keep(
    store: Store, by: Principal, wanted: imports.ImportRequest, on_conflict: OnConflict, *, dry_run: bool
) -> ImportAnswer:
    (parcel,) = imports.read_all(store, by, [wanted])
    imports.check(store, by, parcel.batch, on_conflict=on_conflict)
    sentence = (
        answers.would(parcel.batch)
        if dry_run
        else imports.keep(
            store, by, parcel.batch, system=parcel.system, as_of=clock.today(), on_conflict=on_conflict
        ).sentence
    )
    return ImportAnswer(**answers.imported(parcel.batch, sentence, stored=not dry_run))
