"""What was decided on a system, and conditions that are met."""

from __future__ import annotations

from typing import Annotated

import typer

from readiness import formatting
from readiness.api import rollouts
from readiness.language import tr
from readiness.review import decided
from readiness.services import decisions, reviews

from . import base

commands = typer.Typer(rich_markup_mode=None)
decision = typer.Typer(help=tr("What was decided on a system, and its conditions."), no_args_is_help=True)
commands.add_typer(decision, name="decision")


@decision.command("show")
def show(
    system: Annotated[str, typer.Argument(autocompletion=base.systems, help=tr("The system that was decided on."))],
    db: base.Db = "",
    json: base.Json = False,
    as_of: base.AsOf = "",
) -> None:
    """Say what was decided last, whether it holds, and which conditions are open."""
    review = reviews.load(base.store(db), base.me(), system, as_of=base.day(as_of))
    if json:
        base.answer(rollouts.decision(review))
        return
    base.say(decided.sentence(review))
    last = decided.standing(review).last
    for one in last.conditions if last else ():
        state = (
            tr("met {day}", day=formatting.day(one.met_on))
            if one.met_on
            else tr("due {day}", day=formatting.day(one.record.due))
        )
        base.say(f"{one.id:6} {state:20} {one.record.owner}: {one.record.what}")
    for risk in last.record.risks if last else ():
        base.say(
            tr(
                "  risk until {day}, {approver}: {risk}",
                day=formatting.day(risk.expires),
                approver=risk.approver,
                risk=risk.what,
            )
        )


@decision.command("meet")
def meet(
    condition: Annotated[int, typer.Argument(help=tr("Its number, as readiness decision show says it."))],
    note: Annotated[str, typer.Option("--note", help=tr("What was done, or where it is seen."))],
    on: Annotated[str, typer.Option("--on", metavar="DATE", help=tr("When it was met; today by default."))] = "",
    db: base.Db = "",
    json: base.Json = False,
) -> None:
    """Say that a condition is met."""
    store, by = base.store(db), base.me()
    seen = decisions.condition(store, by, condition).row_version
    done = decisions.meet(store, by, condition, seen=seen, on=base.day(on, place="--on"), note=note)
    base.tell(done, json=json)
