"""Several judges of one metric, on the cases that both scored: read again from what is kept beside each file."""

from __future__ import annotations

from readiness.access import Principal, authorize
from readiness.model import judges as judge_names
from readiness.review.review import Review
from readiness.scorecard import judges
from readiness.scorecard.judges import Disagreement
from readiness.store import Store, queries

from .reruns import MOST_RUNS


def of_metrics(store: Store, by: Principal, review: Review, metric: str = "") -> list[Disagreement]:
    """What the judges of a metric disagree on, or those of all that the scorecard shows. Raises Denied."""
    authorize(by, "read", review.slug)
    shown = dict.fromkeys(judge_names.base(row.metric) for row in review.rows if metric in ("", row.metric))
    return [one for name in shown for one in disagreements(store, by, review, name)]


def disagreements(store: Store, by: Principal, review: Review, metric: str) -> list[Disagreement]:
    """Each two judges of a metric; on the same cases where these are kept, which are read only if there are two judges.

    Raises Denied.
    """
    authorize(by, "read", review.slug)
    told = judges.disagreements(review.boards.overall, metric)
    if not told:
        return []
    from readiness.importers.cases import kept  # who has one judge waits for no reader of files
    from readiness.scorecard import judge_pairs

    files = review.picked.files
    names = {cell.metric for one in told for cell in (one.one, one.other)}
    bodies = queries.outcomes(store, review.slug, frozenset(digest for key, digest in files.items() if key[1] in names))
    if sum(kept.count(body) for _, body in bodies) > MOST_RUNS:
        return told
    cases = {(file.digest, version): runs for file, body in bodies for version, runs in kept.runs(body).items()}
    return judge_pairs.on_pairs(told, cases, files)
