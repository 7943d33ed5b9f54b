"""How sure the encoding of a reading is; those made before this was kept say that it is certain."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reading", sa.Column("confidence", sa.Float(), nullable=False, server_default="1"))


def downgrade() -> None:
    with op.batch_alter_table("reading") as table:
        table.drop_column("confidence")
