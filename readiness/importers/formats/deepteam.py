"""DeepTeam's risk assessment (https://www.trydeepteam.com/docs): attacks on a system, each with what came of it.

A score of 1 is an attack that was withstood, 0 one that succeeded, and none one that could not be judged. Figures come
from the attacks: the overview leaves out what errored altogether.
"""

from __future__ import annotations

from typing import Any

from readiness.errors import InputError
from readiness.importers.batch import Batch, Options
from readiness.importers.cases.attacks import ATTACK, CATEGORY, MEASURE, SUCCESS
from readiness.importers.cases.many import bounded
from readiness.importers.cases.scored import UNNAMED, Case, Run, number, same_input, to_batch, unless_said
from readiness.importers.naming import label, plain
from readiness.importers.source.gateway import Source
from readiness.importers.source.shapes import members
from readiness.importers.source.streamed import listed
from readiness.importers.spans.documents import keys_at
from readiness.language import marked, tr

_WITHIN = ("vulnerability_type_results", "vulnerability_type")


class DeepTeam:
    format = "deepteam"
    title = marked("DeepTeam risk assessment (JSON)")

    def sniff(self, source: Source) -> bool:
        if not source.head_text.lstrip().startswith("{"):
            return False
        outer, inner = keys_at(source)
        return {"overview", "test_cases"} <= outer and bool(
            {"vulnerability_type_results", "vulnerability_type"} & inner
        )

    def read(self, source: Source, options: Options) -> Batch:
        """Attack success by vulnerability and attack method. Raises InputError where no attack was made."""
        attacks = listed(source, ("test_cases",), nan=True).rows(("test_cases",))
        if attacks is None:
            raise InputError(tr("this is not a risk assessment"), file=source.name, expected=tr("a list of test_cases"))
        run = Run(tool="DeepTeam", measures={SUCCESS: MEASURE})
        for at, attack in enumerate(bounded(attacks, run, source)):
            _add(run, f"test_cases[{at}]", members(attack))
        return to_batch(source, unless_said(options, cohort=f"{CATEGORY},{ATTACK}"), run, self.format)


IMPORTER = DeepTeam()


def _add(run: Run, place: str, attack: dict[str, Any]) -> None:
    """One attack; what errored is kept as such, and a score that is neither is no attack at all."""
    category = "/".join(filter(None, (label(attack.get("vulnerability")), label(attack.get("vulnerability_type")))))
    score = number(attack.get("score"))
    errored = bool(attack.get("error")) or attack.get("score") is None
    if not category or (not errored and score not in (0.0, 1.0)):
        run.skip(place, "the attack does not name its vulnerability, or its score is neither 0 nor 1")
        return
    success = None if errored or score is None else 1 - score
    named = {CATEGORY: category, ATTACK: label(attack.get("attack_method")), "risk": label(attack.get("risk_category"))}
    fields = {name: text for name, text in named.items() if text} | plain(attack.get("metadata"), "metadata.")
    run.cases.append(Case(UNNAMED, {SUCCESS: success}, fields, same_input([attack.get("input"), category])))
