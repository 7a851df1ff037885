"""The checks of plug-ins."""

from __future__ import annotations

from typing import get_args

from readiness import plugins
from readiness.decision.answers import Outcome
from readiness.errors import InputError
from readiness.language import tr
from readiness.model.checks import PluginCheck

from .context import CheckResult, EvidenceContext

_OUTCOMES = get_args(Outcome)


def plugin(check: PluginCheck, context: EvidenceContext) -> CheckResult:
    """What a plug-in finds, called with the settings and the context; what fails or is not there says nothing."""
    found = next((plugin for plugin in plugins.of("readiness.checks") if plugin.name == check.name), None)
    if found is None:
        return CheckResult("silent", tr("the check {check!r} is of a plug-in that is not installed", check=check.name))
    try:
        outcome, why = found.call(_asked, found, check, context)
    except InputError as exc:
        plugins.failed(exc.problem)
        return CheckResult("silent", exc.problem)
    return CheckResult(outcome, why)


def _asked(found: plugins.Plugin, check: PluginCheck, context: EvidenceContext) -> tuple[Outcome, str]:
    outcome, why = found.offers(dict(check.settings), context)
    if outcome not in _OUTCOMES or not isinstance(why, str) or not why:
        known = ", ".join(_OUTCOMES)
        raise ValueError(
            tr("it found {outcome!r}, where one of {known} and a reason were expected", outcome=outcome, known=known)
        )
    return outcome, why
