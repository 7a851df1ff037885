"""What a file states of what ran under each of its labels, and when: the commit, the model and the prompts."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from readiness import english
from readiness.model.evidence import Doubt

COMMIT, PROMPT, MODEL = "commit", "prompt", "model"
MOST = 10
"""What a file states in more ways than this differs from case to case, and says nothing of the version."""
MOST_NAMED = 50
_LONGEST, _DIGITS = 80, 12
_COMMITS = re.compile(
    r"((metadata|tags|attributes|properties)_)?commit(_(sha|hash|id))?"
    r"|(.+_)?(git|source|app|code|build|release|service)_(commit|sha|hash|revision)(_(sha|hash|id))?"
    r"|(.+_)?vcs_(repository_)?ref_(head_)?revision"
)
_PROMPTS = re.compile(r"(.+_)?(prompt_(version|hash|sha|sha256|digest|commit)|lc_hub_commit_hash)")
"""How tools and people name them, with dots and capitals as underscores; a case may name commits of its own."""
_ASKED = ("doc.", "vars.", "inputs.")
"""What stands before the names of what a case asks, which says nothing of what answered it."""


@dataclass
class Settings:
    """What was stated, by label and then by what it is, with all values that occur."""

    _stated: dict[str, dict[str, dict[str, None]]] = field(default_factory=dict)

    def add(self, label: str, stated: Mapping[str, object]) -> None:
        """What ran, by what it is; a value that is no text and no number states nothing."""
        for what, value in stated.items():
            if isinstance(value, bool) or not isinstance(value, (str, int)) or not str(value).strip():
                continue
            by_what = self._stated.setdefault(label, {})
            if what in by_what or len(by_what) < MOST_NAMED:
                values = by_what.setdefault(what[:_LONGEST], {})
                if len(values) <= MOST:
                    values[str(value).strip()[:_LONGEST]] = None

    def of(self, label: str) -> dict[str, str]:
        """What ran under a label, several values in one text (see `values_of`)."""
        stated = self._stated.get(label, {})
        return {what: json.dumps(sorted(values)) for what, values in sorted(stated.items()) if len(values) <= MOST}


def values_of(text: str) -> list[str]:
    return [str(value) for value in json.loads(text)]


def found(fields: Mapping[str, object], without: Iterable[str] = ()) -> dict[str, object]:
    """What fields state by their names, which tell that they hold a commit or the version of a prompt."""
    return {
        what: value
        for name, value in fields.items()
        if name not in without and not name.startswith(_ASKED) and (what := _of_name(name[-_LONGEST:]))
    }


@lru_cache(maxsize=4096)
def _of_name(name: str) -> str:
    plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    plain = re.sub(r"[.\-\s/]+", "_", plain)
    if _PROMPTS.fullmatch(plain):
        return PROMPT
    return COMMIT if _COMMITS.fullmatch(plain) else ""


def dated(stated: dt.date | None, measured_on: dt.date | None) -> list[Doubt]:
    """A doubt where a person gives a later day than the file, which makes it younger; time zones make a day at most."""
    if stated is None or measured_on is None or (measured_on - stated).days <= 1:
        return []
    days = english.day(stated), english.day(measured_on)
    return [Doubt(kind="time", what="measured on", stated=days[0], counted=days[1])]


def digest(*parts: Any) -> str:
    """A short name for something long, such as a prompt."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:_DIGITS]
