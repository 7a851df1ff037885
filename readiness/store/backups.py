"""Copies of a live SQLite store: one plain file each, with a manifest of its own content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from pysqlite3 import dbapi2 as sqlite

from readiness.errors import StoreError
from readiness.language import tr

from .engine import Store, make_private, translated

MANIFEST = "backup_manifest"
APPLICATION_ID = 0x72646E73
"""Says in the header of a file that it must carry a manifest, so that one which lost it is not taken for an old one."""


def save(store: Store, to: Path) -> None:
    """Copy a live SQLite store with the backup API; raises StoreError on a server, which brings its own tools."""
    if not store.path:
        raise StoreError(
            tr("this store is a PostgreSQL database"), file=store.name, expected=tr("pg_dump for its backups")
        )
    if to.exists():
        raise StoreError(tr("the backup file is there already"), file=str(to), expected=tr("a new file name"))
    try:
        make_private(to)
        with closing(sqlite.connect(str(store.path))) as source, closing(sqlite.connect(str(to))) as target:
            source.backup(target)
            _leave_out_raw(target)
            _seal(target)
    except (OSError, sqlite.Error) as exc:
        with suppress(OSError):
            to.unlink()
        raise StoreError(
            tr("the backup failed ({reason})", reason=exc), file=str(to), expected=tr("a folder that may be written")
        ) from exc


def _leave_out_raw(copied: Any) -> None:
    """A text that is deleted on a day may not live on in a copy."""
    if copied.execute("SELECT 1 FROM sqlite_master WHERE name = 'raw_text'").fetchone():
        copied.execute("PRAGMA secure_delete=ON")
        copied.execute("DELETE FROM raw_text")
        copied.commit()


def _seal(copied: Any) -> None:
    """Write the manifest, and leave everything in the one file."""
    copied.execute("PRAGMA journal_mode=DELETE")
    content = dict(_content(copied))
    copied.execute(f"CREATE TABLE IF NOT EXISTS {MANIFEST} (name TEXT PRIMARY KEY, digest TEXT NOT NULL)")
    copied.execute(f"DELETE FROM {MANIFEST}")  # noqa: S608  # our own name
    copied.executemany(f"INSERT INTO {MANIFEST} VALUES (?, ?)", sorted(content.items()))  # noqa: S608  # our own name
    copied.execute(f"PRAGMA application_id={APPLICATION_ID}")
    copied.commit()


def check_integrity(path: Path) -> list[str]:
    """What SQLite finds wrong with a database file: pages, indexes and foreign keys; empty when it is sound."""
    with translated(str(path)):
        try:
            with closing(_read(path)) as connection:
                rows = [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
                rows += [
                    tr("foreign key of {table}", table=row[0]) for row in connection.execute("PRAGMA foreign_key_check")
                ]
        except (sqlite.Error, UnicodeError) as exc:
            return [str(exc)]
    return [row for row in rows if row != "ok"]


def check_manifest(path: Path) -> list[str]:
    """The tables whose content is not what the manifest says; empty when each is, and for a file that needs none."""
    try:
        with closing(_read(path)) as connection:
            names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            marked = connection.execute("PRAGMA application_id").fetchone()[0] != 0
            if MANIFEST not in names:
                return [tr("the manifest")] if marked else []
            stated = dict(connection.execute(f"SELECT name, digest FROM {MANIFEST}"))  # noqa: S608  # our own name
            content = dict(_content(connection))
    except (sqlite.Error, UnicodeError) as exc:
        return [tr("the file ({reason})", reason=exc)]
    return sorted(name for name in stated.keys() | content.keys() if stated.get(name) != content.get(name))


def _read(path: Path) -> Any:
    """To look only, at a text that is damaged too."""
    connection = sqlite.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
    return connection


def _content(connection: Any) -> Iterator[tuple[str, str]]:
    """Each table with a digest of its rows in their order, and one of the definitions of all."""
    definitions = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE ?", _OURS)
    yield "definitions", _digest(sorted(map(repr, definitions)))
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE ?", _OURS)
    for (name,) in tables.fetchall():
        quoted = name.replace('"', '""')
        rows = connection.execute(f'SELECT rowid, * FROM "{quoted}" ORDER BY rowid')  # noqa: S608  # quoted
        yield f"table {name}", _digest(map(repr, rows))


_OURS = (f"%{MANIFEST}%",)
"""The manifest and the index of its key."""


def _digest(lines: Any) -> str:
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line.encode("utf-8", "surrogatepass") + b"\n")
    return digest.hexdigest()
