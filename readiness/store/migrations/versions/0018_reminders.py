"""Who was reminded of which gap at which stage, so that nobody is told the same twice."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "reminder",
        sa.Column("system_id", sa.Integer(), sa.ForeignKey("system.id"), primary_key=True, autoincrement=False),
        sa.Column("signal", sa.String(), primary_key=True),
        sa.Column("owner", sa.String(), primary_key=True),
        sa.Column("due", sa.Date(), primary_key=True),
        sa.Column("stage", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("channel", sa.String(), primary_key=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
    )
