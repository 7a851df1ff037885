"""Evidence fetched from servers: once, from the sources of a system, or from all that are due."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any, get_args

import typer
from pydantic import ValidationError

from readiness import clock, formatting
from readiness.errors import InputError, from_validation
from readiness.importers.batch import mapped
from readiness.language import tr
from readiness.model.sources import KINDS, LiveSource, SourceHolds, StoredSource
from readiness.services import Store
from readiness.services import sources as service
from readiness.services.sources import PullOutcome

from . import base
from .evidence import MAP, say_left_out

commands = typer.Typer(rich_markup_mode=None)
source = typer.Typer(help=tr("Servers from which evidence is fetched again and again."), no_args_is_help=True)
commands.add_typer(source, name="source")

Kind = Annotated[str, typer.Argument(metavar="KIND", help=f"{', '.join(KINDS)}.")]
Url = Annotated[str, typer.Argument(metavar="URL", help=tr("The address of the server; no token stands in it."))]
Project = Annotated[str, typer.Option("--project", help=tr("A project, or MLflow's experiment by name or id."))]
Holds = Annotated[str, typer.Option("--holds", help=tr("traces, or the results of an evaluation."))]
Run = Annotated[
    str, typer.Option("--run", help=tr("One run or experiment whose results are meant, by its id or name."))
]
Experiment = Annotated[str, typer.Option("--experiment", help=tr("Its results: --holds results --run in one."))]
Version = Annotated[str, typer.Option("--version", help=tr("The version that every row speaks of."))]
Role = Annotated[str, typer.Option("--role", help=tr("baseline or candidate, instead of its version."))]
Stage = Annotated[
    str, typer.Option("--stage", metavar="NAME", help=tr("The stage of the rollout that results are of."))
]
Mapping = Annotated[list[str] | None, typer.Option("--map", metavar="KEY=FIELD", help=tr(MAP))]
Every = Annotated[int, typer.Option("--every", metavar="HOURS", help=tr("How often it is to be pulled, at least."))]
System = Annotated[str, typer.Argument(autocompletion=base.systems, help=tr("The system that it is of."))]
Number = Annotated[int, typer.Argument(metavar="SOURCE", help=tr("Its number, as readiness source list says it."))]


@commands.command("pull")
def pull(
    kind: Annotated[str, typer.Argument(metavar="[KIND", help=f"{', '.join(KINDS)}.")] = "",
    url: Annotated[
        str, typer.Argument(metavar="URL]", help=tr("The address of the server; no token stands in it."))
    ] = "",
    project: Project = "",
    system: Annotated[
        str, typer.Option("--system", autocompletion=base.systems, help=tr("Whose evidence it is."))
    ] = "",
    holds: Holds = "traces",
    run: Run = "",
    experiment: Experiment = "",
    version: Version = "",
    role: Role = "",
    stage: Stage = "",
    mapping: Mapping = None,
    since: Annotated[str, typer.Option("--since", metavar="TIME", help=tr("Only what began then or later."))] = "",
    until: Annotated[
        str, typer.Option("--until", metavar="TIME", help=tr("Only what began before; now by default."))
    ] = "",
    output: Annotated[Path | None, typer.Option("-o", "--output", help=tr("Keep the bytes in this file, too."))] = None,
    due: Annotated[bool, typer.Option("--due", help=tr("Pull from all sources whose cadence is over."))] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=tr("Fetch and read, and store nothing."))] = False,
    db: base.Db = "",
    json: base.Json = False,
    as_of: base.AsOf = "",
) -> None:
    """Fetch traces or results from a server and import them; --due does so for every source that is due."""
    if due:
        if kind or url:
            raise InputError(tr("--due pulls from what is set up"), place="KIND", expected=tr("nothing beside it"))
        _due(base.store(db), base.day(as_of), json=json)
        return
    record = _record(
        kind=kind, url=url, project=project, holds=holds, run=run, experiment=experiment, version=version,
        role=role or None, stage=stage, mapping=mapping,
    )  # fmt: skip
    if not system:
        raise InputError(
            tr("it is not said whose evidence it is"), place="--system", expected=tr("the name of a system")
        )
    outcome = service.pull_once(
        base.store(db),
        base.me(),
        system,
        record,
        as_of=base.day(as_of),
        since=base.instant(since, "--since"),
        until=base.instant(until, "--until"),
        output=output,
        dry_run=dry_run,
    )
    _say(outcome, json=json)


def _due(store: Store, day: dt.date, *, json: bool) -> None:
    done = service.due(store, base.me(), as_of=day)
    if json:
        base.answer([{"system": source.system, "source": source.id, **_told(outcome)} for source, outcome in done])
    for source, outcome in () if json else done:
        named = tr("{system}, source {number}", system=source.system, number=source.id)
        base.say(f"{named}: {outcome.sentence.rstrip('.')}.", error=outcome.failed)
    if not done and not json:
        base.say(tr("No source is due."))
    if any(outcome.failed for _, outcome in done):
        raise typer.Exit(1)


@source.command("list")
def list_(system: System, db: base.Db = "", json: base.Json = False) -> None:
    """List the sources of a system, how far each was read, and how the last pull ended."""
    sources = service.every(base.store(db), base.me(), system)
    if json:
        base.answer([_source(one) for one in sources])
        return
    for one in sources:
        base.say(f"{one.id}  {_where(one)}")
        base.say(f"    {one.outcome.rstrip('.') or tr('never pulled')}.")
    if not sources:
        base.say(tr("{system} has no source.", system=system))


@source.command("add")
def add(
    system: System,
    kind: Kind,
    url: Url,
    project: Project = "",
    holds: Holds = "traces",
    run: Run = "",
    experiment: Experiment = "",
    version: Version = "",
    role: Role = "",
    stage: Stage = "",
    mapping: Mapping = None,
    every: Every = 24,
    since: Annotated[str, typer.Option("--since", metavar="DATE", help=tr("Where the first pull begins."))] = "",
    db: base.Db = "",
    json: base.Json = False,
) -> None:
    """Set up a source, from which readiness pull --due fetches what is new."""
    first = base.day(since, "--since") if since else None
    record = _record(
        kind=kind, url=url, project=project, holds=holds, run=run, experiment=experiment, version=version,
        role=role or None, stage=stage, mapping=mapping, every_hours=every, since=first,
    )  # fmt: skip
    base.tell(service.add(base.store(db), base.me(), system, record), json=json)


@source.command("remove")
def remove(system: System, number: Number, db: base.Db = "", json: base.Json = False) -> None:
    """Remove a source; what was pulled from it stays."""
    base.tell(service.remove(base.store(db), base.me(), system, number), json=json)


@source.command("pull")
def pull_one(system: System, number: Number, db: base.Db = "", json: base.Json = False, as_of: base.AsOf = "") -> None:
    """Fetch what is new in one source, due or not."""
    _say(service.pull(base.store(db), base.me(), system, number, as_of=base.day(as_of)), json=json)


def _record(*, mapping: list[str] | None, holds: str, run: str, experiment: str, **told: Any) -> LiveSource:
    if experiment and run:
        raise InputError(tr("--experiment and --run say the same"), place="--experiment", expected=tr("one of them"))
    holds = "results" if experiment else holds
    if holds not in get_args(SourceHolds):
        raise InputError(
            tr("{holds!r} is not what a source holds", holds=holds), place="--holds", expected=tr("traces or results")
        )
    try:
        return LiveSource.model_validate(
            {**told, "holds": holds, "run": run or experiment, "mapping": mapped(mapping or [], place="--map")}
        )
    except ValidationError as exc:
        raise from_validation(exc) from exc


def _say(outcome: PullOutcome, *, json: bool) -> None:
    if json:
        base.answer(_told(outcome))
        return
    base.say(f"{outcome.sentence}.")
    if outcome.batch:
        say_left_out(outcome.batch)


def _where(one: StoredSource) -> str:
    record = one.record
    return tr("{title} at {url}, every {hours} h", title=record.title, url=record.url, hours=record.every_hours)


def _told(outcome: PullOutcome) -> dict[str, object]:
    told = {"sentence": outcome.sentence, "records": outcome.records, "digest": outcome.digest}
    return told | {"failed": outcome.failed}


def _source(one: StoredSource) -> dict[str, object]:
    times = {name: getattr(one, name) for name in ("read_until", "pulled_at", "tried_at")}
    return {
        "id": one.id,
        **one.record.model_dump(mode="json"),
        **{name: time.isoformat() if time else None for name, time in times.items()},
        "outcome": one.outcome,
        "failed": one.failed,
        "stale": formatting.capital(one.stale(clock.now())),
    }
