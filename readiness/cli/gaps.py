"""The queue of gaps, and moving a due date."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

import typer

from readiness import clock, formatting
from readiness.errors import InputError
from readiness.exports import csv_table
from readiness.exports import ics as calendar
from readiness.model.assessment import Mark
from readiness.review.items import OpenGap
from readiness.services import gaps as gaps_service
from readiness.services import reviews

from . import base

commands = typer.Typer(rich_markup_mode=None)
gap = typer.Typer(help="One gap.", no_args_is_help=True)
commands.add_typer(gap, name="gap")

COLUMNS = ("id", "system", "signal", "name", "mark", "owner", "due", "days_over", "slips", "action")


@commands.command("gaps")
def gaps(
    system: Annotated[str, typer.Option("--system", help="Only this system.")] = "",
    owner: Annotated[str, typer.Option("--owner", help="Only this owner.")] = "",
    overdue: Annotated[bool, typer.Option("--overdue", help="Only those past their due date.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="As a table for a spreadsheet.")] = False,
    ics: Annotated[bool, typer.Option("--ics", help="As due dates for a calendar.")] = False,
    db: base.Db = "",
    json: base.Json = False,
    as_of: base.AsOf = "",
) -> None:
    """List open gaps, the earliest due date first."""
    if csv + ics + json > 1:
        raise InputError("--csv, --ics and --json exclude one another", expected="one of them")
    found = _gaps(db, system, base.day(as_of))
    found = [each for each in found if owner.casefold() in ("", each.mark.owner.casefold())]
    found = [each for each in found if each.days_over or not overdue]
    if json:
        base.answer([_row(each) for each in found])
    elif csv:
        typer.echo(csv_table.write(COLUMNS, [list(_row(each).values()) for each in found]), nl=False)
    elif ics:
        typer.echo(calendar.write(found, clock.now()), nl=False)
    else:
        _list(found)


def _gaps(db: str, system: str, day: dt.date) -> list[OpenGap]:
    store, by = base.store(db), base.me()
    if system:
        return list(reviews.load(store, by, system, as_of=day).gaps)
    return gaps_service.every(store, by, as_of=day)


def _row(each: OpenGap) -> dict[str, Any]:
    return {
        "id": each.id,
        "system": each.system,
        "signal": each.signal.id,
        "name": each.signal.name,
        "mark": each.mark.mark,
        "owner": each.mark.owner,
        "due": each.mark.due.isoformat() if each.mark.due else None,
        "days_over": each.days_over,
        "slips": each.slips,
        "action": each.mark.action,
    }


def _list(found: list[OpenGap]) -> None:
    for each in found:
        late = f", {formatting.count(each.days_over, 'day')} over" if each.days_over else ""
        base.say(
            f"{each.id:>5}  {formatting.day(each.mark.due):>11}{late}  {each.system}: {each.signal.name}  "
            f"[{each.mark.mark}]  {each.mark.owner or 'no owner'}"
        )
    if not found:
        base.say("No gap is open.")


@gap.command("due")
def due(
    id_: Annotated[int, typer.Argument(metavar="ID", min=1, max=2**63 - 1, help="The id that readiness gaps lists.")],
    date: Annotated[str, typer.Argument(metavar="DATE", help="The new due date, as YYYY-MM-DD.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; needed when the date moves later.")] = "",
    db: base.Db = "",
    json: base.Json = False,
) -> None:
    """Move the due date of a gap."""
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
    if json:
        base.answer({"changed": done.changed, "sentence": done.sentence})
    else:
        base.say(f"{done.sentence}.")
