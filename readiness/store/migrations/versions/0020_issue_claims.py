"""Who makes an issue for which gap, so that two who do it at once do not make two."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "issue_claim",
        sa.Column("system_id", sa.Integer(), sa.ForeignKey("system.id"), primary_key=True, autoincrement=False),
        sa.Column("signal", sa.String(), primary_key=True),
        sa.Column("tracker", sa.String(), primary_key=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
    )
