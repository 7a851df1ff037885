"""The package as a wheel: outside the checkout, with nothing of it on the path."""

from __future__ import annotations

import os
import site
import subprocess
import sys
import urllib.request
import venv
from pathlib import Path

import pytest

from readiness import __version__, paths
from tests.serving import cookie, free_port, serving


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program of a new environment that holds the wheel; what it depends on is borrowed from this one."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(paths.ROOT))
    made = next(folder.glob("*.whl"))
    home = folder / "env"
    venv.create(home, with_pip=True)
    python = home / "bin" / "python"
    run(str(python), "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", str(made))
    packages = run(str(python), "-c", "import site; print(site.getsitepackages()[0])").strip()
    (Path(packages) / "borrowed.pth").write_text(f"{site.getsitepackages()[0]}\n")
    return home / "bin" / "readiness"


def run(*command: str, cwd: Path | None = None) -> str:
    done = subprocess.run(command, cwd=cwd, env=_clean(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _clean() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "READINESS"))}


def test_the_wheel_is_this_version_and_not_the_checkout(installed: Path, tmp_path: Path) -> None:
    assert run(str(installed), "--version", cwd=tmp_path) == f"readiness {__version__}\n"
    where = run(
        str(installed.with_name("python")), "-c", "import readiness.paths as p; print(p.ROOT, p.MAIN)", cwd=tmp_path
    )
    assert str(paths.ROOT) not in where


def test_the_wheel_is_the_same_bytes_each_time(installed: Path, tmp_path: Path) -> None:
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(paths.ROOT))
    first, again = (next(folder.glob("*.whl")) for folder in (installed.parents[2], tmp_path))
    assert first.read_bytes() == again.read_bytes()


ENGINES = ("bigquery", "clickhouse", "databricks", "snowflake", "spark", "trino")
"""Extras of their own, since `all` brings none of their drivers."""


def test_the_wheel_says_who_made_it_and_what_it_brings(installed: Path, tmp_path: Path) -> None:
    program = "from importlib.metadata import metadata; print(metadata('readiness'))"
    told = run(str(installed.with_name("python")), "-c", program, cwd=tmp_path)
    for line in ("Author: The readiness authors", "License-Expression: Apache-2.0", "Classifier: Typing :: Typed"):
        assert f"{line}\n" in told
    extras = {line.partition(": ")[2] for line in told.splitlines() if line.startswith("Provides-Extra: ")}
    assert extras == {"all", "dashboard", "pdf", "postgres", "slides", "warehouse", *ENGINES}


def test_the_wheel_tells_type_checkers_that_it_is_typed(installed: Path, tmp_path: Path) -> None:
    where = run(str(installed.with_name("python")), "-c", "import readiness; print(readiness.__file__)", cwd=tmp_path)
    assert Path(where.strip()).with_name("py.typed").exists()


def test_the_demo_loads_and_is_judged_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    run(str(installed), "demo", cwd=tmp_path)
    assert "blocked" in run(str(installed), "status", "freight-support", cwd=tmp_path)
    run(str(installed), "pack", "freight-support", "--for", "security", "-o", "pack.md", cwd=tmp_path)
    assert "Rollback" in (tmp_path / "pack.md").read_text("utf-8")
    assert (tmp_path / "readiness.db").stat().st_mode & 0o777 == 0o600


def test_the_dashboard_serves_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    for _ in serving([str(installed), "serve", "--demo", "--port", str(port)], address, cwd=tmp_path):
        link = f"{address}/download/pack?system=claims-intake&audience=leadership&format=html"
        asked = urllib.request.Request(link, headers=cookie(address))  # noqa: S310 - our own loopback address
        with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310
            assert answer.status == 200
            assert "Claims Intake Assistant" in answer.read().decode()
