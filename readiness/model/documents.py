"""The documents of an assessment that are stored whole, each save a revision: a further kind is one line here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, TypeVar

from readiness.language import marked

from .card import SystemCard
from .monitoring import MonitoringPlan
from .policy import ReleasePolicy
from .record import Record

Document: TypeAlias = ReleasePolicy | MonitoringPlan | SystemCard
DocumentId = Literal["policy", "monitoring", "card"]
D = TypeVar("D", bound=Record)


@dataclass(frozen=True)
class DocumentKind:
    """`id` names it in the store, in an assessment and in its file; `title` is what people call it."""

    id: DocumentId
    title: str
    record: type[Document]


KINDS: dict[str, DocumentKind] = {
    kind.id: kind
    for kind in (
        DocumentKind("policy", marked("release policy"), ReleasePolicy),
        DocumentKind("monitoring", marked("monitoring plan"), MonitoringPlan),
        DocumentKind("card", marked("system card"), SystemCard),
    )
}
_OF: dict[type[Record], DocumentKind] = {kind.record: kind for kind in KINDS.values()}


def kind_of(document: Record | type[Record]) -> DocumentKind:
    return _OF[document if isinstance(document, type) else type(document)]


def is_document(record: Record) -> bool:
    return type(record) in _OF
