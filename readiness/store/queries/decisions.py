"""What was decided on the assessments of a system, each with its conditions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from sqlmodel import Session, col, func, select

from readiness.errors import NotFound
from readiness.language import tr
from readiness.model.decisions import (
    DecisionCondition,
    OpenCondition,
    RolloutDecision,
    StoredCondition,
    StoredDecision,
)
from readiness.store.engine import Store
from readiness.store.tables import AssessmentRow, DecisionConditionRow, DecisionRow, SystemRow

from .records import record_of
from .systems import in_use, newest


def of_assessments(
    session: Session, rows: Sequence[AssessmentRow], until: dt.datetime | None = None
) -> list[StoredDecision]:
    """In the order they were written down, as they stood at an instant."""
    candidates = {row.id: row.candidate for row in rows}
    query = select(DecisionRow).where(col(DecisionRow.assessment_id).in_(list(candidates)))
    if until is not None:
        query = query.where(DecisionRow.at <= until)
    decisions = session.exec(query.order_by(col(DecisionRow.id))).all()
    if not decisions:
        return []
    conditions: dict[int, list[DecisionConditionRow]] = {}
    for row in session.exec(
        select(DecisionConditionRow)
        .where(col(DecisionConditionRow.decision_id).in_([decision.id for decision in decisions]))
        .order_by(col(DecisionConditionRow.id))
    ):
        conditions.setdefault(row.decision_id, []).append(row)
    return [_decision(row, candidates[row.assessment_id], conditions.get(row.id, []), until) for row in decisions]


def _decision(
    row: DecisionRow, candidate: str, conditions: Sequence[DecisionConditionRow], until: dt.datetime | None
) -> StoredDecision:
    names = RolloutDecision.model_fields.keys() - {"conditions"}
    said = [record_of(DecisionCondition, one) for one in conditions]
    record = RolloutDecision.model_validate({name: getattr(row, name) for name in names} | {"conditions": said})
    return StoredDecision(
        row.id, row.assessment_id, candidate, record, [*_conditions(conditions, said, until)], row.by, row.at
    )


def _conditions(
    rows: Sequence[DecisionConditionRow], said: Sequence[DecisionCondition], until: dt.datetime | None
) -> Iterator[StoredCondition]:
    for row, record in zip(rows, said, strict=True):
        met = row.met_at is not None and (until is None or row.met_at <= until)
        known = (row.met_on, row.met_by, row.note) if met else (None, "", "")
        yield StoredCondition(row.id, row.row_version, record, *known)


def open_conditions(store: Store, day: dt.date) -> list[OpenCondition]:
    """Those of the last decision on each system's assessment in force on a day, the earliest due first."""
    last = select(func.max(DecisionRow.id)).where(DecisionRow.assessment_id == AssessmentRow.id)
    query = (
        select(DecisionConditionRow, SystemRow.slug, AssessmentRow.candidate)
        .join(AssessmentRow, col(AssessmentRow.id) == DecisionConditionRow.assessment_id)
        .join(SystemRow, col(SystemRow.id) == AssessmentRow.system_id)
        .where(
            in_use(day),
            AssessmentRow.id == newest(day),
            col(DecisionConditionRow.met_on).is_(None),
            col(DecisionConditionRow.decision_id) == last.correlate(AssessmentRow).scalar_subquery(),
        )
        .order_by(col(DecisionConditionRow.due), col(DecisionConditionRow.id))
    )
    with store.reading() as session:
        found = session.exec(query).all()
        return [
            OpenCondition(slug, candidate, *_conditions([row], [record_of(DecisionCondition, row)], None))
            for row, slug, candidate in found
        ]


def condition_owner(store: Store, number: int) -> tuple[str, str]:
    """The system of a condition, and who owns it. Raises NotFound."""
    with store.reading() as session:
        row, slug = find_condition(session, number)
        return slug, row.owner


def condition(store: Store, number: int) -> StoredCondition:
    """Raises NotFound."""
    with store.reading() as session:
        row, _ = find_condition(session, number)
        (found,) = _conditions([row], [record_of(DecisionCondition, row)], None)
        return found


def find_condition(session: Session, number: int) -> tuple[DecisionConditionRow, str]:
    """A condition and the system it is about. Raises NotFound."""
    query = (
        select(DecisionConditionRow, SystemRow.slug)
        .join(AssessmentRow, col(AssessmentRow.id) == DecisionConditionRow.assessment_id)
        .join(SystemRow, col(SystemRow.id) == AssessmentRow.system_id)
        .where(DecisionConditionRow.id == number)
    )
    found = session.exec(query).first()
    if found is None:
        raise NotFound(
            tr("there is no condition {number}", number=number), expected=tr("one that readiness decision show names")
        )
    return found
