"""Open gaps as issues in a tracker."""

from __future__ import annotations

from typing import Annotated

import typer

from readiness.language import marked, tr
from readiness.outbound import trackers
from readiness.outbound.trackers import Step
from readiness.outbound.trackers.base import Doing
from readiness.pack import issue
from readiness.services import issues as service

from . import base

commands = typer.Typer(rich_markup_mode=None)


@commands.command("issues")
def issues(
    system: Annotated[str, typer.Argument(autocompletion=base.systems, metavar="SYSTEM", help=tr("Whose gaps."))],
    to: Annotated[
        str, typer.Option("--to", metavar="TRACKER", help="github:OWNER/REPO, gitlab:GROUP/PROJECT or jira:KEY.")
    ],
    url: Annotated[
        str, typer.Option("--url", help=tr("The tracker's address, where it is a server of your own."))
    ] = "",
    apply: Annotated[bool, typer.Option("--apply", help=tr("Do it; without, it is only said."))] = False,
    db: base.Db = "",
    json: base.Json = False,
) -> None:
    """Keep an issue in GitHub, GitLab or Jira for each open gap of a system; only says so first."""
    tracker = trackers.opened(to, url)
    store, by = base.store(db), base.me()
    steps = service.plan(store, by, system, tracker, issue.writer(tracker))
    done = []
    for step in steps:
        sentence = service.carry_out(store, by, system, tracker, step).sentence if apply else _would(step)
        done.append({"doing": step.doing, "gap": step.key, "changes": list(step.changes), "sentence": sentence})
        if not json:
            base.say(f"{sentence}.")
    if json:
        base.answer(done)
    elif not steps:
        base.say(tr("{name} says what is open already.", name=tracker.name))
    elif not apply:
        base.say(tr("Nothing was done yet; --apply does it."))


_WOULD: dict[Doing, str] = {
    "create": marked("Would create issue{issue} for {gap}: {title}"),
    "update": marked("Would update issue{issue} for {gap}: {title}"),
    "reopen": marked("Would reopen issue{issue} for {gap}: {title}"),
    "close": marked("Would close issue{issue} for {gap}: {title}"),
}


def _would(step: Step) -> str:
    number = f" {step.issue.id}" if step.issue else ""
    changes = f" ({', '.join(map(tr, step.changes))})" if step.changes else ""
    issue = f"{number}{changes}"
    return tr(_WOULD[step.doing], issue=issue, gap=step.key, title=step.title)
