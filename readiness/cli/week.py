"""Weeks of a rollout: what was promised against what was measured, and the review of it."""

from __future__ import annotations

from typing import Annotated

import typer

from readiness import clock
from readiness.api import rollouts
from readiness.language import tr
from readiness.model.weeks import OUTCOMES, WeekOutcome
from readiness.review import weeks as words
from readiness.services import reviews, weeks

from . import base

commands = typer.Typer(rich_markup_mode=None)
week = typer.Typer(help=tr("Weeks of a rollout: promised, measured, reviewed."), no_args_is_help=True)
commands.add_typer(week, name="week")

System = Annotated[str, typer.Argument(autocompletion=base.systems, help=tr("The system that is rolled out."))]


@week.command("show")
def show(
    system: System,
    number: Annotated[
        int | None, typer.Option("--week", min=1, help=tr("Which one; the last measured by default."))
    ] = None,
    db: base.Db = "",
    json: base.Json = False,
    as_of: base.AsOf = "",
) -> None:
    """Hold what was measured in a week of the rollout against what was promised; nothing is stored."""
    by = base.me()
    review = reviews.load(base.store(db), by, system, as_of=base.day(as_of))
    told = weeks.report(by, review, number) if number else weeks.latest(by, review)
    if json:
        base.answer(rollouts.week(review, told) if told else None)
        return
    base.say(words.sentence(review, told.observed if told else None))
    if told is None:
        return
    for point in told.to_decide:
        base.say(tr("  to decide: {point}", point=point.words))
    for changed in told.changed:
        base.say(f"  {changed}")
    if told.minutes:
        base.say(f"  {words.minutes_told(told.minutes)}: {told.minutes.record.minutes}")


@week.command("review")
def review(
    system: System,
    number: Annotated[int, typer.Argument(metavar="WEEK", min=1, help=tr("Which week of the rollout."))],
    outcome: Annotated[WeekOutcome, typer.Option("--outcome", help=tr("One of {known}.", known=", ".join(OUTCOMES)))],
    minutes: Annotated[str, typer.Option("--minutes", help=tr("What was said and decided."))],
    people: Annotated[list[str], typer.Option("--who", help=tr("Who was there; may be given again."))],
    held_on: Annotated[str, typer.Option("--on", metavar="DATE", help=tr("The day; today by default."))] = "",
    db: base.Db = "",
    json: base.Json = False,
) -> None:
    """Keep the review of a week, with what its figures said."""
    store, by, today = base.store(db), base.me(), clock.today()
    found = reviews.load(store, by, system, as_of=today)
    done = weeks.hold(
        store,
        by,
        system,
        found.assessment_id,
        number,
        held_on=base.day(held_on, place="--on"),
        people=people,
        outcome=outcome,
        minutes=minutes,
        watched={},
        seen=len(found.dossier.weeks),
        as_of=today,
    )
    base.tell(done, json=json)
