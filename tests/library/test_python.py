"""The Python API as it is documented: what stands in its docstrings and in docs/python.md is run."""

from __future__ import annotations

import datetime as dt
import doctest
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import readiness
from readiness import paths
from readiness.library import deciding, packing, reading, trials
from tests import files

PAGE = paths.ROOT / "docs" / "python.md"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The files that the examples speak of."""
    rows = [
        f"{version},task_success,{int(at < passed)}"
        for version, passed in (("2026.08", 470), ("2026.11", 480))
        for at in range(500)
    ]
    files.results(tmp_path, *rows, header="version,metric,value")
    files.assessment(tmp_path, files.whole(capacity=None, tail_latency="partial"))
    return tmp_path


def names(folder: Path) -> dict[str, Any]:
    def reviewed() -> readiness.Review:
        day = dt.date(2026, 11, 20)
        return readiness.decide(folder / "assessment.toml", folder / "results.csv", as_of=day, measured_on=day)

    return {"example": lambda name: folder / name, "reviewed": reviewed}


@pytest.mark.parametrize("module", [reading, trials, deciding, packing], ids=lambda module: module.__name__)
def test_the_examples_in_docstrings_hold(module: Any, folder: Path) -> None:
    done = doctest.testmod(module, extraglobs=names(folder))
    assert done.attempted > 0
    assert done.failed == 0


def test_the_examples_on_the_page_hold(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    done = doctest.testfile(str(PAGE), module_relative=False)
    assert done.attempted > 5
    assert done.failed == 0


def test_each_name_is_there_stated_and_documented() -> None:
    page = PAGE.read_text("utf-8")
    stub = (paths.PACKAGE / "__init__.pyi").read_text("utf-8")
    for name in readiness.__all__:
        assert getattr(readiness, name) is not None
        assert name in dir(readiness)
        assert name == "__version__" or f" as {name}\n" in stub
        assert f"`{name}" in page
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        readiness.nonsense  # type: ignore[attr-defined]  # noqa: B018


def test_importing_the_package_imports_nothing_of_it() -> None:
    program = "import sys, readiness; print(*(name for name in sys.modules if name.startswith('readiness')))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == ["readiness"]


def test_what_is_no_assessment_is_refused(folder: Path) -> None:
    with pytest.raises(readiness.InputError, match="which system this file belongs to"):
        readiness.decide(folder / "results.csv")


def test_a_verdict_is_the_one_that_a_store_gives(folder: Path, store: Any) -> None:
    from readiness.services import reviews
    from tests import factories

    files.keep(store, folder / "assessment.toml", folder / "results.csv")
    kept = reviews.load(store, factories.principal(), factories.SLUG, as_of=factories.TODAY)
    alone = names(folder)["reviewed"]()
    assert alone.verdict == kept.verdict
    assert alone.rows == kept.rows
