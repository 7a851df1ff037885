"""Texts as they were before redaction, apart from their traces and only until they expire."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "raw_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("trace_id", "span_id", "error", "input", "output")),
        sa.Column("attributes", sa.JSON(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("evidence_id", "trace_id", "span_id"),
    )
    op.create_index(op.f("ix_raw_text_expires_on"), "raw_text", ["expires_on"], unique=False)
