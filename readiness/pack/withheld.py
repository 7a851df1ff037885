"""Which names a review holds that a pack may have to leave out: values of cohorts, files, and people by their roles."""

from __future__ import annotations

import re
from collections.abc import Iterator

from readiness.language import marked, tr
from readiness.model.decisions import StoredDecision
from readiness.model.evidence import Evidence
from readiness.model.record import ANY
from readiness.review.review import Review

from .sections.cohorts import parts_of
from .sections.files import KINDS
from .spellings import PLAIN_WORDS, NameSpelling, fold, head, words

PRODUCER = marked("producer")
"""Whoever signed a file. Where a policy makes it public as if it were a dimension, producers are named."""
OWNER, SOMEBODY = marked("gap owner"), marked("person")
"""What people are who have no role of their own; these are numbered."""
ROLES = (marked("quality"), marked("policy"), marked("operations"))
"""Roles of approvers that every policy is asked for; others are said as they are written."""
_TOOLS = {
    "braintrust": "Braintrust",
    "azure-evaluation": "Azure AI Evaluation",
    "phoenix-experiment": "Phoenix",
    "pydantic-evals": "Pydantic Evals",
    "deepteam": "DeepTeam",
    "garak": "garak",
    "pyrit": "PyRIT",
    "hey": "hey",
    "artillery": "Artillery",
    "vllm-bench": "vLLM",
    "guidellm": "GuideLLM",
    "locust": "Locust",
    "jmeter": "JMeter",
    "k6": "k6",
    "deepeval": "DeepEval",
    "deepeval-traces": "DeepEval",
    "inspect": "Inspect",
    "junit": "JUnit",
    "langfuse": "Langfuse",
    "langfuse-experiment": "Langfuse",
    "langsmith": "LangSmith",
    "langsmith-experiment": "LangSmith",
    "lm-eval": "lm-eval",
    "mlflow-eval": "MLflow",
    "mlflow-traces": "MLflow",
    "openinference": "OpenInference",
    "otlp": "OpenTelemetry",
    "promptfoo": "promptfoo",
}
"""The tool behind a format; files of any other are only results or traces."""
_LEGAL_FORMS = (
    *("aktiengesellschaft", "corporation", "incorporated", "gmbhcokg", "limited", "gmbh", "kgaa", "cokg", "mbh", "ohg"),
    *("company", "corp", "sarl", "inc", "ltd", "llc", "llp", "plc", "sas", "srl", "spa", "oyj", "aps", "asa", "pty"),
    *(
        "pte",
        "ag",
        "se",
        "kg",
        "ug",
        "co",
        "sa",
        "bv",
        "nv",
        "oy",
        "ab",
        "as",
        "kk",
        "株式会社",
        "有限会社",
        "合同会社",
    ),
)
_SHORTEST_STEM = 4
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


def cohorts(review: Review) -> dict[tuple[str, str], int]:
    """Each dimension and value that is written anywhere, with the number of cases behind it."""
    weights: dict[tuple[str, str], int] = {}
    for _, cell in review.dossier.cells:
        if cell.dimension != ANY:
            cohort = (cell.dimension.strip(), cell.value.strip())
            weights[cohort] = max(weights.get(cohort, 0), cell.n or 0)
    named = [sample.trace.cohort for sample in review.samples]
    named += [result.gate.cohort for result in review.gates]
    named += [incident.cohort for incident in (review.card.record.incidents if review.card else ())]
    named += [one.record.cohort for one in review.dossier.incidents]
    named += [*review.assessment.expected.cohorts, *(pair.cohort for pair in review.dossier.pairs)]
    for cohort in (part for text in named for part in parts_of(text)):
        weights.setdefault(cohort, 0)
    return {(dimension, value): n for (dimension, value), n in weights.items() if value.strip(" *")}


def spelled(name: str) -> Iterator[str]:
    """A name as it stands, without its legal form, and with its umlauts spelled out or not."""
    yield name
    yield name.translate(_UMLAUTS)
    if name.isascii() and re.search("[aouAOU]e", name):
        yield re.sub("([aouAOU])e", r"\1", name)
    if stem := _stem(name):
        yield stem


def _stem(name: str) -> str:
    """The name without its legal form, where enough is left to be told from other words."""
    spelling = NameSpelling.of(name)
    for form in _LEGAL_FORMS if spelling else ():
        if spelling and spelling.folded.endswith(form):
            rest = len(spelling.folded) - len(form)
            stem = head(name, rest) if rest else ""
            enough = rest >= (_SHORTEST_STEM if stem.isascii() else 2)
            return stem if enough and rest in spelling.breaks else ""
    return ""


def kind_of(file: Evidence) -> str:
    """`promptfoo results`; the tool is told only where the format is one that the importers know."""
    return f"{_TOOLS.get(file.format, '')} {file.kind}".strip()


def said(kind: str) -> str:
    """One of our kinds in the language of a pack: those of people, `promptfoo results`, `quality approver`."""
    tool, _, last = kind.rpartition(" ")
    if last in KINDS:
        return f"{tool} {tr(KINDS[last])}".strip()
    if last == "approver" and tool:
        return tr("{role} approver", role=tr(tool))
    return tr(kind)


def is_producer(dimension: str) -> bool:
    """Whether it is the word by which a policy makes producers public."""
    return fold(dimension) == fold(PRODUCER)


def producers(review: Review) -> list[str]:
    """Whoever signed files, each once."""
    return list(dict.fromkeys(item.evidence.producer for item in review.items.values() if item.evidence.producer))


def filed_as(name: str) -> Iterator[str]:
    """A file's name, and what stands before its ending where that is more than one word."""
    yield name
    stem = name.rpartition(".")[0]
    if any(map(str.isdigit, stem)) or len(words(stem)) > 1:
        yield stem


def called(name: str) -> Iterator[str]:
    """How a person is called: by name, by the first and the last of it, and by what stands before the @."""
    yield name
    local, at, _ = name.partition("@")
    parts = name.split()
    if at:
        yield local
    elif len(parts) > 1 and all(part[:1].isupper() and fold(part) not in PLAIN_WORDS for part in parts):
        yield from (part for part in (parts[0], parts[-1]) if len(fold(part)) >= _SHORTEST_STEM)


def people(review: Review) -> Iterator[tuple[str, str]]:
    """Everybody who is named, role and name; the first role is the one that counts."""
    policy = review.policy.record if review.policy else None
    plan = review.monitoring.record if review.monitoring else None
    yield marked("system owner"), review.dossier.system.record.owner
    for approver in policy.approvers if policy else ():
        yield f"{approver.role} approver", approver.name
    if plan:
        yield marked("incident response owner"), plan.owners.incident_response
        yield marked("release review owner"), plan.owners.release_review
        yield marked("weekly decisions owner"), plan.owners.weekly_decisions
        yield marked("escalation owner"), plan.escalation_owner
    if policy:
        yield marked("rollback owner"), policy.rollback.owner
    yield from ((OWNER, answer.mark.owner) for answer in review.answers)
    yield from ((SOMEBODY, name) for name in _writers(review))
    yield from ((SOMEBODY, name) for one in review.dossier.decisions for name in _deciders(one))

    for review_of_week in review.dossier.weeks:
        yield from ((SOMEBODY, name) for name in (*review_of_week.record.people, review_of_week.by))


def _deciders(one: StoredDecision) -> Iterator[str]:
    record = one.record
    yield from record.people
    yield from (condition.owner for condition in record.conditions)
    yield from (risk.approver for risk in record.risks)
    yield from (voice.by for voice in record.dissent)
    yield one.by
    yield from (condition.met_by for condition in one.conditions)


def _writers(review: Review) -> Iterator[str]:
    dossier = review.dossier
    yield from (signed.by for signed in dossier.sign_offs)
    yield from (text.by for _, text in dossier.excerpts)
    yield from (wrote.by for wrote in dossier.wrote)
    for item in review.items.values():
        yield item.added_by
        if item.evidence.confirmed:
            yield item.evidence.confirmed.by
    yield from (move.by for moves in dossier.moves.values() for move in moves)
