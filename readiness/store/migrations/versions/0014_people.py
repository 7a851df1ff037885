"""People, their addresses, logins and roles, and the tokens of programs."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "person",
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("address"),
    )
    _of_person("person_address", sa.Column("address", sa.String(), primary_key=True))
    _of_person("person_login", *(sa.Column(name, sa.String(), primary_key=True) for name in ("issuer", "subject")))
    op.create_table(
        "role_grant",
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("role", sa.String(), primary_key=True),
        sa.Column("system", sa.String(), primary_key=True),
    )
    _of_person(
        "login",
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
    )
    op.create_table(
        "token",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("name", "digest", "made_by")),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("actions", "systems")),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_token_person_id"), "token", ["person_id"], unique=False)


def _of_person(table: str, *columns: sa.Column[Any]) -> None:
    op.create_table(table, *columns, sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False))
    op.create_index(op.f(f"ix_{table}_person_id"), table, ["person_id"], unique=False)
