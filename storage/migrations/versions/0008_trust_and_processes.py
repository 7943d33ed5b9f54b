"""Readings that are held back until they are seen again; which process a run is."""

import sqlalchemy as sa
from alembic import op

import storage.model

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reading", sa.Column("held_at", storage.model.UtcDateTime(timezone=True), nullable=True))
    op.add_column("reading", sa.Column("released_at", storage.model.UtcDateTime(timezone=True), nullable=True))
    op.add_column("receipt", sa.Column("process", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    for table, column in (("receipt", "process"), ("reading", "released_at"), ("reading", "held_at")):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column(column)
