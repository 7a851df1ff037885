"""Servers from which evidence of a system is fetched, and how far each was read."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.create_table(
        "source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("system_id", sa.Integer(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("kind", "url", "project", "holds", "run", "version", "made_by")
        ),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("every_hours", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["system_id"], ["system.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_source_system_id"), "source", ["system_id"], unique=False)
    op.create_table(
        "source_pull",
        sa.Column("source_id", sa.Integer(), autoincrement=False, nullable=False),
        *(
            sa.Column(name, sa.DateTime(timezone=True), nullable=True)
            for name in ("read_until", "pulled_at", "tried_at", "claimed_at", "pulling_until")
        ),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("failed", sa.Boolean(), nullable=False),
        sa.Column("claimed_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"]),
        sa.PrimaryKeyConstraint("source_id"),
    )
