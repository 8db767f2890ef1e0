"""Alembic's entry: runs the migrations on the connection that `database.migrate` hands over.

Never opens a database by itself and reads no ini file.
"""

from alembic import context

from voiceassist.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # a crash in the middle of a migration leaves the schema as it was
    render_as_batch=True,  # SQLite alters a table by copying it
)
with context.begin_transaction():
    context.run_migrations()
