"""Each event holds digests of the facts it wrote, so that a change behind the program's back shows."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    kind = sa.JSON().with_variant(JSONB(), "postgresql")
    op.add_column("event", sa.Column("facts", kind, nullable=False, server_default="{}"))
