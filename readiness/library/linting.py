"""What is wrong in a file that somebody writes, and where in it: what an import would say, by line and column."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal, NamedTuple

from readiness import access, strict_toml
from readiness.access import Principal
from readiness.errors import InputError, ReadinessError
from readiness.importers import Source
from readiness.importers.formats import assessment
from readiness.language import tr
from readiness.model import checklist as checklists
from readiness.model.assessment import Assessment
from readiness.model.policy import ReleasePolicy
from readiness.scorecard import thresholds
from readiness.services import Store, imports, passing_store

_POLICY = {"policy", "packs"}


class LintProblem(NamedTuple):
    """`line` and `column` count from 1."""

    path: str
    line: int
    column: int
    severity: Literal["error", "warning"]
    message: str


def lint(files: Iterable[Path]) -> list[LintProblem]:
    """What is wrong in assessment files, checklists and policies, each told by its content.

    Raises InputError for a file that cannot be read.
    """
    with passing_store() as store:
        return [problem for path in files for problem in _of_file(store, access.local(), path)]


def _of_file(store: Store, by: Principal, path: Path) -> list[LintProblem]:
    source = Source.open(path)
    try:
        warnings = _checked(store, by, path, source)
    except ReadinessError as exc:
        text = source.text
        line, column = strict_toml.locate(text, exc.place)
        sentence = str(type(exc)(exc.problem, place=exc.place, expected=exc.expected))
        return [LintProblem(str(path), line, column, "error", sentence)]
    return [LintProblem(str(path), 1, 1, "warning", f"{warning}.") for warning in warnings]


def _checked(store: Store, by: Principal, path: Path, source: Source) -> tuple[str, ...]:
    """What a person should know of the file. Raises InputError for what an import would refuse."""
    if assessment.IMPORTER.sniff(source):
        return imports.read(store, by, imports.ImportRequest(path=path)).warnings
    keys = set(strict_toml.loads(source.text, depth=checklists.MAX_DEPTH))
    if keys and keys <= _POLICY:
        return tuple(_policy(source))
    if "signals" in keys or "bands" in keys:
        checklists.parse(source.text, file="")
        return ()
    known = tr('format = "readiness-assessment/1" on top, [[signals]] of a checklist, or [policy] alone')
    raise InputError(tr("this is no assessment, checklist or policy"), expected=known)


def _policy(source: Source) -> list[str]:
    stated: ReleasePolicy | None = assessment.policy(source)
    known = checklists.named(Assessment.model_fields["checklist"].default).metrics
    gates = [(f"policy.gates.{at}", gate) for at, gate in enumerate(stated.gates if stated else ())]
    return thresholds.check(gates, {metric.id: metric.unit for metric in known})
