"""MLflow and Phoenix as processes of their own, on ports of their own, until the block ends."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.serving import ROOT, free_port, waiting

SERVERS = ROOT / ".servers" / "bin"
HERE = Path(__file__).parent
BEGIN = 1_795_000_000_000_000_000
"""2026-11-18, in nanoseconds."""


@contextmanager
def mlflow(folder: Path) -> Iterator[str]:
    port = free_port()
    store = ["--backend-store-uri", f"sqlite:///{folder / 'mlflow.db'}", "--artifacts-destination", str(folder / "art")]
    command = ["mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1", *store]
    with _running(command, folder, f"http://127.0.0.1:{port}/health", MLFLOW_SERVER_ENABLE_JOB_EXECUTION="false"):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def phoenix(folder: Path) -> Iterator[str]:
    port = free_port()
    told = {
        "PHOENIX_WORKING_DIR": str(folder),
        "PHOENIX_HOST": "127.0.0.1",
        "PHOENIX_PORT": str(port),
        "PHOENIX_GRPC_PORT": str(free_port()),
        "PHOENIX_TELEMETRY_ENABLED": "false",
    }
    with _running(["phoenix", "serve"], folder, f"http://127.0.0.1:{port}/healthz", **told):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _running(command: list[str], folder: Path, health: str, **environment: str) -> Iterator[None]:
    program = SERVERS / command[0]
    if not program.exists():
        pytest.fail(f"{program} is not there; make .servers/.made installs it")
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [str(program), *command[1:]], cwd=folder, env=_environment(**environment), stdout=log, stderr=log
        )
        try:
            waiting(process, health)
            yield
        finally:
            process.terminate()
            process.wait(timeout=60)


def fill(tool: str, url: str, *arguments: str, patience: float = 300) -> str:
    """Run a tool's own client against its server, for `patience` seconds; gives back what it printed last."""
    command = [str(SERVERS / "python"), str(HERE / f"fill_{tool}.py"), url, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=_environment(), check=False, timeout=patience)
    assert done.returncode == 0, done.stderr
    return (done.stdout.strip().splitlines() or [""])[-1]


def _environment(**more: str) -> dict[str, str]:
    """Without our own modules, and with compiled files, without which a start takes a minute."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return kept | {"MLFLOW_DISABLE_TELEMETRY": "true", **more}
