"""Alembic's entry: runs inside the transaction that `schema` opened, so that a failed step leaves nothing behind."""

from alembic import context

from readiness.store.tables import StoreTable

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=StoreTable.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
