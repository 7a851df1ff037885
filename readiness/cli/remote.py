"""The commands that a dashboard elsewhere answers, with a token instead of the store: `readiness --remote URL …`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from readiness.api.client import Remote
from readiness.errors import InputError
from readiness.importers.source.places import NamedFile
from readiness.language import tr

from . import base


def status(remote: Remote, system: str, as_of: str) -> None:
    base.answer(remote.get("systems", *([system] if system else []), as_of=as_of))


def check(remote: Remote, system: str, shown: Path | None, asked: dict[str, Any], *, json: bool) -> None:
    told = remote.get("systems", system, "check", **asked, summary=bool(shown))
    if shown:
        base.append(shown, told.pop("summary"))
    if json:
        base.answer(told)
    else:
        base.say(told["headline"])
        for fired in told["verdict"]["fired"] if not told["holds"] else ():
            base.say(f"- {fired['rule']}: {fired['why']}")
        for why in told["lapsed"]:
            base.say(tr("decision open again: {why}", why=why))
        for why in told["differs"]:
            base.say(tr("what runs differs: {why}", why=why))
        if told["unknown"]:
            base.say(tr("not said which version runs of {names}", names=", ".join(told["unknown"])))
        if told["unsigned"]:
            base.say(tr("not signed off for {names}", names=", ".join(told["unsigned"])))
    if not told["holds"]:
        raise typer.Exit(3 if told["undecided"] else 1)


def scorecard(remote: Remote, system: str, metric: str, as_of: str) -> None:
    base.answer(remote.get("systems", system, "scorecard", metric=metric, as_of=as_of))


def gaps(remote: Remote, system: str, owner: str, *, overdue: bool, as_of: str) -> None:
    base.answer(remote.get("gaps", system=system, owner=owner, overdue=overdue, as_of=as_of))


def due(remote: Remote, gap_id: int, date: str, reason: str) -> None:
    told = remote.patch("gaps", str(gap_id), body={"due": base.day(date, place="DATE").isoformat(), "reason": reason})
    base.say(f"{told['sentence']}.")


def pack(remote: Remote, system: str, output: Path, asked: dict[str, Any]) -> None:
    name, body = remote.download("systems", system, "pack", **asked)
    base.write(output / Path(name).name if output.is_dir() else output, body)


def import_(remote: Remote, files: list[NamedFile], asked: dict[str, Any], *, json: bool, dry_run: bool) -> None:
    """All of them are read there before any is stored."""
    if mapping := asked.pop("mapping"):
        raise InputError(
            tr("{mapping!r} is for the store itself", mapping=mapping[0]),
            place="--map",
            expected=tr("a file with its own names"),
        )
    for file in files if not dry_run else ():
        remote.upload(file.path, dry_run=True, name=file.shown, **asked)
    told = [remote.upload(file.path, dry_run=dry_run, name=file.shown, **asked) for file in files]
    if json:
        base.answer(told)
        return
    for one in told:
        base.say(f"{one['sentence']}.")
        for warning in one["warnings"]:
            base.say(tr("  note: {warning}", warning=warning))
