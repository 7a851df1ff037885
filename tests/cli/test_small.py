"""The command line by itself: installed without the dashboard, it does its work, and names what is missing."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from readiness import extras, paths
from readiness.errors import InputError
from tests import files
from tests.factories import SLUG, TODAY

PROJECT = tomllib.loads((paths.ROOT / "pyproject.toml").read_text("utf-8"))["project"]
BARE = f"""
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {[*extras.MODULES, "pydeck"]!r}:
            raise ModuleNotFoundError("No module named " + repr(name), name=name)

sys.meta_path.insert(0, Missing())
from readiness.cli import main
main()
"""


def bare(folder: Path, *arguments: str, status: int = 0) -> subprocess.CompletedProcess[str]:
    """A command in a process that can import nothing of what a small installation leaves out."""
    environment = {**os.environ, "READINESS_DATABASE_URL": "sqlite:///a.db", "READINESS_USER": "dana"}
    done = subprocess.run(
        [sys.executable, "-c", BARE, *arguments],
        cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == status, done.stderr
    return done


def test_without_the_dashboard_files_are_stored_judged_and_packed(tmp_path: Path) -> None:
    files.assessment(tmp_path)
    files.results(tmp_path)
    files.spans(tmp_path)
    (tmp_path / "promptfoo.json").write_bytes((paths.ROOT / "tests" / "data" / "promptfoo.json").read_bytes())
    bare(tmp_path, "import", "assessment.toml", "spans.jsonl")
    bare(tmp_path, "import", "results.csv", "promptfoo.json", "--measured-on", str(TODAY))
    told = bare(tmp_path, "check", SLUG, "--at-least", "narrow", "--summary-to", "-", "--as-of", str(TODAY)).stdout
    assert "it holds" in told
    pack = bare(tmp_path, "pack", SLUG, "--for", "security", "--format", "html", "-o", "-", "--as-of", str(TODAY))
    assert pack.stdout.startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("serve",), "dashboard"),
        (("board", "-o", "a.pptx"), "slides"),
        (("--db", "postgresql://nobody@localhost/nothing", "status"), "postgres"),
    ],
)
def test_what_is_missing_is_named_in_one_sentence(tmp_path: Path, arguments: tuple[str, ...], part: str) -> None:
    said = bare(tmp_path, *arguments, status=2)
    assert said.stderr == f'readiness: this needs readiness[{part}]; expected pip install "readiness[{part}]".\n'


def test_paper_needs_its_part(tmp_path: Path) -> None:
    bare(tmp_path, "import", str(files.assessment(tmp_path)))
    asked = ("pack", SLUG, "--for", "leadership", "--format", "pdf", "--draft", "-o", "a.pdf", "--as-of", str(TODAY))
    assert "this needs readiness[pdf]" in bare(tmp_path, *asked, status=2).stderr
    assert not (tmp_path / "a.pdf").exists()


def test_another_module_that_is_missing_is_no_part_of_ours() -> None:
    with pytest.raises(ModuleNotFoundError), extras.asked():
        raise ModuleNotFoundError("no module", name="nonsense")
    with pytest.raises(InputError, match=r"this needs readiness\[pdf\]"), extras.asked():
        raise ModuleNotFoundError("no module", name="typst")


def test_each_part_that_is_named_is_one_that_can_be_installed() -> None:
    parts = PROJECT["optional-dependencies"]
    assert set(extras.MODULES.values()) == set(parts) - {"all"}
    assert parts["all"] == [f"readiness[{','.join(sorted(set(parts) - {'all', *extras.DRIVERS}))}]"]
    small = (paths.ROOT / "requirements" / "cli.txt").read_text("utf-8")
    assert not any(f"\n{name}==" in small for name in ("streamlit", "pandas", "typst", "psycopg", "python-pptx"))
    whole = (paths.ROOT / "requirements" / "run.txt").read_text("utf-8")
    assert all(line in whole for line in small.splitlines() if "==" in line)
