"""Figures over all traces of a file, and why each of those that are kept was chosen."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

LOST = ("no_request", "no_retrieval", "no_tool", "no_output", "no_timing")


def upgrade() -> None:
    op.add_column("trace", sa.Column("kept_for", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "stage_figure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("version", "workflow", "kind")),
        sa.Column("n", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Float(), nullable=False) for name in ("p50", "p95", "p99", "share")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("errors", "retries")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "trace_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("traces", *LOST)),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    for table in ("stage_figure", "trace_count"):
        op.create_index(op.f(f"ix_{table}_evidence_id"), table, ["evidence_id"], unique=False)
