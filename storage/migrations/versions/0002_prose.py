"""A reading remembers the print of its pages' prose"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reading", sa.Column("prose", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("reading") as batch_op:
        batch_op.drop_column("prose")
