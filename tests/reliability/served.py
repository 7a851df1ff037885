"""A dashboard with the demo portfolio, for a suite that runs by itself or within pytest."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from readiness.access import GRANTS, Principal
from readiness.services import demo
from readiness.store import open_store
from tests.serving import ME, free_port, serving

PLAIN = "from readiness.cli import main; main()"
STREAMLIT = """
import os, sys
from streamlit.web.cli import main

os.environ["READINESS_DATABASE_URL"] = sys.argv[-1]
sys.argv = ["streamlit", "run", "app.py", "--server.port", sys.argv[3]]
main()
"""
FEW = ("bash", "-c", 'ulimit -n 256; exec "$@"', "bash")
"""What a program is started with that may have 256 descriptors, as many systems give it."""


@dataclass(frozen=True)
class Served:
    """Where it answers, its process, and what it said on its standard error."""

    address: str
    process: int
    log: Path

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])


@contextmanager
def dashboard(
    folder: Path, start: str = PLAIN, before: tuple[str, ...] = (), loaded: Path | None = None
) -> Iterator[Served]:
    """`start` is the Python that serves, with the arguments of `readiness`; `before` the command that starts that.

    `loaded` is a store with the demo, to be copied; without one it is made.
    """
    path, log, port = folder / "readiness.db", folder / "log", free_port()
    url = f"sqlite:///{path}"
    if loaded:
        shutil.copy(loaded, path)
    else:
        with closing(open_store(url)) as store:
            demo.load(store, Principal.of(ME, GRANTS))
    address = f"http://127.0.0.1:{port}"
    logged = ("bash", "-c", f'exec "$@" 2>>{log}', "bash")
    command = [*logged, *before, sys.executable, "-c", start, "serve", "--port", str(port), "--db", url]
    for process in serving(command, address):
        yield Served(address, process.pid, log)
