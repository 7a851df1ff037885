"""Answers and gaps as spreadsheets: out, and back in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, get_args

import typer

from readiness.errors import InputError
from readiness.exports import sheets as files
from readiness.language import tr
from readiness.model.sheets import Sheet
from readiness.services import sheets as service
from readiness.services.sheets import OnConflict, SheetChange, SheetPreview

from . import base

commands = typer.Typer(rich_markup_mode=None)


@commands.command("marks")
def marks(
    system: Annotated[
        str, typer.Argument(autocompletion=base.systems, help=tr("The system whose answers are written."))
    ],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help=tr("A file called .xlsx or .csv."))],
    db: base.Db = "",
    json: base.Json = False,
    as_of: base.AsOf = "",
) -> None:
    """Write the answers as a spreadsheet that readiness update reads back."""
    write(output, service.marks(base.store(db), base.me(), system, as_of=base.day(as_of)), json=json)


@commands.command("update")
def update(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=tr("A spreadsheet of answers or gaps, after a change."))],
    on_conflict: Annotated[
        str,
        typer.Option(
            "--on-conflict",
            metavar="CHOICE",
            help=tr(
                "Where somebody changed a row since it was written: stop, skip the row, or update it from the file."
            ),
        ),
    ] = "stop",
    reason: Annotated[
        str, typer.Option("--reason", help=tr("Why dates move later, where a row gives no reason."))
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=tr("Say what would be changed, and store nothing."))
    ] = False,
    db: base.Db = "",
    json: base.Json = False,
) -> None:
    """Store what was changed in a spreadsheet of answers or gaps, all of it or nothing."""
    if on_conflict not in get_args(OnConflict):
        raise InputError(
            tr("{on_conflict!r} is not a choice", on_conflict=on_conflict),
            place="--on-conflict",
            expected=tr("stop, skip or update"),
        )
    store, by = base.store(db), base.me()
    preview = service.preview(store, by, file, reason=reason)
    sentence = preview.sentence
    if not dry_run:
        choice: OnConflict = on_conflict  # type: ignore[assignment]
        sentence = service.apply(store, by, preview, on_conflict=choice, reason=reason).sentence
    if json:
        rows = [_told(row) for row in preview.told]
        base.answer({"file": preview.name, "stored": not dry_run, "sentence": sentence, "rows": rows})
    else:
        _say(preview, sentence)


def write(path: Path, sheet: Sheet, *, json: bool = False) -> None:
    """Write a sheet in the form that the name of its file asks for, and say so."""
    form = path.suffix.lower().removeprefix(".")
    if form not in get_args(files.SheetFormat):
        raise InputError(
            tr("{name!r} is not the name of a spreadsheet", name=path.name),
            expected=tr("one that ends in .xlsx or .csv"),
        )
    base.write(path, files.file(sheet, form))  # type: ignore[arg-type]
    if json:
        base.answer({"file": str(path), "rows": len(sheet)})
    else:
        base.say(tr("Wrote {rows} to {path}.", rows=service.counted(sheet), path=path))


def _say(preview: SheetPreview, sentence: str) -> None:
    base.say(f"{sentence}.")
    for row in preview.told:
        changes = "; ".join(f"{cell.title}: {cell.before} → {cell.after}" for cell in row.cells)
        why = f"  ({row.state}: {row.why})" if row.why else ""
        base.say(f"  {row.system}: {row.name}  {changes}{why}")


def _told(row: SheetChange) -> dict[str, Any]:
    return {
        "place": row.place,
        "system": row.system,
        "signal": row.signal,
        "state": row.state,
        "why": row.why,
        "changes": [{"column": cell.title, "before": cell.before, "after": cell.after} for cell in row.cells],
    }
