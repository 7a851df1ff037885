"""Cases that depend on each other: clusters behind a figure, and pairs of means beside pairs that passed or failed.

Every pair so far was of cases that passed or failed once, so its means and its spread follow from the counts.
"""

import math

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

COUNTS = ("both", "only_first", "only_second", "neither")
STATED: dict[str, type[sa.Integer] | type[sa.Float[float]]] = {
    "cases": sa.Integer,
    "n": sa.Integer,
    "mean_first": sa.Float,
    "mean_second": sa.Float,
}


def upgrade() -> None:
    for name in ("cases", "clusters", "repeats"):
        op.add_column("cell", sa.Column(name, sa.Integer(), nullable=True))
    for name in ("effective", "se", "pass_all", "flips"):
        op.add_column("cell", sa.Column(name, sa.Float(), nullable=True))
    for name, kind in STATED.items():
        op.add_column("pair", sa.Column(name, kind(), nullable=False, server_default="0"))
    op.add_column("pair", sa.Column("sd", sa.Float(), nullable=True))
    pairs = sa.table("pair", *(sa.column(name) for name in ("id", *COUNTS, *STATED, "sd")))
    connection = op.get_bind()
    for row in connection.execute(sa.select(pairs.c.id, *(pairs.c[name] for name in COUNTS))).all():
        connection.execute(pairs.update().where(pairs.c.id == row.id).values(**_figures(*row[1:])))
    with op.batch_alter_table("pair") as table:
        for name, kind in STATED.items():
            table.alter_column(name, existing_type=kind(), existing_nullable=False, server_default=None)
        for name in COUNTS:
            table.alter_column(name, existing_type=sa.Integer(), nullable=True)


def _figures(both: int, only_first: int, only_second: int, neither: int) -> dict[str, float | None]:
    n = both + only_first + only_second + neither
    change = (only_second - only_first) / max(n, 1)
    squares = only_first + only_second - n * change**2
    return {
        "cases": n,
        "n": n,
        "mean_first": (both + only_first) / max(n, 1),
        "mean_second": (both + only_second) / max(n, 1),
        "sd": math.sqrt(max(squares, 0.0) / (n - 1)) if n > 1 else None,
    }
