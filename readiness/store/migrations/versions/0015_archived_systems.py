"""A system may be put away, and is then on no list; its sign-offs go only where all of it is deleted from there."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_REFUSE = "sign-offs are append-only"
_ARCHIVED = (
    "SELECT system.archived_on FROM system JOIN assessment ON assessment.system_id = system.id "
    "WHERE assessment.id = OLD.assessment_id"
)


def upgrade() -> None:
    op.add_column("system", sa.Column("archived_on", sa.Date(), nullable=True))
    op.add_column("system", sa.Column("archived_by", sa.String(), nullable=True))
    op.add_column("system", sa.Column("archived_reason", sa.String(), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER sign_off_no_delete")
        op.execute(
            f"CREATE TRIGGER sign_off_no_delete BEFORE DELETE ON sign_off WHEN ({_ARCHIVED}) IS NULL "
            f"BEGIN SELECT RAISE(ABORT, '{_REFUSE}'); END"
        )
    else:
        op.execute("DROP TRIGGER sign_off_append_only ON sign_off")
        op.execute(
            "CREATE TRIGGER sign_off_append_only BEFORE UPDATE OR TRUNCATE ON sign_off "
            "FOR EACH STATEMENT EXECUTE FUNCTION sign_off_is_append_only()"
        )
        op.execute(
            "CREATE FUNCTION sign_off_goes_with_its_system() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN IF ({_ARCHIVED}) IS NULL THEN RAISE EXCEPTION '{_REFUSE}'; END IF; RETURN OLD; END $$"
        )
        op.execute(
            "CREATE TRIGGER sign_off_no_delete BEFORE DELETE ON sign_off "
            "FOR EACH ROW EXECUTE FUNCTION sign_off_goes_with_its_system()"
        )
