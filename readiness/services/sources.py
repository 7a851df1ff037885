"""Evidence that is fetched: sources of a system, and pulls from them, each of which is an import like any other.

A pull is claimed in a short transaction, fetched into a file beside the store while nothing is held, imported, and then
said to be done. Whatever is killed in between goes on up to the same time, and the same bytes are stored once.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path

from readiness import clock, english, formatting, importers
from readiness.access import Principal, allowed, authorize, authorize_anywhere
from readiness.errors import InputError, ReadinessError
from readiness.importers import Batch, Options
from readiness.importers.source.limits import DOCUMENT_CAP
from readiness.language import tr, trn
from readiness.model.dossier import Done
from readiness.model.sources import TITLES, LiveSource, SourceHolds, SourceKind, StoredSource
from readiness.outbound import pulls, reach
from readiness.outbound.pulls import Pulled, PullLimits, Wanted
from readiness.store import Store, queries
from readiness.store.changes import sources as changes

from . import imports, systems
from ._writing import beside

FOLDER_VARIABLE = "READINESS_PULLS"
"""Where what is pulled is kept until it is imported."""
SETTLED = dt.timedelta(minutes=1)
"""What began later is left to the next pull: parts of it may still be on their way to the server."""
HELD = dt.timedelta(minutes=30)
"""Longer than a pull takes."""
_LIMITS = PullLimits(total_bytes=DOCUMENT_CAP)
_MINUTE = "%Y-%m-%d %H:%M"
FORMATS: dict[tuple[SourceKind, SourceHolds], str] = {
    ("mlflow", "traces"): "mlflow-traces",
    ("mlflow", "results"): "mlflow-eval",
    ("phoenix", "traces"): "openinference",
    ("phoenix", "results"): "phoenix-experiment",
    ("langfuse", "traces"): "langfuse",
    ("langfuse", "results"): "langfuse-experiment",
    ("langsmith", "traces"): "langsmith",
    ("langsmith", "results"): "langsmith-experiment",
    ("opik", "traces"): "opik-traces",
    ("opik", "results"): "opik",
}
"""What a server may hand out, whatever it answers: never an assessment."""


@dataclass(frozen=True)
class PullOutcome:
    """What became of a pull: what it stored, if there was anything, and the digest of the bytes."""

    sentence: str
    records: int
    digest: str = ""
    batch: Batch | None = None
    failed: bool = False


def every(store: Store, by: Principal, slug: str) -> list[StoredSource]:
    """Those of a system. Raises Denied."""
    authorize(by, "read", slug)
    return queries.sources.of_systems(store, [slug])


def stale(store: Store, by: Principal) -> dict[str, str]:
    """By system: what is wrong with its sources, as one clause, of all systems that one may read. Raises Denied."""
    authorize_anywhere(by, "read")
    now, found = clock.now(), dict[str, list[str]]()
    for source in queries.sources.of_systems(store):
        if allowed(by, "read", source.system) and (why := source.stale(now)):
            found.setdefault(source.system, []).append(f"{source.record.title}: {why}")
    return {slug: formatting.few(told) for slug, told in found.items()}


def add(store: Store, by: Principal, slug: str, source: LiveSource) -> Done:
    """Raises Denied, NotFound, and InputError for an address that may not be asked."""
    authorize(by, "import", slug)
    _check(source)
    return beside(store, slug, lambda session: changes.add(session, by.name, slug, source)[1])


def change(store: Store, by: Principal, slug: str, source_id: int, source: LiveSource, *, seen: int) -> Done:
    """Raises Denied, NotFound, InputError, and Conflict where somebody changed it in the meantime."""
    authorize(by, "import", slug)
    _check(source)
    return beside(store, slug, lambda session: changes.change(session, by.name, slug, source_id, source, seen=seen))


def remove(store: Store, by: Principal, slug: str, source_id: int) -> Done:
    """What was pulled from it stays. Raises Denied and NotFound."""
    authorize(by, "import", slug)
    return beside(store, slug, lambda session: changes.remove(session, by.name, slug, source_id))


def _check(source: LiveSource) -> None:
    reach.refuse_inner(reach.asked_address(source.url, place="URL"))


@english.said
def pull(
    store: Store, by: Principal, slug: str, source_id: int, *, as_of: dt.date, limits: PullLimits | None = None
) -> PullOutcome:
    """Fetch what is new in a source, and import it. Raises Denied, NotFound, Conflict, Unreachable and InputError.

    How it ended is kept with the source, in English.
    """
    authorize(by, "import", slug)
    source = queries.sources.one(store, slug, source_id)
    with pulls.locked(_folder(store), _key(store, slug, source_id)) as kept:
        wanted = _claimed(store, slug, source)
        try:
            pulled = pulls.pull(wanted, kept, limits or _LIMITS, exact=True)
            outcome = _imported(store, by, slug, source.record, pulled, as_of)
        except ReadinessError as exc:
            with store.writing(slug) as session:
                changes.failed(session, source_id, str(exc))
            raise
        told = _detail(wanted, outcome)
        beside(
            store,
            slug,
            lambda session: changes.pulled(session, by.name, slug, source_id, lambda: outcome.sentence, told),
        )
        pulled.done.clear()
    return outcome


def _claimed(store: Store, slug: str, source: StoredSource) -> Wanted:
    """What is to be asked, once it is ours to ask."""
    now = clock.now()
    until = _exact(now - SETTLED)
    with store.writing(slug) as session:
        queries.refuse_archived(session, slug)
        row = changes.claim(session, slug, source.id, socket.gethostname(), until, given_up=now - HELD)
        return _wanted(source.record, row.read_until, row.pulling_until or until)


def _wanted(record: LiveSource, since: dt.datetime | None, until: dt.datetime) -> Wanted:
    if since is None and record.since is not None:
        since = dt.datetime.combine(record.since, dt.time(), clock.zone())
    return Wanted(record.kind, record.url, record.project, until, record.holds, record.run, since)


def _exact(time: dt.datetime) -> dt.datetime:
    return time.replace(microsecond=time.microsecond // 1000 * 1000)


def due(
    store: Store, by: Principal, *, as_of: dt.date, limits: PullLimits | None = None
) -> list[tuple[StoredSource, PullOutcome]]:
    """Pull from every source whose cadence is over, of all systems that one may import to; a failure stops no other."""
    now, done = clock.now(), list[tuple[StoredSource, PullOutcome]]()
    slugs = [slug for slug in systems.slugs(store, by) if allowed(by, "import", slug)]
    for source in queries.sources.of_systems(store, slugs):
        if source.is_due(now):
            try:
                outcome = pull(store, by, source.system, source.id, as_of=as_of, limits=limits)
            except ReadinessError as exc:
                outcome = PullOutcome(str(exc), 0, failed=True)
            done.append((source, outcome))
    return done


def pull_once(
    store: Store,
    by: Principal,
    slug: str,
    record: LiveSource,
    *,
    as_of: dt.date,
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
    output: Path | None = None,
    dry_run: bool = False,
    limits: PullLimits | None = None,
) -> PullOutcome:
    """Fetch from a server once, and import it; the same call goes on where an earlier one was killed.

    The bytes are kept in the folder or the file `output`. Raises what `pull` raises.
    """
    authorize(by, "import", slug)
    with store.reading() as session:
        queries.refuse_archived(session, slug)
    wanted = _wanted(record, since, _exact(until or clock.now()))
    with pulls.locked(_folder(store), _key(store, slug, wanted.key)) as kept:
        pulled = pulls.pull(wanted, kept, limits or _LIMITS)
        _copy(pulled, output)
        if dry_run:
            batch = _read(store, by, slug, record, pulled) if pulled.records else None
            return PullOutcome(_counted(pulled), pulled.records, pulled.digest, batch)
        outcome = english.said(_imported)(store, by, slug, record, pulled, as_of)
        told = _detail(pulled.wanted, outcome)
        beside(store, slug, lambda session: changes.told(session, by.name, slug, lambda: outcome.sentence, told))
        pulled.done.clear()
    return outcome


def _copy(pulled: Pulled, output: Path | None) -> None:
    if output is None:
        return
    path = output / pulled.name if output.is_dir() else output
    try:
        with pulled.path.open("rb") as file, path.open("xb") as copy:
            while piece := file.read(1 << 20):
                copy.write(piece)
    except OSError as exc:
        problem = tr("the file cannot be written ({reason})", reason=exc.strerror)
        raise InputError(
            problem, file=str(path), expected=tr("a file that is not there yet, in a folder of yours")
        ) from exc


def _detail(wanted: Wanted, outcome: PullOutcome) -> dict[str, str]:
    """What the record keeps of a pull beside its sentence."""
    return {**wanted.provenance, "digest": outcome.digest, "records": str(outcome.records)}


def _imported(
    store: Store, by: Principal, slug: str, record: LiveSource, pulled: Pulled, as_of: dt.date
) -> PullOutcome:
    """Import what was fetched; what cannot be imported is not kept, and is fetched again when it is mended."""
    if not pulled.records:
        return PullOutcome(_counted(pulled), 0)
    try:
        batch = _read(store, by, slug, record, pulled)
        done = imports.keep(store, by, batch, system=slug, as_of=as_of)
    except InputError:
        pulled.done.clear()
        raise
    return PullOutcome(f"{_counted(pulled)}: {done.sentence}", pulled.records, pulled.digest, batch)


def _read(store: Store, by: Principal, slug: str, record: LiveSource, pulled: Pulled) -> Batch:
    """The file as it is understood, with what was asked of whom in front of its notes."""
    options = Options(
        version=record.version,
        mapping=record.mapping,
        format=FORMATS[record.kind, record.holds],
        stage=record.stage,
    )
    request = imports.ImportRequest(pulled.path, pulled.name, slug, role=record.role, options=options)
    batch = imports.read(store, by, request)
    return importers.noted(batch, [_provenance(pulled), *pulled.notes])


def _provenance(pulled: Pulled) -> str:
    wanted = pulled.wanted
    span = f"from {wanted.since:{_MINUTE}} " if wanted.since else ""
    span += f"up to {wanted.until:{_MINUTE}} UTC"
    return f"pulled from {TITLES[wanted.kind]} at {wanted.url}: {wanted.holds} of {wanted.run or wanted.project} {span}"


def _counted(pulled: Pulled) -> str:
    host = reach.asked_address(pulled.wanted.url, place="URL").hostname
    if not pulled.records:
        run = pulled.wanted.run or pulled.wanted.project
        return tr("{host} has nothing new of {run}", host=host, run=run)
    if pulled.wanted.holds == "traces":
        return trn("Pulled {n} trace from {host}", "Pulled {n} traces from {host}", pulled.records, host=host)
    return trn("Pulled {n} result from {host}", "Pulled {n} results from {host}", pulled.records, host=host)


def _key(store: Store, slug: str, what: int | str) -> str:
    """Of what is kept of a pull: from a source by its number, or of what is asked for once."""
    return hashlib.sha256(f"{store.url}\n{slug}\n{what}".encode()).hexdigest()[:24]


def _folder(store: Store) -> Path:
    """What the environment names, else beside the store, else one of the account's own for what is temporary."""
    if named := os.environ.get(FOLDER_VARIABLE, "").strip():
        return Path(named)
    if store.path is not None:
        return store.path.with_name(f"{store.path.name}-pulls")
    return Path(tempfile.gettempdir()) / f"readiness-pulls-{os.getuid()}"
