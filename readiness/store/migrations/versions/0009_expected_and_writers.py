"""An assessment says what is expected of it, and an answer who wrote it, so that nobody signs off their own words."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009"
down_revision = "0008"

_JSON = sa.JSON().with_variant(JSONB(), "postgresql")
_NOTHING = '{"workflows": {}, "cohorts": {}}'


def upgrade() -> None:
    op.add_column("assessment", sa.Column("expected", _JSON, nullable=False, server_default=_NOTHING))
    op.add_column("mark", sa.Column("writers", _JSON, nullable=False, server_default="[]"))
