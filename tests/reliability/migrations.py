"""The move of a store to the schema of this program is killed before each statement, from each earlier schema."""

from __future__ import annotations

import argparse
import itertools
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from alembic import command
from sqlalchemy import text
from sqlmodel import Session

from readiness.store import backups, connect, facts, schema
from tests.reliability import stores
from tests.reliability.table import report

ROWS = (
    "INSERT INTO system (id, slug, name, description, owner, row_version) VALUES (1, 'c', 'C', '', '', 1)",
    "INSERT INTO evidence (id, system_id, name, format, kind, digest, size, tool, tool_version, shelf_life_days, "
    "options, kept, skipped, skips, warnings, row_version, added_by, added_at) VALUES "
    "(1, 1, 's', 'otlp', 'traces', '0', 1, '', '', 30, '{}', 1, 0, '[]', '[]', 1, 'rosa', '2026-11-20')",
)


def earlier() -> list[str]:
    return schema._revisions()[:-1]


def older(path: Path, version: str) -> None:
    """A store of an earlier schema, with a system and a file."""
    store = connect(stores.url(path))
    with closing(store), store.engine.execution_options(immediate=True).begin() as connection:
        command.upgrade(schema._config(connection), version)
        for row in ROWS:
            connection.execute(text(row))
        if schema._doubted(connection):  # of a schema whose events hold facts
            with Session(connection) as session:
                facts.adopt(session, [], names=facts.columns_of(connection))
                session.commit()


def tried(version: str, folder: Path, stride: int = 1, start: int = 1) -> Iterator[list[str]]:
    """What was wrong after each kill, the last time without one."""
    whole, path = folder / "whole.db", folder / "readiness.db"
    older(whole, version)
    before = stores.content(whole)
    for statement in itertools.count(start, stride):
        for left in folder.glob(f"{path.name}*"):
            left.unlink()
        shutil.copy(whole, path)
        killed = stores.killed_before(lambda: _upgrade(path), statement)
        yield _found(path, version, before, killed=killed)
        if not killed:
            return


def _upgrade(path: Path) -> None:
    with closing(connect(stores.url(path))) as store:
        schema.upgrade(store)


def _found(path: Path, version: str, before: dict[str, list[object]], *, killed: bool) -> list[str]:
    """Old or new as a whole, with the backup beside once it is new; and the next upgrade comes through."""
    faults = []
    with closing(connect(stores.url(path))) as store:
        revision = schema.revision(store)
        if revision == version and stores.content(path) != before:
            faults.append(f"half of schema {version} is there")
        if revision not in (version, schema.head()) or (revision == version and not killed):
            faults.append(f"it is of schema {revision}")
        saved = list(path.parent.glob(f"{path.name}.*.bak"))
        if revision != version and not saved:
            faults.append("no backup was made first")
        faults += [f"the backup: {fault}" for copy in saved for fault in _not_as(before, copy)]
        for copy in saved:
            copy.unlink()
        schema.upgrade(store)
        return faults + stores.unsound(store)


def _not_as(before: dict[str, list[object]], copy: Path) -> list[str]:
    there = stores.content(copy)
    return backups.check_manifest(copy) + [name for name in before if there.get(name) != before[name]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1)
    every = parser.parse_args().every
    found = []
    for number, version in enumerate(earlier()):
        with stores.folder() as folder:
            found += list(tried(version, folder, every, 1 + number % every))
    which = "each of its statements" if every == 1 else f"every {every}th of its statements"
    what = f"an upgrade is killed before {which}, from each of {len(earlier())} earlier schemas"
    report("migrations", what, found, "stores between two schemas, unsound or not saved")


if __name__ == "__main__":
    main()
