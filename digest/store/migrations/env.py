"""Where Alembic starts: it works on the connection that `database.py` opened."""

from __future__ import annotations

from alembic import context

from digest.store.attention_schema import observations
from digest.store.backfills_schema import backfills
from digest.store.forecast_schema import forecasts
from digest.store.ledger_schema import inquiries
from digest.store.mail_schema import subscribers
from digest.store.people_schema import author_names

# Importing these modules completes the schema that all tables are in.
tables = (observations, author_names, forecasts, backfills, inquiries)
assert all(table.metadata is subscribers.metadata for table in tables)  # noqa: S101

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=subscribers.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
