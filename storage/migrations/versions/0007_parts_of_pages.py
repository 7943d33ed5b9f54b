"""The reports of a compilation are readings of their own, parts of the page's."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reading", sa.Column("part_of", sa.Integer(), nullable=True))
    op.add_column("reading", sa.Column("part", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("ix_reading_part_of", "reading", ["part_of"])


def downgrade() -> None:
    op.drop_index("ix_reading_part_of", "reading")
    with op.batch_alter_table("reading") as batch_op:
        batch_op.drop_column("part")
        batch_op.drop_column("part_of")
