"""Who may import whom, as a table."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from readiness import paths

FACTS = {"catalogue", "checks", "records", "errors"}
CORE = {
    "records": {"errors"},
    "errors": set[str](),
    "catalogue": {"records", "errors", "checks"},
    "checks": {"records", "traces"},
    "intervals": set[str](),
    "comparison": FACTS | {"intervals"},
    "scorecard": FACTS | {"intervals", "comparison", "words"},
    "traces": {"records", "errors"},
    "detectors": set[str](),
    "redaction": {"detectors"},
    "sampling": FACTS,
    "spantable": FACTS | {"sampling", "traces"},
    "board": FACTS | {"scorecard"},
    "packet": FACTS | {"scorecard", "words"},
    "verdict": FACTS | {"packet"},
    "promises": FACTS,
    "lift": FACTS | {"packet", "verdict"},
    "differences": {"records", "words"},
    "standing": FACTS,
    "week": FACTS | {"standing", "words"},
    "browse": FACTS | {"standing", "words"},
}
FINDINGS = FACTS | {"findings", "comparison", "intervals", "packet", "scorecard", "traces", "verdict", "words"}
SHARED = {"records", "errors", "words", "clock", "access", "redaction", "paths", "differences"}
DATABASE = {"sqlmodel", "sqlalchemy", "alembic", "pysqlite3", "sqlite3", "psycopg"}


def imported(path: Path) -> Iterator[str]:
    """The modules a file imports anywhere in it, in full: `readiness.store.engine`, `streamlit`."""
    package = path.relative_to(paths.ROOT).with_suffix("").parts
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join((*package[: -node.level], *filter(None, [node.module]))) if node.level else node.module
            yield from (f"{base}.{alias.name}" for alias in node.names)


def own(path: Path) -> set[str]:
    """The parts of the package that a file imports: `records`, `store`."""
    return {name.split(".")[1] for name in imported(path) if name.startswith("readiness.")}


def outside(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imported(path)} - {"readiness"}


def sources(*folders: str) -> list[Path]:
    found = [paths.ROOT / folder for folder in folders]
    return sorted(path for each in found for path in ([each] if each.is_file() else each.rglob("*.py")))


@pytest.mark.parametrize("name", CORE)
def test_the_core_knows_only_facts_and_itself(name: str) -> None:
    path = paths.ROOT / "readiness" / f"{name}.py"
    assert own(path) <= CORE[name]
    assert outside(path).isdisjoint({*DATABASE, "streamlit", "pandas"} - ({"sqlmodel"} if name == "records" else set()))


def test_findings_know_the_core_and_nothing_that_reads_or_shows() -> None:
    for path in sources("readiness/findings"):
        assert own(path) <= FINDINGS, path
        assert outside(path).isdisjoint({*DATABASE, "streamlit", "pandas"}), path


@pytest.mark.parametrize(
    ("folder", "more"),
    [("store", {"paths"}), ("importers", {"catalogue", "intervals", "sampling", "spantable", "traces"})],
)
def test_store_and_importers_know_neither_each_other_nor_the_core(folder: str, more: set[str]) -> None:
    for path in sources(f"readiness/{folder}"):
        assert own(path) <= SHARED | more | {folder}, path


def test_only_the_dashboard_knows_streamlit() -> None:
    everywhere = sources("readiness", "pages", "app.py")
    knows = {path for path in everywhere if "streamlit" in outside(path)}
    assert knows <= set(sources("readiness/web", "pages", "app.py"))


def test_pages_know_no_database_and_the_command_line_no_session() -> None:
    for path in sources("pages", "readiness/web", "app.py"):
        assert outside(path).isdisjoint(DATABASE), path
    for path in sources("readiness/cli.py", "readiness/cli"):  # its doctor reads the version of the SQLite library
        assert outside(path).isdisjoint(DATABASE - {"pysqlite3"}), path


def test_the_rules_here_would_notice_an_import() -> None:
    names = set(imported(paths.ROOT / "readiness" / "store" / "changes" / "base.py"))
    assert {"readiness.clock", "readiness.store.engine.Store", "readiness.errors.Conflict"} <= names
