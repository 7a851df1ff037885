"""Care of the store: backup, restore, upgrade, and what is unsafe or damaged."""

from __future__ import annotations

import datetime as dt
import platform
import stat
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from pysqlite3 import dbapi2 as sqlite

from readiness import clock, formatting, plugins
from readiness.access import Principal, authorize
from readiness.errors import InputError, ReadinessError, StoreError
from readiness.language import tr, trn
from readiness.model.dossier import Done
from readiness.review import integrity
from readiness.seal import signer
from readiness.store import Store, backups, connect, copying, open_store, queries, schema
from readiness.store import restore as restoring
from readiness.store.changes import meta
from readiness.store.engine import library_is_safe

from . import _statuses, anchors
from ._writing import write


@dataclass(frozen=True)
class Upgraded:
    """The schema before and after, and the backup that was made first; None where there was nothing to keep."""

    before: str | None
    after: str
    backup: Path | None


@dataclass(frozen=True)
class Health:
    """One thing that was looked at: whether it is in order, and what there is to say."""

    name: str
    ok: bool
    says: str


@dataclass(frozen=True)
class Saved:
    """The backup that was made, and how many older ones of its folder were removed."""

    path: Path
    removed: int


RENEWED_WITHIN = 30
"""Days before the key of packs ends in which its successor should be there."""
STALE_AFTER = dt.timedelta(days=2)
"""A backup a day that failed twice should not go unnoticed."""


def backup(by: Principal, url: str, path: Path, keep: int = 0) -> Saved:
    """Copy a store while it is in use: to a new file, or to one of today in a folder, of which the newest are kept.

    With `keep` 0 none is removed. Raises Denied and StoreError.
    """
    authorize(by, "administer")
    into = path if path.is_dir() else None
    path = into / f"{_PREFIX}{clock.now():{_STAMP}}.bak" if into else path
    backups.save(_opened(url), path)
    old = _backups(into)[keep:] if into and keep else []
    for backup in old:
        backup.unlink(missing_ok=True)
    return Saved(path, len(old))


def _opened(url: str) -> Store:
    """A store that is there: opening alone would make one. Raises StoreError."""
    there = connect(url)
    if there.path and not there.path.exists():
        raise StoreError(tr("there is no store"), file=there.name, expected=tr("one that something was imported into"))
    return open_store(url)


_PREFIX, _STAMP = "readiness-", "%Y%m%dT%H%M%SZ"


def _backups(folder: Path) -> list[Path]:
    """The backups of a folder by their names, newest first."""
    try:
        return sorted((path for path in folder.iterdir() if _made(path)), reverse=True)
    except OSError as exc:
        problem = tr("the backups cannot be listed ({reason})", reason=exc.strerror)
        raise StoreError(problem, file=str(folder), expected=tr("a folder")) from exc


def _made(path: Path) -> dt.datetime | None:
    try:
        return dt.datetime.strptime(path.name, f"{_PREFIX}{_STAMP}.bak").replace(tzinfo=dt.UTC)
    except ValueError:
        return None


def backed_up(by: Principal, folder: Path) -> Health:
    """How old the newest backup of a folder is. Raises Denied and StoreError."""
    authorize(by, "administer")
    there = _backups(folder)
    if not there:
        return Health(tr("backups"), False, tr("{folder} holds none", folder=folder))
    age = clock.now() - (_made(there[0]) or clock.now())
    days, hours = age.days, age.seconds // 3600
    told = trn("{n} day old", "{n} days old", days) if days else trn("{n} hour old", "{n} hours old", hours)
    newest = tr("the newest of {number} is {age}", number=len(there), age=told)
    return Health(tr("backups"), age < STALE_AFTER, newest)


def restore(by: Principal, url: str, path: Path) -> Path:
    """Put a backup in the place of a store, after checking it; where it went. Raises Denied and StoreError."""
    authorize(by, "administer")
    target = connect(url)
    if target.path is None:
        raise StoreError(tr("this store is a PostgreSQL database"), file=target.name, expected=tr("pg_restore"))
    restoring.restore(path, target.path, actor=by.name)
    return target.path


def copy(by: Principal, url: str, to: str) -> dict[str, int]:
    """Copy a store into a new one in another database; how many rows there are of each table.

    Raises Denied, InputError and StoreError.
    """
    authorize(by, "administer")
    with closing(_opened(url)) as source, closing(open_store(to)) as target:
        if source.engine.url == target.engine.url:
            raise InputError(tr("a store cannot be copied onto itself"), place="--to", expected=tr("another database"))
        return copying.copy(source, target)


def upgrade(by: Principal, url: str) -> Upgraded:
    """Bring the schema of a store up to this program, with a backup first. Raises Denied and StoreError."""
    authorize(by, "administer")
    before, saved = schema.upgrade(connect(url))
    return Upgraded(before, schema.head(), saved)


def examine(by: Principal, url: str) -> list[Health]:
    """What is unsafe or damaged, and what is in order. Raises Denied."""
    authorize(by, "administer")
    version = sqlite.sqlite_version
    safe = library_is_safe(sqlite.sqlite_version_info)
    checks = [
        Health("Python", True, platform.python_version()),
        Health(
            "SQLite",
            safe,
            version
            if safe
            else tr("{version} can lose writes in WAL mode; DELETE mode is used instead", version=version),
        ),
        Health(
            tr("network"),
            True,
            tr("the dashboard listens on this machine only; another address is refused without a login"),
        ),
        _seal(),
        *_plugins(),
    ]
    store = connect(url)
    try:
        checks.append(_schema(store))
        if store.path and store.path.exists():
            checks += [_mode(store.path), _integrity(store.path)]
        checks.append(_chain(store))
        checks += _facts(store)
    except ReadinessError as exc:
        checks.append(Health(tr("store"), False, str(exc)))
    return checks


def _plugins() -> list[Health]:
    """What of other packages is used, and what cannot be."""
    used = [Health(tr("plug-in"), True, plugin.told) for group in plugins.GROUPS for plugin in plugins.of(group)]
    return used + [Health(tr("plug-in"), False, sentence) for sentence in plugins.failures()]


def _seal() -> Health:
    """Whether packs are sealed by a key that holds, and for how long yet."""
    try:
        found = signer.configured()
        if found is None:
            return Health(
                tr("seal"), True, tr("packs are not signed; {variable} names a key", variable=signer.KEY_VARIABLE)
            )
        found.check(clock.now())
    except InputError as exc:
        return Health(tr("seal"), False, str(exc).removesuffix("."))
    left = (found.entry.last - clock.now().date()).days
    until = {"name": found.entry.name, "day": formatting.day(found.entry.last)}
    told = tr("{name} signs until {day}", **until)
    if left < RENEWED_WITHIN:
        told = tr("{name} signs until {day}; make the next key", **until)
    return Health(tr("seal"), left >= RENEWED_WITHIN, told)


def _facts(store: Store) -> list[Health]:
    """What is stored, held against the record, and the kept verdicts, held against what is stored."""
    if (store.path and not store.path.exists()) or schema.revision(store) != schema.head():
        return []
    facts, differing = queries.verified_facts(store), _statuses.differing(store)
    unreadable = _unreadable(store)
    comparable = tr("can be compared")
    if unreadable:
        comparable = tr(
            "those of {files} were kept by another release in a form that cannot be read; import that again",
            files=formatting.few(unreadable),
        )
    return [
        Health(tr("kept cases"), not unreadable, comparable),
        Health(tr("facts"), not facts.changed, integrity.facts(facts)),
        Health(tr("verdicts"), not differing, integrity.statuses(differing)),
    ]


def _unreadable(store: Store) -> list[str]:
    """The files whose single cases cannot be compared with those of a run that comes now."""
    from readiness.importers.cases import pairs

    systems = [system.slug for system in queries.systems(store)]
    kept = [(slug, file, body) for slug in systems for file, body in queries.outcomes(store, slug)]
    return [
        tr("{file} of {system}", file=file.name, system=slug)
        for slug, file, body in kept
        if not pairs.is_comparable(body)
    ]


def anchored(store: Store, by: Principal, path: Path, certificate: Path | None = None) -> Health:
    """Whether the chain goes on from every anchor of a file. Raises Denied and InputError."""
    status = anchors.held(store, by, path, certificate)
    if status.faults:
        return Health(tr("anchors"), False, formatting.few(status.faults))
    told = tr("the chain goes on from each of {number}", number=status.anchors)
    if status.stamped:
        told = tr("{told}, {number} of them stamped", told=told, number=status.stamped)
    if status.stamped and not certificate:
        told = tr("{told}; --certificate holds the stamps against their server", told=told)
    return Health(tr("anchors"), True, told)


def keep_fact(store: Store, by: Principal, key: str, value: str) -> Done:
    """Keep a fact about the store once; a later value for the same key is ignored. Raises Denied."""
    return write(store, by, "import", "", lambda session: meta.set_meta(session, by.name, key, value))


def _schema(store: Store) -> Health:
    if store.path and not store.path.exists():
        return Health(tr("schema"), True, tr("there is no store yet; the first import makes it"))
    revision = schema.revision(store)
    if revision in (None, schema.head()):
        return Health(tr("schema"), True, revision or tr("the store is empty"))
    says = tr(
        "{revision}, where this program has {head}; readiness upgrade moves an older one",
        revision=revision,
        head=schema.head(),
    )
    return Health(tr("schema"), False, says)


def _mode(path: Path) -> Health:
    open_to = stat.S_IMODE(path.stat().st_mode) & 0o077
    said = tr("{path} is open to others; chmod 600", path=path) if open_to else tr("{path} is private", path=path)
    return Health(tr("file mode"), not open_to, said)


def _integrity(path: Path) -> Health:
    faults = backups.check_integrity(path)
    return Health(tr("integrity"), not faults, faults[0] if faults else tr("sound"))


def _chain(store: Store) -> Health:
    if (store.path and not store.path.exists()) or schema.revision(store) is None:
        return Health(tr("audit chain"), True, tr("no event yet"))
    status = queries.chain(store)
    if status.broken_at is not None:
        return Health(tr("audit chain"), False, tr("broken at event {event}", event=status.broken_at))
    intact = tr("intact over {number} events; its head is {head}", number=status.events, head=status.head)
    return Health(tr("audit chain"), True, intact)
