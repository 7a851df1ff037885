"""One file: what it holds, its versions side by side, and what gates make of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

from readiness import importers
from readiness.importers import Batch, Options, Source
from readiness.model.policy import Gate
from readiness.scorecard.compare import ScorecardRow
from readiness.scorecard.gates import GateResult

from . import trials

_NONE: Mapping[str, str] = {}


def read(
    path: str | Path,
    *,
    version: str = "",
    format: str = "",
    mapping: Mapping[str, str] = _NONE,
    measured_on: dt.date | None = None,
) -> Batch:
    """What a file of any known format holds, told by its content; the whole of it, or InputError.

    `mapping` names fields as `--map` does: `{"workflow": "metadata.flow"}`. Figures are in `cells`, traces in `traces`,
    what was left out in `skipped` and a whole assessment in `assessment`.

    >>> import readiness
    >>> batch = readiness.read(example("results.csv"))
    >>> batch.format, batch.versions
    ('native-results', ('2026.08', '2026.11'))
    """
    return importers.read(Source.open(Path(path)), Options(version, format, dict(mapping), measured_on))


def compare(path: str | Path, *, baseline: str, candidate: str = "") -> Sequence[ScorecardRow]:
    """The figures of two versions in one file side by side, each change with its 95 % interval.

    `candidate` may be left out where the file holds one version beside the baseline.

    >>> import readiness
    >>> row = readiness.compare(example("results.csv"), baseline="2026.08")[0]
    >>> row.metric, round(row.change(), 3), row.reading()
    ('task_success', 0.02, 'cannot tell')
    """
    return trials.try_file(path, baseline=baseline, candidate=candidate).review.rows


def judge(path: str | Path, gates: Sequence[Gate], *, baseline: str = "", candidate: str = "") -> Sequence[GateResult]:
    """What gates make of a file, in their order: `state` is pass, fail, inconclusive or missing.

    >>> import readiness
    >>> gate = readiness.Gate(metric="task_success", min=0.9)
    >>> [result.state for result in readiness.judge(example("results.csv"), [gate], candidate="2026.11")]
    ['pass']
    """
    return trials.try_file(path, gates, baseline=baseline, candidate=candidate).review.gates
