"""Where systems stand, whether that is good enough, and their figures."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from readiness.api import answers, asked, rollouts
from readiness.api.dependencies import By, Day, StoreOf, loaded, this_day
from readiness.pack import step_summary
from readiness.review import hindsight_words, scorecard_json
from readiness.review.deployed import stated
from readiness.services import forecasts, hindsight, judges, reruns, reviews, weeks


class CheckAnswer(BaseModel):
    """Whether the verdict is good enough; `undecided` where it is not settled yet, which is no pass.

    `lapsed` says why a decision is open again, `differs` what runs otherwise than was decided on, and `unknown` names
    parts of which nobody said what runs.
    """

    model_config = ConfigDict(extra="allow")
    holds: bool
    undecided: bool
    at_least: str
    unsigned: list[str]
    lapsed: list[str]
    differs: list[str]
    unknown: list[str]


ROUTES = APIRouter()


@ROUTES.get("/systems", summary="Where every system stands")
def systems(store: StoreOf, by: By, as_of: Day = None) -> list[dict[str, Any]]:
    reviews.check_day(store, by, as_of=this_day(as_of))
    every = reviews.every(store, by, as_of=this_day(as_of))
    return [answers.status(forecasts.beside(store, by, review)) for review in every]


@ROUTES.get("/hindsight", summary="What became of releases, against the verdicts and decisions they began on")
def past_releases(store: StoreOf, by: By, as_of: Day = None) -> dict[str, Any]:
    return hindsight_words.answer(hindsight.hindsight(store, by, as_of=this_day(as_of)))


@ROUTES.get("/systems/{slug}", summary="Where one system stands, and why")
def system(slug: str, store: StoreOf, by: By, as_of: Day = None) -> dict[str, Any]:
    return answers.status(forecasts.beside(store, by, loaded(store, by, slug, as_of)))


@ROUTES.get("/systems/{slug}/check", summary="Whether the verdict is good enough")
def check(
    slug: str,
    at_least: str,
    store: StoreOf,
    by: By,
    *,
    signed: bool = False,
    summary: bool = False,
    deployed: Annotated[list[str] | None, Query(max_length=100)] = None,
    as_of: Day = None,
) -> CheckAnswer:
    asked.level(at_least, place="at_least")
    review = loaded(store, by, slug, as_of)
    runs = stated(deployed, place="deployed") if deployed else None
    told = answers.checked(review, at_least, signed=signed, runs=runs)
    return CheckAnswer(
        at_least=at_least,
        **answers.outcome(told),
        **({"summary": step_summary.markdown(review, at_least, **answers.outcome(told))} if summary else {}),
        **answers.status(forecasts.beside(store, by, review)),
    )


@ROUTES.get("/systems/{slug}/scorecard", summary="The figures beside their baseline, and the gates")
def scorecard(slug: str, store: StoreOf, by: By, metric: str = "", as_of: Day = None) -> dict[str, Any]:
    review = loaded(store, by, slug, as_of)
    asked.metric(review, metric, place="metric")
    apart = judges.of_metrics(store, by, review, metric)
    return scorecard_json.answer(reruns.beside(store, by, review), metric, apart)


@ROUTES.get("/systems/{slug}/weeks/{week}", summary="A week of the rollout: promised, measured, reviewed")
def week(slug: str, week: int, store: StoreOf, by: By, as_of: Day = None) -> dict[str, Any]:
    review = loaded(store, by, slug, as_of)
    return rollouts.week(review, weeks.report(by, review, week))
