"""Would it pass again? In how many reruns of the same evaluation the gates, and the verdict, would hold. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from readiness import formatting
from readiness.language import marked, tr, trn
from readiness.model.checklist import LEVELS
from readiness.scorecard import reruns, severity
from readiness.scorecard.gates import GateResult, GateState, asked
from readiness.scorecard.reruns import Redrawn, Source
from readiness.scorecard.resampling import Runs

from . import build, level_words
from .items import Reruns
from .review import Review

NOT_KEPT = marked("the single cases behind the figures are not kept; import them case by case, with an id for each")
CRITICAL = marked("critical cases that failed, or have no score, do so in every rerun")
UNDECIDABLE = marked("too few cases, or too many without a score, keep every gate from deciding")


def files(review: Review) -> frozenset[str]:
    """The digests of the files whose cases the gates rest on."""
    if not review.gates:
        return frozenset()
    metrics = {row.metric for result in review.gates for row in asked(result.gate, review.rows)}
    return frozenset(digest for key, digest in review.picked.files.items() if key[1] in metrics)


def unknown(review: Review, why: str) -> Reruns:
    return Reruns(None, None, (None,) * len(review.gates), why=why)


def of(review: Review, kept: Mapping[Source, Runs]) -> Reruns:
    """The shares of a review, by the runs that are kept of its files."""
    if not review.gates:
        return unknown(review, tr("no gate is set"))
    if all(result.row is None for result in review.gates):
        return unknown(review, tr("the gates have no data of the candidate"))
    versions = (review.assessment.baseline, review.assessment.candidate)
    own = {source: runs for source, runs in kept.items() if source[1] in versions}
    drawn = reruns.draw(review.gates, review.rows, own, review.picked.files)
    critical = any(severity.settled(result.gate, result.critical) is not None for result in review.gates)
    if not drawn.clusters and (None in drawn.states or not critical):
        return unknown(review, tr(NOT_KEPT if None in drawn.states else UNDECIDABLE))
    if not drawn.resamplings:
        many = trn(
            "{n} cluster of cases are too many to draw anew",
            "{n} clusters of cases are too many to draw anew",
            drawn.clusters,
        )
        return unknown(review, many)
    shares = tuple(drawn.share(number) for number in range(len(review.gates)))
    share, every = _together(review, drawn)
    left = sum(gate is None for gate in shares)
    bare = trn("of {n} gate the single cases are not kept", "of {n} gates the single cases are not kept", left)
    why = bare if left else ""
    return Reruns(share, every, shares, drawn.resamplings, drawn.clusters, why)


def _together(review: Review, drawn: Redrawn) -> tuple[float | None, float | None]:
    """How often the level holds and all gates pass; each way in which the gates stand is decided once."""
    patterns = list(drawn.patterns())
    if not patterns:
        return None, None
    worst = LEVELS.index(review.verdict.level)
    holds = passes = 0
    for states, count in patterns:
        stood = [_standing(result, state) for result, state in zip(review.gates, states, strict=True)]
        level = build.decided_again(review, stood).level
        holds += count * (LEVELS.index(level) <= worst)
        passes += count * all(state == "pass" for state in states)
    return holds / drawn.resamplings, passes / drawn.resamplings


def _standing(result: GateResult, state: GateState) -> GateResult:
    return result if state == result.state else replace(result, state=state)


def sentence(review: Review) -> str:
    """`Staged; would hold in 58 % of reruns, and all gates would pass in 51 %.`, or why that is not known."""
    drawn, level = review.reruns, review.verdict.level
    if drawn is None:
        return ""
    if drawn.share is None or drawn.every is None:
        return tr("In how many reruns this would hold is not known: {why}.", why=drawn.why)
    if level == LEVELS[-1]:
        return tr("All gates would pass in {every} of reruns.", every=percent(drawn.every))
    text = (
        marked("{level}; would hold in {share} of reruns, and all gates would pass in {every}.")
        if level == LEVELS[0]
        else marked("{level}; would hold or be better in {share} of reruns, and all gates would pass in {every}.")
    )
    word = formatting.capital(tr(level_words.SHAPES[level][1]))
    return tr(text, level=word, share=percent(drawn.share), every=percent(drawn.every))


def method(review: Review) -> str:
    """How the shares were come by, in one line; empty where there are none."""
    drawn = review.reruns
    if drawn is None or not drawn.resamplings:
        return ""
    critical = [result for result in review.gates if severity.settled(result.gate, result.critical) is not None]
    fixed = f" {formatting.capital(tr(CRITICAL))}." if critical else ""
    if not drawn.clusters:
        return f"{tr('Nothing was drawn.')}{fixed}"
    told = trn(
        "Bootstrap: {resamplings} resamplings of {n} cluster of cases, drawn for all gates together (seed {seed}); "
        "reruns are by the same system, on cases of the same kind.",
        "Bootstrap: {resamplings} resamplings of {n} clusters of cases, drawn for all gates together (seed {seed}); "
        "reruns are by the same system, on cases of the same kind.",
        drawn.clusters,
        resamplings=formatting.whole(drawn.resamplings),
        seed=reruns.SEED,
    )
    return f"{told}{fixed}"


def of_gates(review: Review) -> list[str]:
    """Beside each gate, the share of reruns in which it passes; empty where nothing was drawn."""
    drawn = review.reruns
    return [percent(share) for share in drawn.gates] if drawn is not None and drawn.resamplings else []


def percent(share: float | None) -> str:
    """A share in whole percent; 0 % and 100 % only where it is never or always so."""
    if share is None:
        return tr("not known")
    if 0 < share <= 0.005:
        return "< 1 %"
    return "> 99 %" if 0.995 <= share < 1 else f"{share * 100:.0f} %"
