"""Whether a person labelled a trace is a fact of its own, and why a trace was kept are values instead of a sentence."""

import re
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"

_MS = 1_000_000
_JSON = sa.JSON().with_variant(JSONB(), "postgresql")
_SENTENCES: tuple[tuple[str, dict[str, str]], ...] = (
    (r"labelled by a person before", {"kind": "labelled"}),
    (r"(?P<kind>slowest|typical) of (?P<workflow>.*), (?P<duration_ns>[0-9,]+) ms", {}),
    (r"(?P<kind>failed|escalated), as (?P<count>[0-9,]+) of (?P<total>[0-9,]+) of (?P<workflow>.*) (?:did|were)", {}),
    (r"labelled (?P<path>good|bad|escalation) in the file", {"kind": "stated"}),
)
"""How the reasons were written, joined by a semicolon; one that was cut off at the end is left out."""


def upgrade() -> None:
    op.add_column("trace", sa.Column("labelled", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(sa.text("UPDATE trace SET labelled = true WHERE row_version > 1 AND (path IS NOT NULL OR note <> '')"))
    op.execute(sa.text("ALTER TABLE trace RENAME COLUMN kept_for TO kept_sentence"))
    op.add_column("trace", sa.Column("kept_for", _JSON, nullable=False, server_default="[]"))
    traces = sa.table("trace", sa.column("id"), sa.column("kept_sentence"), sa.column("kept_for", _JSON))
    connection = op.get_bind()
    for row in connection.execute(sa.select(traces).where(traces.c.kept_sentence != "")).all():
        reasons = [reason for part in row.kept_sentence.split("; ") if (reason := _reason(part))]
        connection.execute(traces.update().where(traces.c.id == row.id).values(kept_for=reasons))
    op.execute(sa.text("ALTER TABLE trace DROP COLUMN kept_sentence"))


def _reason(sentence: str) -> dict[str, Any]:
    for pattern, known in _SENTENCES:
        if match := re.fullmatch(pattern, sentence):
            return {key: _value(key, value) for key, value in (match.groupdict() | known).items()}
    return {}


def _value(key: str, text: str) -> Any:
    if key == "workflow":
        return "" if text == "those without a workflow" else text
    if key == "duration_ns":
        return int(text.replace(",", "")) * _MS
    return int(text.replace(",", "")) if key in ("count", "total") else text
