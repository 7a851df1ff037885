"""Files in, and assessments and packs out."""

from __future__ import annotations

import datetime as dt
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, get_args

import typer

from readiness import clock, formatting
from readiness.access import Principal
from readiness.api import answers
from readiness.decision.merging import OnConflict
from readiness.errors import InputError
from readiness.importers import Batch, Options
from readiness.importers.batch import mapped
from readiness.importers.source import places
from readiness.importers.source.progress import listening
from readiness.language import marked, tr
from readiness.model.assessment import VersionRole
from readiness.model.checklist import Level
from readiness.model.traces import UNREDACTED_DAYS
from readiness.review import level_words
from readiness.review.items import EvidenceItem
from readiness.review.review import Review
from readiness.services import Store, imports, portfolio, reviews
from readiness.services import evidence as evidence_service

from . import base

commands = typer.Typer(rich_markup_mode=None)
evidence = typer.Typer(help=tr("One file."), no_args_is_help=True)
commands.add_typer(evidence, name="evidence")

SHOWN_SKIPS = 5
SHORTEST_DIGEST = 8
MAP = marked(
    "Name a field, rename version:LABEL, or state unit:METRIC (percent, s) and direction:METRIC (higher, lower)."
)
SAY_EVERY = 2.0
"""Seconds between two words about something long."""


@commands.command("import")
def import_(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE…",
            help=tr(
                "Files of any known format, folders, patterns, s3:// gs:// az://; with --table an engine's address."
            ),
        ),
    ],
    system: Annotated[
        str, typer.Option("--system", autocompletion=base.systems, help=tr("Whose results or traces these are."))
    ] = "",
    version: Annotated[str, typer.Option("--version", help=tr("The version that every row speaks of."))] = "",
    role: Annotated[str, typer.Option("--role", help=tr("baseline or candidate, instead of its version."))] = "",
    stage: Annotated[
        str, typer.Option("--stage", metavar="NAME", help=tr("The stage of the rollout that it was measured in."))
    ] = "",
    table: Annotated[
        str, typer.Option("--table", metavar="NAME", help=tr("A table or view of cases in the engine."))
    ] = "",
    format_: Annotated[str, typer.Option("--format", help=tr("The format, where the content does not tell."))] = "",
    mapping: Annotated[list[str] | None, typer.Option("--map", metavar="KEY=FIELD", help=tr(MAP))] = None,
    measured_on: Annotated[str, typer.Option("--measured-on", metavar="DATE", help=tr("When it was true."))] = "",
    keep_raw: Annotated[
        int,
        typer.Option(
            "--keep-raw",
            metavar="DAYS",
            min=0,
            max=UNREDACTED_DAYS,
            help=tr(
                "Keep the texts of traces as they were before redaction, too, for at most {days} days.",
                days=UNREDACTED_DAYS,
            ),
        ),
    ] = 0,
    on_conflict: Annotated[
        str,
        typer.Option(
            "--on-conflict",
            metavar="CHOICE",
            help=tr(
                "Where somebody changed since what an assessment file states: stop, keep theirs, or take the file."
            ),
        ),
    ] = "stop",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=tr("Say what would be stored, and store nothing."))
    ] = False,
    db: base.Db = "",
    json: base.Json = False,
    as_of: base.AsOf = "",
) -> None:
    """Store files, told by their content; all of them are read before any is stored."""
    if version and role:
        raise InputError(tr("--version and --role exclude one another"), expected=tr("one of them"))
    if elsewhere := base.remote():
        from . import remote

        asked: dict[str, Any] = {
            "system": system,
            "version": version,
            "role": role,
            "stage": stage,
            "format": format_,
            "on_conflict": on_conflict,
        }
        asked |= {"measured_on": measured_on, "mapping": mapping or []}
        if table:
            raise InputError(
                tr("--table reads on this machine"), expected=tr("--db with the store, or a file for --remote")
            )
        with _named(files) as named:
            remote.import_(elsewhere, named, asked, json=json, dry_run=dry_run)
        return
    options = Options(
        version=version,
        stage=stage,
        format=format_,
        mapping=mapped(mapping or [], place="--map"),
        measured_on=base.day(measured_on, "--measured-on") if measured_on else None,
        raw_until=clock.today() + dt.timedelta(days=keep_raw) if keep_raw else None,
    )
    store, by, day = base.store(db), base.me(), base.day(as_of)
    asking = imports.ImportRequest(Path(), system=system, role=_role(role), options=options, table=table)
    with _progress(), _named([] if table else files) as named:
        requests = [replace(asking, path=file.path, name=file.name) for file in named]
        if table:
            requests = [replace(asking, path=Path(file), address=file) for file in files]
        parcels = imports.read_all(store, by, requests)
    choice = _choice(on_conflict)
    imports.check(store, by, *(parcel.batch for parcel in parcels), on_conflict=choice)
    told = not (json or dry_run)
    before = _levels(store, by, day) if told else {}
    outcomes = [
        (
            parcel.batch,
            answers.would(parcel.batch)
            if dry_run
            else imports.keep(store, by, parcel.batch, system=parcel.system, as_of=day, on_conflict=choice).sentence,
        )
        for parcel in parcels
    ]
    if json:
        base.answer([answers.imported(batch, sentence, stored=not dry_run) for batch, sentence in outcomes])
        return
    for batch, sentence in outcomes:
        _say(batch, sentence)
    for slug, level in _levels(store, by, day).items() if told else ():
        if slug in before and before[slug] != level:
            base.say(
                tr(
                    "{system} is {now} now; it was {before}.",
                    system=slug,
                    now=level_words.badge(level),
                    before=level_words.badge(before[slug]),
                )
            )


def _levels(store: Store, by: Principal, day: dt.date) -> dict[str, Level]:
    """The verdicts that are kept; none is worked out for this."""
    return {status.slug: status.level for status in portfolio.at_hand(store, by, as_of=day)}


@contextmanager
def _named(names: list[str]) -> Iterator[list[places.NamedFile]]:
    """The files that are meant; objects are there until the block ends."""
    with tempfile.TemporaryDirectory() as folder:
        yield places.named(names, Path(folder))


@contextmanager
def _progress() -> Iterator[None]:
    """Say on the error stream, from the third second on and every other one, how far a long reading is."""
    began = told_at = time.monotonic()

    def listen(share: float | None) -> None:
        nonlocal told_at
        if time.monotonic() - told_at >= SAY_EVERY:
            told_at = time.monotonic()
            far = f"{share:.0%}" if share else tr("{seconds:.0f} seconds", seconds=told_at - began)
            base.say(tr("readiness: reading, {far}", far=far), error=True)

    with listening(listen):
        yield


def _role(text: str) -> VersionRole | None:
    if text not in ("", "baseline", "candidate"):
        raise InputError(tr("{text!r} is not a role", text=text), place="--role", expected=tr("baseline or candidate"))
    return text or None  # type: ignore[return-value]


def _choice(text: str) -> OnConflict:
    if text not in get_args(OnConflict):
        raise InputError(
            tr("{text!r} is not a choice", text=text), place="--on-conflict", expected=tr("stop, keep or take")
        )
    return text  # type: ignore[return-value]


def _say(batch: Batch, sentence: str) -> None:
    base.say(f"{sentence}.")
    say_left_out(batch)


def say_left_out(batch: Batch) -> None:
    """What of a file was skipped, and what a person should know of it."""
    for skip in batch.skipped[:SHOWN_SKIPS]:
        base.say(tr("  skipped {place}: {reason}", place=skip.place, reason=skip.reason))
    left = (batch.evidence.skipped if batch.evidence else 0) - SHOWN_SKIPS
    if left > 0:
        base.say(tr("  and {more} more skipped", more=formatting.whole(left)))
    for warning in batch.warnings:
        base.say(tr("  note: {warning}", warning=warning))


@evidence.command("confirm")
def confirm(
    system: Annotated[
        str, typer.Argument(autocompletion=base.systems, help=tr("The system that the file belongs to."))
    ],
    file: Annotated[str, typer.Argument(metavar="FILE", help=tr("Its name, or the beginning of its digest."))],
    reason: Annotated[str, typer.Option("--reason", help=tr("Why the file counts all the same."))] = "",
    db: base.Db = "",
    json: base.Json = False,
) -> None:
    """Let a file count in which something does not fit; who did and why stands in every pack."""
    store, by = base.store(db), base.me()
    item = _item(reviews.load(store, by, system, as_of=base.day("")), file)
    done = evidence_service.confirm(store, by, system, item.id, reason, seen=item.evidence.doubts)
    base.tell(done, json=json)


def _item(review: Review, file: str) -> EvidenceItem:
    """The file that is meant, told by its name or, where several have it, by its digest."""
    named = [item for item in review.items.values() if item.evidence.name == file]
    if len(file) >= SHORTEST_DIGEST:
        named += [item for item in review.items.values() if item.evidence.digest.startswith(file)]
    waiting = [item for item in named if item.evidence.doubted] or named
    if len(waiting) == 1:
        return waiting[0]
    if not waiting:
        known = [item.evidence.name for item in review.items.values()]
        raise InputError(
            tr("{slug} has no file {file!r}", slug=review.slug, file=file),
            place="FILE",
            expected=formatting.few(known) or tr("one that is stored"),
        )
    digests = [item.evidence.digest[:12] for item in waiting]
    raise InputError(
        tr("{system} has {number} files {file!r}", system=review.slug, number=len(waiting), file=file),
        place="FILE",
        expected=formatting.listed(digests, "or"),
    )


@commands.command("export")
def export(
    system: Annotated[str, typer.Argument(autocompletion=base.systems, help=tr("The system to write out."))],
    output: Annotated[Path, typer.Option("-o", "--output", help=tr("The file; - is the standard output."))] = Path("-"),
    db: base.Db = "",
    json: base.Json = False,
    as_of: base.AsOf = "",
) -> None:
    """Write the latest assessment as a file that readiness import reads back."""
    file = imports.export(base.store(db), base.me(), system, as_of=base.day(as_of))
    if json:
        base.answer(file.model_dump(mode="json"))
    else:
        base.write(output, imports.text(file).encode())
