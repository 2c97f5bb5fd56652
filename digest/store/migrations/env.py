"""Where Alembic starts: it works on the connection that `database.py` opened."""

from __future__ import annotations

from alembic import context

from digest.store.mail_schema import subscribers

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=subscribers.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
