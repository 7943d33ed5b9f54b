"""A person's word against the program's."""

import sqlalchemy as sa
from alembic import op

import storage.model

revision = "0005"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "ruling",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("parted_id", sa.Integer(), nullable=True),
        sa.Column("named", sa.String(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", storage.model.UtcDateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", storage.model.UtcDateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"]),
        sa.ForeignKeyConstraint(["parted_id"], ["report.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_ruling_report_id", "ruling", ["report_id"])
    op.create_index("ix_ruling_parted_id", "ruling", ["parted_id"])
    op.create_table(
        "ruledaddress",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("ruling_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("reading_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["ruling_id"], ["ruling.id"]),
        sa.ForeignKeyConstraint(["reading_id"], ["reading.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_ruledaddress_ruling_id", "ruledaddress", ["ruling_id"])
    op.create_index("ix_ruledaddress_url", "ruledaddress", ["url"])


def downgrade() -> None:
    op.drop_table("ruledaddress")
    op.drop_table("ruling")
