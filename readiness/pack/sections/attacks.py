"""What red-team tools measured: how many of their attacks succeeded, by category of harm and by attack."""

from __future__ import annotations

from collections.abc import Iterator

from readiness import formatting
from readiness.language import marked, tr
from readiness.model.cells import ATTACK, ATTACK_SUCCESS, CATEGORY, Cell
from readiness.model.record import ANY
from readiness.review.items import EvidenceItem
from readiness.review.review import Review
from readiness.scorecard import display, uncertainty

from .base import Plain, file, measured

SHOWN = 20
"""Categories, and attacks, of which so many are shown, the ones that succeeded most before the others."""
_KINDS = {ANY: marked("All attacks"), CATEGORY: marked("Category"), ATTACK: marked("Attack")}


def attacks(review: Review) -> dict[str, Plain]:
    """The figures that count of the candidate, and the files that state any, stale ones among them."""
    items = {item.evidence.digest: item for item in review.items.values()}
    by_kind = {kind: _worst_first(review, kind) for kind in _KINDS}
    shown = [cell for cells in by_kind.values() for cell in cells[:SHOWN]]
    return {
        "rows": [_row(cell, items[review.picked.files[_key(cell)]]) for cell in shown],
        "hidden": sum(map(len, by_kind.values())) - len(shown),
        "files": [{"name": file(item.evidence.name), "measured": measured(item, review.as_of)} for item in _of(review)],
    }


def _worst_first(review: Review, kind: str) -> list[Cell]:
    """The candidate's figures of attacks told apart in one way; what could not be judged at all stands first."""
    mine = [
        cell
        for cell in review.picked.cells
        if (cell.version, cell.metric, cell.workflow, cell.dimension)
        == (review.assessment.candidate, ATTACK_SUCCESS, ANY, kind)
    ]
    return sorted(mine, key=lambda cell: (-2.0 if cell.mean is None else -cell.mean, -(cell.n or 0), cell.value))


def _row(cell: Cell, item: EvidenceItem) -> dict[str, Plain]:
    limits = uncertainty.of_cell(cell)
    kind = tr(_KINDS[cell.dimension])
    succeeded = cell.passed if cell.passed is not None else round((cell.mean or 0) * (cell.n or 0))
    return {
        "what": kind if cell.dimension == ANY else f"{kind}: {cell.value}",
        "n": formatting.runs(cell),
        "succeeded": formatting.whole(succeeded) if cell.n and cell.mean is not None else tr("not known"),
        "rate": display.told(cell, "mean"),
        "interval": formatting.between(limits.low, limits.high, cell.unit) if limits else tr("not known"),
        "errors": formatting.whole(cell.errors),
        "file": file(item.evidence.name),
    }


def _key(cell: Cell) -> tuple[str, ...]:
    return cell.version, cell.metric, cell.workflow, cell.cohort


def _of(review: Review) -> Iterator[EvidenceItem]:
    """The files with such a figure of the candidate."""
    asked = (review.assessment.candidate, ATTACK_SUCCESS)
    stating = {id_ for id_, cell in review.dossier.cells if (cell.version, cell.metric) == asked}
    yield from (item for id_, item in review.items.items() if id_ in stating)
