"""How many small faults in the pure core its tests find: `python -m tests.mutants [module …] [--per-module 40]`.

For each module: its mutants, how many of them were tried (spread evenly over it), how many the tests killed, and those
that live. `equivalent.toml` lists mutants that change nothing that can be seen, each with its reason.
"""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
from pathlib import Path

from .mutate import Mutant, changes, equivalent, mutants
from .run import Run, import_libraries

ROOT = Path(__file__).parents[2]
ROOMS = ("model", "scorecard", "tracing", "redaction", "decision", "review", "portfolio")
MORE = ("pack/snapshot.py", "store/changes/marks.py")
TESTS = {
    "pack/snapshot.py": "tests/pack/test_snapshot.py",
    "store/changes/marks.py": "tests/store/test_marks.py tests/store/test_changes.py",
}
"""The tests of what is no room of the core; those of a room are all in its folder."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", help="parts of names like portfolio/status.py; every module unless given")
    parser.add_argument("--per-module", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    import_libraries()
    tried = killed = 0
    print("| module | mutants | tried | killed | share |\n|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "tree"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".git", ".venv", ".*_cache", "__pycache__"))
        for module in _modules(asked.modules):
            source = (ROOT / "readiness" / module).read_text()
            every = _without_equivalent(module, mutants(source))
            sample = _sample(every, asked.per_module, asked.seed)
            own = copy / "tests" / Path(module).with_name(f"test_{Path(module).name}")
            run = Run(copy, module, TESTS.get(module) or f"tests/{module.partition('/')[0]}", own)
            alive = run.survivors(source, sample) if sample else []
            tried, killed = tried + len(sample), killed + len(sample) - len(alive)
            if every:
                print(f"| {module} | {len(every)} | {_share(len(sample), len(sample) - len(alive))} |", flush=True)
            for mutant in alive:
                print(f"    readiness/{module}:{mutant.node.lineno}", *mutant.change, sep="\n        ", flush=True)
    print(f"| together | | {_share(tried, killed)} |")


def _share(tried: int, killed: int) -> str:
    return f"{tried} | {killed} | {killed / max(tried, 1):.0%}"


def _modules(asked: list[str]) -> list[str]:
    package = ROOT / "readiness"
    core = [path.relative_to(package).as_posix() for room in ROOMS for path in sorted((package / room).rglob("*.py"))]
    return [module for module in (*core, *MORE) if not asked or any(part in module for part in asked)]


def _without_equivalent(module: str, every: list[Mutant]) -> list[Mutant]:
    known = equivalent().get(module, set())
    if gone := known - changes(every):
        raise SystemExit(f"equivalent.toml lists what is no mutant of {module}: {', '.join(map(str, sorted(gone)))}")
    return [mutant for mutant in every if (mutant.place, *mutant.change) not in known]


def _sample(every: list[Mutant], number: int, seed: int) -> list[Mutant]:
    """As many as asked for, evenly spread over the module."""
    step = max(len(every) / number, 1)
    offset = random.Random(seed).random()  # noqa: S311 - a sample, no secret
    return [every[int((at + offset) * step)] for at in range(min(number, len(every)))]


if __name__ == "__main__":
    main()
