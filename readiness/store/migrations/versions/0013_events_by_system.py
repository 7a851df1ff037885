"""The events of one system are found without reading those of all."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_index(op.f("ix_event_system"), "event", ["system"], unique=False)
