"""A file says who signed it."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.add_column("evidence", sa.Column("producer", sa.String(), nullable=False, server_default=""))
