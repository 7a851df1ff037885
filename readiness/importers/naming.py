"""How files name things: a version as the file says it, and the fields that may be a workflow or a cohort."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

LONGEST_LABEL = 120
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
        if isinstance(value, (str, int, float, bool)) and not str(key).startswith("_"):
            texts[f"{prefix}{key}"] = " ".join(str(value).split())[:200]
    return texts


def propose(fields: Sequence[str]) -> dict[str, str]:
    """The fields whose names say that they are a workflow or cohorts, for a person to confirm."""
    last = {name: name.rpartition(".")[2].lower() for name in fields}
    workflow = [name for wanted in WORKFLOWS for name in fields if last[name] == wanted]
    cohorts = [name for wanted in COHORTS for name in fields if last[name] == wanted]
    mapping = {"workflow": workflow[0]} if workflow else {}
    return mapping | ({"cohort": ",".join(cohorts)} if cohorts else {})
