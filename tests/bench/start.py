"""What the start of a command costs, against the bare start of its frameworks: `python -m tests.bench.start`.

Every command is a process of its own over the demo portfolio, whose verdicts are kept. The commands take turns with
`import typer`, which any command line made with it pays, and with `import typer, sqlmodel`, which one that reads a
store pays, so that a noisy machine troubles all alike; what counts is the processor time of the process and all it
starts. The dashboard takes turns with an empty Streamlit application, each until it says that it is healthy.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from readiness.store.engine import URL_VARIABLE
from tests.bench import pages
from tests.serving import ROOT, free_port

FLOORS = {"typer": ("-c", "import typer"), "with SQLModel": ("-c", "import typer, sqlmodel")}
COMMANDS = ("--version", "--help", "status", "check claims-intake --at-least staged", "gaps", "doctor")


def spent(arguments: tuple[str, ...]) -> float:
    """Seconds of the processor that a process uses from its start to its end."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def until_healthy(arguments: tuple[str, ...], path: str, folder: Path) -> float:
    """Seconds of the processor until a server that is started in the folder answers there."""
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, *arguments, str(port)], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while server.poll() is None:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60):
                    return pages.spent(server.pid)
            except OSError:
                time.sleep(0.005)
        raise SystemExit(f"{arguments} ended with {server.returncode}")
    finally:
        server.kill()
        server.wait()


def servers(folder: Path) -> dict[str, float]:
    """Seconds until an empty application and the dashboard are healthy."""
    (folder / "empty.py").write_text("import streamlit\n", "utf-8")
    bare = ("-m", "streamlit", "run", "empty.py", "--server.headless=true", "--server.port")
    return {
        "empty application": until_healthy(bare, "/_stcore/health", folder),
        "serve": until_healthy(("-m", "readiness", "serve", "--port"), "/health", ROOT),
    }


def ours(command: str) -> tuple[str, ...]:
    return ("-m", "readiness", *command.split())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=11)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        os.environ[URL_VARIABLE] = f"sqlite:///{Path(folder) / 'demo.db'}"
        for arguments in (ours("demo"), *FLOORS.values(), *map(ours, COMMANDS)):
            spent(arguments)  # what is compiled or kept once is so before anything is measured
        asked = FLOORS | {command: ours(command) for command in COMMANDS}
        turns = [{name: spent(arguments) for name, arguments in asked.items()} for _ in range(runs)]
        healthy = [servers(Path(folder)) for _ in range(runs)]
    print(f"| command | least | median | {' | '.join(f'against {floor}' for floor in FLOORS)} |\n|---|---|---|---|---|")
    for name in asked:
        own = [turn[name] for turn in turns]
        ratios = (statistics.median(turn[name] / turn[floor] for turn in turns) for floor in FLOORS)
        against = " | ".join(f"**{ratio:.1f}**" for ratio in ratios)
        shown = name if name in FLOORS else f"`{name}`"
        print(f"| {shown} | {min(own):.2f} s | {statistics.median(own):.2f} s | {against} |")
    print("\n| until healthy | least | median | against the empty application |\n|---|---|---|---|")
    for name in healthy[0]:
        own = [turn[name] for turn in healthy]
        ratio = statistics.median(turn[name] / turn["empty application"] for turn in healthy)
        print(f"| {name} | {min(own):.2f} s | {statistics.median(own):.2f} s | **{ratio:.1f}** |")


if __name__ == "__main__":
    main()
