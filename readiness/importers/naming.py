"""How files name things: a version as the file says it, and the fields that may be a workflow or a cohort."""

from __future__ import annotations

import hashlib
import sys
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from readiness import english
from readiness.model.cells import Cell

LONGEST_LABEL = 120
LONGEST_KEY = 300
"""Of what a file calls a field; a longer one names nothing that a person would map."""
MOST_ALIKE = 10
"""Groups of such names that a note tells one by one."""
WORKFLOWS = ("workflow", "use_case", "scenario", "intent", "task")
COHORTS = ("cohort", "tenant", "customer", "language", "lang", "locale", "region", "query_class", "policy_version")


def label(*names: object) -> str:
    """A version as a file names it: `PROMPT × MODEL`. Long names are cut, and still tell two of them apart."""
    return " × ".join(_short(" ".join(str(name).split())) for name in names if name)


def _short(name: str) -> str:
    if len(name) <= LONGEST_LABEL:
        return name
    return f"{name[: LONGEST_LABEL - 12]} … {hashlib.sha256(name.encode()).hexdigest()[:8]}"


def plain(values: object, prefix: str = "") -> dict[str, str]:
    """The text, numbers and booleans of an object, by their path: what can name a workflow or a cohort."""
    texts = {}
    for key, value in (values if isinstance(values, dict) else {}).items():
        if isinstance(value, (str, int, float, bool)) and not str(key).startswith("_") and len(str(key)) <= LONGEST_KEY:
            texts[sys.intern(f"{prefix}{key}")] = " ".join(str(value).split())[:200]
    return texts


@dataclass(frozen=True, order=True)
class Named:
    """A name and what it names: a version, a workflow, a metric, a kind of cohort or a value of one."""

    kind: str
    name: str


def names_of(cells: Iterable[Cell]) -> set[Named]:
    return {
        named
        for version, workflow, dimension, value, metric in {
            (cell.version, cell.workflow, cell.dimension, cell.value, cell.metric) for cell in cells
        }
        for named in (
            Named("version", version),
            Named("workflow", workflow),
            Named("metric", metric),
            Named("kind of cohort", dimension),
            Named(f"cohort of {dimension}", value),
        )
    }


def alike(names: Collection[Named], others: Collection[Named] | None = None) -> str:
    """A note of names that people read as one, and that are kept apart: by case, by blanks or by Unicode form.

    With `others` only those of `names` that are like one of the others, and not the same.
    """
    mine, theirs = _by_form(names), _by_form(names if others is None else others)
    pairs = {form: mine[form] | theirs[form] for form in sorted(mine.keys() & theirs.keys())}
    told = [
        f"{min(named).kind} {english.listed([repr(one.name) for one in sorted(named)])}"
        for named in pairs.values()
        if len(named) > 1
    ]
    if not told:
        return ""
    stored = "" if others is None else " from what is stored"
    return f"names that differ in case, blanks or form alone are kept apart{stored}: {english.few(told, MOST_ALIKE)}"


def _by_form(names: Collection[Named]) -> dict[tuple[str, str], set[Named]]:
    forms: dict[tuple[str, str], set[Named]] = {}
    for named in names:
        forms.setdefault((_folded(named.kind), _folded(named.name)), set()).add(named)
    return forms


def _folded(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def propose(fields: Sequence[str]) -> dict[str, str]:
    """The fields whose names say that they are a workflow or cohorts, for a person to confirm."""
    last = {name: name.rpartition(".")[2].lower() for name in fields}
    workflow = [name for wanted in WORKFLOWS for name in fields if last[name] == wanted]
    cohorts = [name for wanted in COHORTS for name in fields if last[name] == wanted]
    mapping = {"workflow": workflow[0]} if workflow else {}
    return mapping | ({"cohort": ",".join(cohorts)} if cohorts else {})
