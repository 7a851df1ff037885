"""What the intervals of a scorecard need: spread and bounds of each cell, and the same cases under two versions."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

FIGURES = ("sd", *(f"{name}_{side}" for name in ("p50", "p95", "p99") for side in ("low", "high")))


def upgrade() -> None:
    for figure in FIGURES:
        op.add_column("cell", sa.Column(figure, sa.Float(), nullable=True))
    op.create_table(
        "outcome",
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"]),
        sa.PrimaryKeyConstraint("evidence_id"),
    )
    op.create_table(
        "pair",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("system_id", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("first", "second", "first_file", "second_file", "metric", "workflow", "dimension", "value")
        ),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("both", "only_first", "only_second", "neither")),
        sa.ForeignKeyConstraint(["system_id"], ["system.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_pair_system_id"), "pair", ["system_id"], unique=False)
