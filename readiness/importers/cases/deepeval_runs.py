"""A DeepEval test run as it is written: its cases, its label and their fields, for figures and for traces."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from readiness.errors import InputError
from readiness.importers.naming import label, plain
from readiness.importers.source.gateway import Source
from readiness.importers.source.streamed import Listed, listed
from readiness.language import tr

from .scored import UNNAMED

KINDS = ("testCases", "conversationalTestCases")
_ABOVE = (("testRunData",), ())
PROMPT = ("prompt", "prompt template", "prompt version", "system prompt")
MODEL = ("model", "model name")
SPANS = ("baseSpans", "agentSpans", "llmSpans", "retrieverSpans", "toolSpans")


def test_run(whole: Any, source: Source) -> dict[str, Any]:
    """The run in a document. Raises InputError where there is none."""
    document = whole.get("testRunData", whole) if isinstance(whole, dict) else None
    if not isinstance(document, dict) or not any(kind in document for kind in KINDS):
        raise InputError(tr("this is not a DeepEval test run"), file=source.name, expected=tr("a list of testCases"))
    return document


@dataclass(frozen=True)
class RunFile:
    """A run as a file has it: `document` is the run, whose cases `cases` gives, each with its place."""

    source: Source
    listed: Listed
    document: dict[str, Any]

    @classmethod
    def of(cls, source: Source, *, nan: bool = False) -> RunFile:
        """Raises InputError where there is no run."""
        paths = [(*above, kind) for above in _ABOVE for kind in KINDS]
        whole = listed(source, *paths, nan=nan)
        return cls(source, whole, test_run(whole.rest, source))

    def cases(self) -> Iterator[tuple[str, Any]]:
        """Raises InputError where they are no list."""
        above = _ABOVE[0] if "testRunData" in self.listed.rest else _ABOVE[1]
        for kind in KINDS:
            listed_cases(self.document, kind, self.source)
            for at, case in enumerate(self.listed.rows((*above, kind)) or ()):
                yield f"{kind}[{at}]", case


def listed_cases(document: dict[str, Any], kind: str, source: Source) -> list[Any]:
    cases = document.get(kind)
    if cases is not None and not isinstance(cases, list):
        raise InputError(tr("the test cases are not a list"), file=source.name, place=kind, expected=tr("a list"))
    return cases or []


def run_label(document: dict[str, Any]) -> str:
    """The run's identifier, or the prompt and the model among its hyperparameters."""
    if identifier := _words(document.get("identifier")):
        return label(identifier)
    given = document.get("hyperparameters")
    known = {
        str(name).lower().replace("_", " "): _words(value)
        for name, value in (given if isinstance(given, dict) else {}).items()
    }
    named = [next((known[name] for name in names if known.get(name)), "") for names in (PROMPT, MODEL)]
    return label(*named) or UNNAMED


def _words(value: Any) -> str:
    """Text or a number as text, an object by the name and the version it states."""
    if isinstance(value, dict):
        parts = [_words(value.get("alias") or value.get("name")), _words(value.get("version"))]
        return " ".join(part for part in parts if part)
    return " ".join(str(value).split()) if isinstance(value, (str, int, float)) else ""


def case_fields(case: dict[str, Any]) -> dict[str, str]:
    """What can name a workflow or a cohort; a tag `KEY:VALUE` stands under its key too."""
    fields = plain({name: case.get(name) for name in ("name", "scenario")})
    fields |= plain(case.get("metadata"), "metadata.") | plain(case.get("additionalMetadata"), "additionalMetadata.")
    tags = case.get("tags")
    written = [tag for tag in (tags if isinstance(tags, list) else []) if isinstance(tag, str)]
    pairs = [tag.partition(":") for tag in written if tag.partition(":")[0] and tag.partition(":")[2]]
    return fields | plain({"tags": ", ".join(written)} if written else {}) | plain({k: v for k, _, v in pairs}, "tags.")
