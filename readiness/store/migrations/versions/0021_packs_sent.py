"""Packs that were sent: to whom, what they said, and what they rested on."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

_TEXTS = (
    *("candidate", "audience", "recipient", "purpose", "classification", "contact", "customer", "format", "level"),
    *("digest", "snapshot", "by"),
)


def upgrade() -> None:
    op.create_table(
        "pack_sent",
        *(sa.Column(name, sa.String(), nullable=False) for name in _TEXTS),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("draft", sa.Boolean(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=True),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("system_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["system_id"], ["system.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_pack_sent_system_id"), "pack_sent", ["system_id"], unique=False)
