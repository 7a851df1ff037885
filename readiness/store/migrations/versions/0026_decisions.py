"""What was decided on an assessment, which is added to and never changed, and the conditions of each decision."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

_REFUSE = "decisions are append-only"
_ARCHIVED = (
    "SELECT system.archived_on FROM system JOIN assessment ON assessment.system_id = system.id "
    "WHERE assessment.id = OLD.assessment_id"
)


def upgrade() -> None:
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("dissent", sa.JSON(), nullable=False),
        sa.Column("risks", sa.JSON(), nullable=False),
        sa.Column("components", sa.JSON(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_decision_assessment_id"), "decision", ["assessment_id"], unique=False)
    op.create_table(
        "decision_condition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("met_on", sa.Date(), nullable=True),
        sa.Column("met_by", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("met_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"]),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    for column in ("assessment_id", "decision_id"):
        op.create_index(op.f(f"ix_decision_condition_{column}"), "decision_condition", [column], unique=False)
    _append_only()


def _append_only() -> None:
    """A decision goes only where all of its system is deleted from the archive."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER decision_no_update BEFORE UPDATE ON decision BEGIN SELECT RAISE(ABORT, '{_REFUSE}'); END"
        )
        op.execute(
            f"CREATE TRIGGER decision_no_delete BEFORE DELETE ON decision WHEN ({_ARCHIVED}) IS NULL "
            f"BEGIN SELECT RAISE(ABORT, '{_REFUSE}'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION decision_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSE}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER decision_append_only BEFORE UPDATE OR TRUNCATE ON decision "
        "FOR EACH STATEMENT EXECUTE FUNCTION decision_is_append_only()"
    )
    op.execute(
        "CREATE FUNCTION decision_goes_with_its_system() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF ({_ARCHIVED}) IS NULL THEN RAISE EXCEPTION '{_REFUSE}'; END IF; RETURN OLD; END $$"
    )
    op.execute(
        "CREATE TRIGGER decision_no_delete BEFORE DELETE ON decision "
        "FOR EACH ROW EXECUTE FUNCTION decision_goes_with_its_system()"
    )
