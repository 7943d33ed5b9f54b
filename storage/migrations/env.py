"""Alembic's entry; the connection comes from storage.database.migrate, or from the URL."""

from alembic import context
from sqlalchemy import Connection, create_engine
from sqlmodel import SQLModel

from storage import model  # noqa: F401  (fills the metadata)


def upgrade(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=True,
        compare_type=True,
        include_object=lambda _o, name, kind, _r, _c: not (kind == "table" and str(name).startswith("passage_search")),
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    upgrade(given)
else:
    url = context.config.get_main_option("sqlalchemy.url")
    with create_engine(str(url)).begin() as made:
        upgrade(made)
