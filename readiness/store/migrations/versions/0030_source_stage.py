"""The stage of a rollout that the results of a source are of."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.add_column("source", sa.Column("stage", sa.String(), nullable=False, server_default=""))
