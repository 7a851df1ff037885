"""A file says who signed it."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0020"


def upgrade() -> None:
    op.add_column("evidence", sa.Column("producer", sa.String(), nullable=False, server_default=""))
