"""Runs the tests of a module against its mutants, in a copy of the tree.

Every run is a process of its own, forked after the libraries were imported, which is what pytest takes longest for.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import resource
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any

import pytest
from hypothesis import Phase, settings

from .mutate import Mutant

LIMIT = 60
"""Seconds of processor time after which a mutant counts as killed, because it does not end."""
_LIBRARIES = ("alembic.command", "orjson", "pandas", "phonenumbers", "scipy.stats", "sqlmodel")
_OPTIONS = [
    "-x",
    "-q",
    "-n",
    "0",
    "--tb=no",
    "-p",
    "no:cacheprovider",
    "-k",
    "not postgresql",
    "--hypothesis-profile=mutants",
]


def import_libraries() -> None:
    for library in _LIBRARIES:
        importlib.import_module(library)
    phases = (Phase.explicit, Phase.generate)  # an example that fails need not be made small
    settings.register_profile("mutants", deadline=None, database=None, derandomize=True, phases=phases)


@dataclass(frozen=True)
class Run:
    """The tests of a module (`portfolio/status.py`), files or a folder, in a copy of the tree; `own` comes first."""

    copy: Path
    module: str
    tests: str
    own: Path

    def survivors(self, source: str, mutants: Sequence[Mutant]) -> list[Mutant]:
        """The mutants that no test finds.

        Those within functions are tried after one collection for all of them, each by the tests that run its lines, and
        those that live on again from the start by every test: a function may have done its work while tests were
        collected, or for a fixture that several tests share.
        """
        inside = [mutant for mutant in mutants if mutant.inside]
        codes = self._in_turn(source, inside)
        if codes[0]:
            raise SystemExit(f"The tests of {self.module} fail on the code as it is (exit code {codes[0]})")
        killed = {id(mutant) for mutant, code in zip(inside, codes[1:], strict=True) if code}
        return [each for each in mutants if id(each) not in killed and not self._from_the_start(source, each)]

    def _in_turn(self, source: str, mutants: list[Mutant]) -> list[int]:
        """The exit code of the code as it is, and for each mutant in place of what the tests have imported."""
        results = self.copy / "results.json"
        child = os.fork()
        if not child:
            changed = [(mutant.source, range(mutant.node.lineno, mutant.node.end_lineno + 1)) for mutant in mutants]
            self._pytest(
                self.tests, _EachSource(self.module, [(source, range(0)), *changed], results, self.copy / "lines.json")
            )
        return list(json.loads(results.read_text())) if _wait(child) == 0 else [1]

    def _from_the_start(self, source: str, mutant: Mutant) -> int:
        """The exit code where a mutant is in its place before anything is imported."""
        path = self.copy / "readiness" / self.module
        for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*"):
            compiled.unlink()
        path.write_text(mutant.source)
        code = (self.own.exists() and self._run(str(self.own))) or self._run(self.tests)
        path.write_text(source)
        return code

    def _run(self, tests: str) -> int:
        child = os.fork()
        if not child:
            sys.dont_write_bytecode = True
            _limit(LIMIT)
            self._pytest(tests)
        return _wait(child)

    def _pytest(self, tests: str, *plugins: object) -> None:
        """Leaves with the exit code of the tests."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        os.chdir(self.copy)
        sys.path[:0] = [str(self.copy)]
        for name in [name for name in sys.modules if name.partition(".")[0] in ("readiness", "tests")]:
            del sys.modules[name]
        os._exit(int(pytest.main([*_OPTIONS, *tests.split()], plugins=plugins)))


@dataclass
class _EachSource:
    """Runs what was collected once for each source, each time in a process of its own.

    The first is the code as it is: it tells which lines each test runs, so that a change is tried by those tests alone.
    """

    module: str
    sources: list[tuple[str, range]]
    results: Path
    lines: Path
    running: str = ""
    traced: dict[str, set[int]] | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        name = "readiness." + self.module.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        file = sys.modules[name].__file__ or ""
        functions = [each for each in gc.get_objects() if isinstance(each, FunctionType) and each.__module__ == name]
        gc.freeze()
        codes: list[int] = []
        enough = LIMIT
        ran: dict[str, set[int]] = {}
        for source, changed_lines in self.sources:
            before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
            child = os.fork()
            if not child:
                _limit(enough)
                if not codes:
                    self._trace(file)
                    return
                session.items = [item for item in session.items if ran.get(item.nodeid, set()) & {*changed_lines}]
                changed = _codes(compile(source, file, "exec", dont_inherit=True))
                for function in functions:
                    with contextlib.suppress(ValueError):  # it closes over other names; a run from the start tells
                        function.__code__ = changed.get(function.__qualname__, function.__code__)
                return
            codes.append(_wait(child))
            if codes[0]:
                break
            if len(codes) == 1:
                enough = 4 * int(resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before + 1)
                ran = {test: set(lines) for test, lines in json.loads(self.lines.read_text()).items()}
        self.results.write_text(json.dumps(codes))
        os._exit(0)

    def pytest_runtest_protocol(self, item: pytest.Item) -> None:
        self.running = item.nodeid

    def pytest_sessionfinish(self) -> None:
        if self.traced is not None:
            sys.settrace(None)
            self.lines.write_text(json.dumps({test: sorted(lines) for test, lines in self.traced.items()}))

    def _trace(self, file: str) -> None:
        """From here on, which lines of the file each test runs."""
        traced = self.traced = defaultdict(set)

        def follow(frame: FrameType, event: str, _: object) -> Any:
            if event == "call" and frame.f_code.co_filename != file:
                return None
            traced[self.running].add(frame.f_lineno)
            return follow

        sys.settrace(follow)


def _codes(code: CodeType) -> dict[str, CodeType]:
    """The code of every function by its name, but for those that have none."""
    found = {} if "<" in code.co_qualname else {code.co_qualname: code}
    for inner in code.co_consts:
        found |= _codes(inner) if isinstance(inner, CodeType) else {}
    return found


def _limit(seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def _wait(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
