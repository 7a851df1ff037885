"""Were we right? What became of releases, against the verdicts and decisions they began on."""

from __future__ import annotations

import typer

from readiness import formatting
from readiness.decision.hindsight import Hindsight
from readiness.language import tr
from readiness.review import hindsight_words as words
from readiness.review import level_words
from readiness.services import hindsight as hindsight_service

from . import base

commands = typer.Typer(rich_markup_mode=None)


@commands.command("hindsight")
def hindsight(db: base.Db = "", json: base.Json = False, as_of: base.AsOf = "") -> None:
    """Say what became of releases, and how often each verdict went well; nothing below ten."""
    told = hindsight_service.hindsight(base.store(db), base.me(), as_of=base.day(as_of))
    if json:
        base.answer(words.answer(told))
        return
    base.say(words.sentence(told))
    if told.enough:
        _say_figures(told)
    elif why := words.few(told):
        base.say(why)
    for one in told.releases:
        verdict = level_words.badge(one.level) if one.level else tr("verdict not known")
        happened = "; ".join(words.why(one))
        base.say(
            f"- {formatting.day(one.began)} {one.system} {one.candidate}, {verdict}, {one.kind}: "
            f"{words.became(one)}{f' ({happened})' if happened else ''}"
        )
    if told.releases:
        base.say(tr(words.METHOD))


def _say_figures(told: Hindsight) -> None:
    for one in (*told.levels, *told.decisions):
        base.say(
            tr(
                "{kind} went well {times}: {share}",
                kind=words.kind(one),
                times=words.times(one.well),
                share=words.share(one.well),
            )
        )
    base.say(tr("Signals that foretold trouble: {signals}", signals=words.foretold(told.signals)))
    for signal in told.signals:
        if signal.foretold:
            base.say(
                tr(
                    "  {signal}: {held_open} of {open} where open, {held_controlled} of {controlled} where "
                    "controlled, p {p}",
                    signal=tr(signal.name),
                    held_open=signal.opened.held,
                    open=signal.opened.n,
                    held_controlled=signal.controlled.held,
                    controlled=signal.controlled.n,
                    p=words.p_value(signal.adjusted),
                )
            )
    base.say(f"{words.idle(told.rules)}.")
