"""The queue of gaps, and moving a due date."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from readiness import clock, formatting
from readiness.api import answers, asked
from readiness.errors import InputError
from readiness.exports import csv_table
from readiness.exports import ics as calendar
from readiness.language import tr
from readiness.model.assessment import Mark
from readiness.review.items import OpenGap
from readiness.services import gaps as gaps_service

from . import base

commands = typer.Typer(rich_markup_mode=None)
gap = typer.Typer(help=tr("One gap."), no_args_is_help=True)
commands.add_typer(gap, name="gap")

COLUMNS = ("id", "system", "signal", "name", "mark", "owner", "due", "days_over", "slips", "action")


@commands.command("gaps")
def gaps(
    system: Annotated[str, typer.Option("--system", autocompletion=base.systems, help=tr("Only this system."))] = "",
    owner: Annotated[str, typer.Option("--owner", help=tr("Only this owner."))] = "",
    overdue: Annotated[bool, typer.Option("--overdue", help=tr("Only those past their due date."))] = False,
    csv: Annotated[bool, typer.Option("--csv", help=tr("As a table for a spreadsheet."))] = False,
    ics: Annotated[bool, typer.Option("--ics", help=tr("As due dates for a calendar."))] = False,
    sheet: Annotated[
        Path | None,
        typer.Option("--sheet", metavar="FILE", help=tr("As a .xlsx or .csv that readiness update reads back.")),
    ] = None,
    db: base.Db = "",
    json: base.Json = False,
    as_of: base.AsOf = "",
) -> None:
    """List open gaps, the earliest due date first."""
    if csv + ics + json + (sheet is not None) > 1:
        raise InputError(tr("--csv, --ics, --sheet and --json exclude one another"), expected=tr("one of them"))
    if elsewhere := base.remote():
        from . import remote

        remote.gaps(elsewhere, system, owner, overdue=overdue, as_of=as_of)
        return
    found = asked.gaps(base.store(db), base.me(), system=system, owner=owner, as_of=base.day(as_of))
    open_gaps = found.overdue() if overdue else found.gaps
    none = _none(found.owner, late=overdue and bool(found.gaps))
    if json:
        base.answer([answers.gap(open_gap) for open_gap in open_gaps])
    elif sheet is not None:
        _write(sheet, open_gaps)
    elif csv:
        base.write(Path("-"), csv_table.file(COLUMNS, [list(answers.gap(open_gap).values()) for open_gap in open_gaps]))
    elif ics:
        base.write(Path("-"), calendar.write(open_gaps, clock.now()).encode())
    else:
        _list(open_gaps, none)


def _none(owner: str, *, late: bool) -> str:
    if owner:
        return (
            tr("No gap of {owner} is overdue.", owner=owner) if late else tr("No gap of {owner} is open.", owner=owner)
        )
    return tr("No gap is overdue.") if late else tr("No gap is open.")


def _write(path: Path, open_gaps: list[OpenGap]) -> None:
    from readiness.review import sheets as rows

    from . import sheets

    sheets.write(path, rows.gaps(open_gaps))


def _list(open_gaps: list[OpenGap], none: str) -> None:
    for open_gap in open_gaps:
        late = tr(", {days} over", days=formatting.count(open_gap.days_over, "day")) if open_gap.days_over else ""
        base.say(
            f"{open_gap.id:>5}  {formatting.day(open_gap.mark.due):>11}{late}  "
            f"{open_gap.system}: {tr(open_gap.signal.name)}  [{open_gap.mark.mark}]  "
            f"{open_gap.mark.owner or tr('no owner')}"
        )
    if not open_gaps:
        base.say(none)


@gap.command("due")
def due(
    id_: Annotated[
        int, typer.Argument(metavar="ID", min=1, max=2**63 - 1, help=tr("The id that readiness gaps lists."))
    ],
    date: Annotated[str, typer.Argument(metavar="DATE", help=tr("The new due date, as YYYY-MM-DD."))],
    reason: Annotated[str, typer.Option("--reason", help=tr("Why; needed when the date moves later."))] = "",
    db: base.Db = "",
    json: base.Json = False,
) -> None:
    """Move the due date of a gap."""
    if elsewhere := base.remote():
        from . import remote

        remote.due(elsewhere, id_, date, reason)
        return
    store, by = base.store(db), base.me()
    seen = gaps_service.one(store, by, id_)
    mark: Mark = seen.record
    done = gaps_service.change(
        store,
        by,
        id_,
        seen=seen.row_version,
        due=base.day(date, place="DATE"),
        owner=mark.owner,
        action=mark.action,
        reason=reason,
    )
    base.tell(done, json=json)
