"""A file says what it ran and what in it does not fit, and a person may confirm it with a reason."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"

_JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("evidence", sa.Column("origins", _JSON, nullable=False, server_default="[]"))
    op.add_column("evidence", sa.Column("doubts", _JSON, nullable=False, server_default="[]"))
    op.add_column("evidence", sa.Column("confirmed", sa.JSON(), nullable=True))
