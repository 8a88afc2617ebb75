"""Alembic's way in: the migrations run in the transaction that syncserver.store.schema has begun."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
