"""Verdicts, and the gate for a release pipeline."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated
from xml.etree import ElementTree

import typer

from readiness import formatting
from readiness.api import answers, asked
from readiness.errors import InputError
from readiness.language import tr
from readiness.model.checklist import LEVELS
from readiness.portfolio import status as system_status
from readiness.review import decided, level_words, reruns, summaries
from readiness.review import deployed as asking_deployed
from readiness.review.review import Review
from readiness.services import forecasts, portfolio, reviews
from readiness.services import reruns as rerunning

from . import base

commands = typer.Typer(rich_markup_mode=None)
SUMMARY_VARIABLE = "GITHUB_STEP_SUMMARY"
"""The file to which a step of GitHub Actions adds what is shown on the page of its run."""


@commands.command("status")
def status(
    system: Annotated[
        str, typer.Argument(autocompletion=base.systems, help=tr("One system; all of them by default."))
    ] = "",
    db: base.Db = "",
    json: base.Json = False,
    as_of: base.AsOf = "",
) -> None:
    """Say the verdict of a system, or of all, worst first."""
    if elsewhere := base.remote():
        from . import remote

        remote.status(elsewhere, system, as_of)
        return
    store, by, day = base.store(db), base.me(), base.day(as_of)
    one = reviews.load(store, by, system, as_of=day) if system else None
    reviews.check_day(store, by, as_of=day)
    if json:
        every = [one] if one else reviews.every(store, by, as_of=day)
        told = [answers.status(forecasts.beside(store, by, review)) for review in every]
        base.answer(told[0] if one else told)
        return
    statuses = [system_status.of(one)] if one else portfolio.statuses(store, by, as_of=day)
    if not statuses:
        base.say(tr("No system is stored yet; readiness demo loads a portfolio, readiness import FILE your own."))
    for row in statuses:
        score = tr("score {score:6}", score=row.score_text)
        base.say(f"{level_words.badge(row.level):18} {row.slug:22} {score} {row.headline}")
        if one:
            if row.decision:
                base.say(tr("Decision: {sentence}", sentence=decided.sentence(one)))
            drawn = rerunning.beside(store, by, one)
            base.say(f"{reruns.sentence(drawn)} {reruns.method(drawn)}".strip())
        for warning in row.warnings:
            base.say(tr("  note: {warning}", warning=warning))


@commands.command("check")
def check(
    system: Annotated[str, typer.Argument(autocompletion=base.systems, help=tr("The system to judge."))],
    at_least: Annotated[
        str, typer.Option("--at-least", metavar="LEVEL", help=tr("One of {known}.", known=", ".join(LEVELS)))
    ],
    signed: Annotated[bool, typer.Option("--signed", help=tr("Ask for the sign-off of every role too."))] = False,
    deployed: Annotated[
        list[str] | None,
        typer.Option("--deployed", metavar="VERSION", help=tr("What runs, or a part of it: NAME=VERSION of the card.")),
    ] = None,
    junit: Annotated[Path | None, typer.Option("--junit", help=tr("Write the answer as JUnit XML too."))] = None,
    summary: Annotated[
        bool, typer.Option("--summary", help=tr("Add it to ${variable}, as Markdown.", variable=SUMMARY_VARIABLE))
    ] = False,
    summary_to: Annotated[
        Path | None, typer.Option("--summary-to", metavar="FILE", help=tr("Add it to a file instead."))
    ] = None,
    db: base.Db = "",
    json: base.Json = False,
    as_of: base.AsOf = "",
) -> None:
    """Exit 0 if the verdict is LEVEL or better, else 1 with the reasons, or 3 where it is not decided yet."""
    asked.level(at_least, place="--at-least")
    runs = asking_deployed.stated(deployed, place="--deployed") if deployed else None
    shown = _summary_file(summary_to) if summary or summary_to else None
    if elsewhere := base.remote():
        from . import remote

        asked_of = {"at_least": at_least, "signed": signed, "deployed": deployed, "as_of": as_of}
        remote.check(elsewhere, system, shown, asked_of, json=json)
        return
    store, by = base.store(db), base.me()
    review = reviews.load(store, by, system, as_of=base.day(as_of))
    told = answers.checked(review, at_least, signed=signed, runs=runs)
    if junit is not None:
        base.write(junit, as_junit(review, at_least, holds=told.holds))
    if shown is not None:
        from readiness.pack import step_summary  # which other commands need not wait for

        base.append(shown, step_summary.markdown(review, at_least, **answers.outcome(told)))
    if json:
        stated = answers.status(forecasts.beside(store, by, review))
        base.answer({"at_least": at_least, **answers.outcome(told), **stated})
    else:
        _say_check(review, told)
    if not told.holds:
        raise typer.Exit(3 if told.undecided else 1)


def _summary_file(named: Path | None) -> Path:
    """Where the summary of a step goes. Raises InputError where nobody says it."""
    if named is not None:
        return named
    if stated := os.environ.get(SUMMARY_VARIABLE, "").strip():
        return Path(stated)
    raise InputError(
        tr("{variable} is not set here", variable=SUMMARY_VARIABLE), place="--summary", expected="--summary-to FILE"
    )


def _say_check(review: Review, told: answers.Checked) -> None:
    base.say(summaries.headline(review))
    base.say(tr("decided by {rule}", rule=summaries.decided_by(review)))
    if told.unsigned:
        base.say(tr("not signed off for {names}", names=formatting.listed(told.unsigned)))
    for why in told.lapsed:
        base.say(tr("decision open again: {why}", why=why))
    for why in told.differs:
        base.say(tr("what runs differs: {why}", why=why))
    if told.unknown:
        base.say(tr("not said which version runs of {names}", names=formatting.listed(told.unknown)))
    for fired in review.verdict.fired if not told.reached else ():
        base.say(f"- {fired.rule}: {fired.why}")


def as_junit(review: Review, at_least: str, *, holds: bool) -> bytes:
    """A test for the level and one for each rule that fired; a rule fails only where the level does not hold."""
    cases = [(f"{review.slug} is {at_least} or better", summaries.headline(review))]
    cases += [(f"{fired.rule} {fired.signal}".strip(), fired.why) for fired in review.verdict.fired]
    counts = {"tests": str(len(cases)), "failures": "0" if holds else str(len(cases)), "errors": "0", "skipped": "0"}
    suite = ElementTree.Element("testsuite", {"name": f"readiness {review.slug}", **counts})
    for name, why in ((formatting.line(name), formatting.line(why)) for name, why in cases):
        case = ElementTree.SubElement(
            suite, "testcase", classname=f"readiness.{review.slug}", name=formatting.line(name)
        )
        if holds:
            ElementTree.SubElement(case, "system-out").text = why
        else:
            ElementTree.SubElement(case, "failure", message=why)
    written: bytes = ElementTree.tostring(suite, encoding="utf-8", xml_declaration=True)
    return written
