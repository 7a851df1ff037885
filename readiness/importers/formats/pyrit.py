"""PyRIT (https://azure.github.io/PyRIT): results of a scenario or of attacks, and conversations that it exported.

A result states its outcome: of `success` and `failure` the first is an attack that succeeded, and what is an `error` or
`undetermined` could not be judged; PyRIT's own rate divides by those, too. A conversation states none: its last
true/false score decides, where it is no refusal, and each conversation counts as one attack.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from readiness import english
from readiness.errors import InputError
from readiness.importers.batch import Batch, Options
from readiness.importers.cases.attacks import ATTACK, CATEGORY, MEASURE, SUCCESS
from readiness.importers.cases.many import bounded
from readiness.importers.cases.scored import UNNAMED, Case, Run, same_input, to_batch, unless_said
from readiness.importers.naming import label, plain
from readiness.importers.source.gateway import Source
from readiness.importers.source.shapes import items, members
from readiness.importers.spans.documents import joined, keys_at, records
from readiness.language import marked, tr, trn

_SCENARIO = {"scenario_identifier", "attack_results"}
_RESULT = {"conversation_id", "objective", "outcome"}
_PIECE = {"conversation_id", "original_prompt_id", "scores"}
_PAGE = ("items",)
"""Under which its server lists results."""
_OUTCOMES = {"success": 1.0, "failure": 0.0, "error": None, "undetermined": None}
_VERDICTS = {"true": 1.0, "false": 0.0}
_REFUSAL = "Refusal"
"""In the name of a scorer for which true is a refusal, and no attack that succeeded."""


class PyRIT:
    format = "pyrit"
    title = marked("PyRIT attack results or conversations (JSON, JSON lines)")

    def sniff(self, source: Source) -> bool:
        if source.head_text.lstrip()[:1] not in ("{", "["):
            return False
        outer, inner = keys_at(source)
        return any(keys <= outer for keys in (_SCENARIO, _RESULT, _PIECE)) or (outer >= {*_PAGE} and inner >= _RESULT)

    def read(self, source: Source, options: Options) -> Batch:
        """Attack success by harm category and attack. Raises InputError where no attack has a result."""
        run = Run(tool="PyRIT", measures={SUCCESS: MEASURE})
        talks: dict[str, list[dict[str, Any]]] = {}
        for place, row, name in bounded(_rows(source), run, source):
            if "outcome" in row:
                _add_result(run, place, row, name)
            elif isinstance(row.get("conversation_id"), str):
                talks.setdefault(row["conversation_id"], []).append(row)
            else:
                run.skip(place, "this is neither the result of an attack nor a part of a conversation")
        judged = [pieces for pieces in talks.values() if any(map(_verdicts, pieces))]
        for pieces in judged:
            run.cases.append(_conversation(run, pieces))
        if unjudged := len(talks) - len(judged):
            if not run.cases:
                problem = _without_verdict(unjudged)
                raise InputError(problem, file=source.name, expected=tr("conversations that a scorer judged"))
            run.notes.append(f"{english.said(_without_verdict)(unjudged)}; they count as nothing")
        return to_batch(source, unless_said(options, cohort=f"{CATEGORY},{ATTACK}"), run, self.format)


IMPORTER = PyRIT()


def _without_verdict(conversations: int) -> str:
    return trn(
        "{n} conversation without a true/false score on an attack, as the attacker's own",
        "{n} conversations without a true/false score on an attack, as the attacker's own",
        conversations,
    )


def _rows(source: Source) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Results and pieces with their places; those of a scenario with the name that it gives their attack."""
    for place, document in records(source, *_PAGE):
        scenario = members(document)
        groups, shown = scenario.get("attack_results"), members(scenario.get("display_group_map"))
        if not isinstance(groups, dict):
            yield place or "line 1", scenario, ""
            continue
        for group, results in groups.items():
            for at, result in enumerate(items(results)):
                yield joined(place, "attack_results", group, at), members(result), label(shown.get(group) or group)


def _add_result(run: Run, place: str, result: dict[str, Any], name: str) -> None:
    """One attack that states what came of it."""
    outcome = result["outcome"]
    if not isinstance(outcome, str) or outcome not in _OUTCOMES:
        run.skip(place, f"the attack has no outcome that is one of {', '.join(_OUTCOMES)}")
        return
    identifier = members(result.get("atomic_attack_identifier"))
    run.tool_version = run.tool_version or label(identifier.get("pyrit_version"))
    run.ran_at(result.get("timestamp"))
    score = members(result.get("last_score"))
    harms = result.get("targeted_harm_categories") or score.get("score_category")
    fields = _fields(harms, name or _strategy(identifier) or _named(result.get("attack_identifier")), result)
    asked = same_input([result.get("objective"), fields.get(ATTACK), fields.get(CATEGORY)])
    run.cases.append(Case(UNNAMED, {SUCCESS: _OUTCOMES[outcome]}, fields, asked))


def _conversation(run: Run, pieces: list[dict[str, Any]]) -> Case:
    """An attack that the last piece with a verdict decides; where its scorers differ it could not be judged."""
    judged = [piece for piece in pieces if _verdicts(piece)]
    last = max(judged, key=lambda piece: piece["sequence"] if isinstance(piece.get("sequence"), int) else 0)
    verdicts = _verdicts(last)
    values = {_VERDICTS.get(str(score.get("score_value")).lower()) for score in verdicts}
    run.ran_at(last.get("timestamp"))
    harms = [harm for score in verdicts for harm in _texts(score.get("score_category"))]
    harms = harms or [harm for piece in pieces for harm in _texts(piece.get("targeted_harm_categories"))]
    strategy = last.get("attack_identifier") or last.get("orchestrator_identifier")
    fields = _fields(harms, _named(strategy), last)
    converters = {_named(one): None for piece in pieces for one in items(piece.get("converter_identifiers"))}
    fields |= {"converter": label(*converters)} if any(converters) else {}
    objective = next((score.get("objective") or score.get("task") for score in verdicts), None)
    asked = same_input([objective or pieces[0].get("original_value"), *fields.items()])
    return Case(UNNAMED, {SUCCESS: values.pop() if len(values) == 1 else None}, fields, asked)


def _verdicts(piece: dict[str, Any]) -> list[dict[str, Any]]:
    """The scores that say whether the attack succeeded."""
    scores = map(members, items(piece.get("scores")))
    return [
        score
        for score in scores
        if score.get("score_type") == "true_false" and _REFUSAL not in _named(score.get("scorer_class_identifier"))
    ]


def _fields(harms: object, attack: str, row: dict[str, Any]) -> dict[str, str]:
    named = {CATEGORY: label(", ".join(sorted(set(_texts(harms))))), ATTACK: attack}
    return {name: text for name, text in named.items() if text} | plain(row.get("labels"), "labels.")


def _texts(value: object) -> list[str]:
    """A list of texts, or the one that stands alone in older files."""
    return [text for text in (items(value) or [value]) if isinstance(text, str) and text.strip()]


def _strategy(identifier: dict[str, Any]) -> str:
    """The attack within a composite identifier, which newer versions nest in a technique."""
    children = members(identifier.get("children"))
    technique = members(members(children.get("attack_technique")).get("children"))
    return _named(technique.get("attack") or children.get("attack"))


def _named(identifier: object) -> str:
    """The class that an identifier names, in newer and older files."""
    told = members(identifier)
    return label(told.get("class_name") or told.get("__type__"))
