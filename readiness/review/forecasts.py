"""When the gaps of a review will be closed and its better verdicts reached, as the dates of the past have it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from readiness.decision import forecast
from readiness.decision.forecast import FEWEST, HALF, LIKELY, AskedGap, BackTest, Curve, PastPromises
from readiness.decision.remediation import Remediation
from readiness.language import marked, tr

from .items import Forecast, Gap, GapForecast, WayForecast
from .review import Review


def foreseeable(review: Review) -> bool:
    """Whether the review shows what is in force, of which alone something can be foreseen."""
    assessed = review.assessment.assessed_on
    return review.latest and (assessed is None or assessed <= review.as_of)


def of(review: Review, past: PastPromises, tested: BackTest) -> Forecast:
    """The forecast of each gap and of each better verdict; `tested` is what came of such forecasts in the past."""
    asked = {gap.signal.id: _asked(gap, past) for gap in review.gaps}
    curves = {
        gap.signal.id: past.curve(own, gap.as_of) if (own := asked[gap.signal.id]) else None for gap in review.gaps
    }
    gaps = tuple(_of_gap(gap, asked[gap.signal.id], curves[gap.signal.id]) for gap in review.gaps)
    known = {one.gap.signal.id: one for one in gaps}
    ways = tuple(_of_way(way, known, curves) for way in review.remediations)
    return Forecast(gaps, ways, tested)


def _asked(gap: Gap, past: PastPromises) -> AskedGap | None:
    """What is asked of the past; a date is a moved one where it was not the first of its gap."""
    if gap.mark.due is None:
        return None
    own = past.standing(gap.system, gap.signal.id)
    moved = own[-1].moved if own and own[-1].due == gap.mark.due else bool(own)
    opened = own[-1].opened if own else 0
    return AskedGap(gap.system, gap.signal.id, gap.mark.owner, gap.mark.due, moved, opened)


def _of_gap(gap: Gap, asked: AskedGap | None, curve: Curve | None) -> GapForecast:
    if curve is None or asked is None:
        return GapForecast(gap, why=tr("no date"))
    if not curve.enough:
        why = tr(_TOO_FEW[asked.moved, bool(gap.days_over)], known=curve.n, fewest=FEWEST)
        return GapForecast(gap, n=curve.n, why=why)
    by = curve.by(LIKELY)
    return GapForecast(gap, by, curve.by(HALF), curve.n, "" if by else tr(_OPEN))


_TOO_FEW = {
    (False, False): marked("too few past dates to forecast ({known} of {fewest})"),
    (False, True): marked("too few past dates that were as late to forecast ({known} of {fewest})"),
    (True, False): marked("too few past dates that were moved to forecast ({known} of {fewest})"),
    (True, True): marked("too few past dates that were moved and as late to forecast ({known} of {fewest})"),
}
"""Why nothing is forecast of a gap, by whether its date was moved and has passed."""
_OPEN = marked("too many gaps of the past are still open to say by when 80 % are closed")


def _of_way(way: Remediation, known: Mapping[str, GapForecast], curves: Mapping[str, Curve | None]) -> WayForecast:
    gaps = [known[step.signal] for step in way.steps if step.kind == "close" and curves.get(step.signal)]
    plain = WayForecast(way.level, len(gaps), len(way.steps) - len(gaps))
    own = [curve for one in gaps if (curve := curves[one.gap.signal.id])]
    unknown = [one for one, curve in zip(gaps, own, strict=True) if not curve.enough]
    if not gaps or unknown:
        why = f"{unknown[0].gap.signal.named}: {unknown[0].why}" if unknown else ""
        return replace(plain, n=min((one.n for one in gaps), default=0), why=why)
    all_ = forecast.together(own)
    shares = forecast.last_shares(own)
    at = int(np.argmax(shares))
    others = own[:at] + own[at + 1 :]
    by = all_.by(LIKELY)
    return replace(
        plain,
        by=by,
        median=all_.by(HALF),
        n=all_.n,
        critical=gaps[at].gap,
        share=float(shares[at]),
        without=forecast.together(others).by(LIKELY) if others else None,
        why="" if by else tr(_OPEN),
    )
