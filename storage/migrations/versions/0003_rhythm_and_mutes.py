"""Alerts that wait for a digest; what is muted."""

import sqlalchemy as sa
from alembic import op

import storage.model

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("alert", schema=None) as batch_op:
        batch_op.add_column(sa.Column("arranged_at", storage.model.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("held", sa.String(), nullable=False, server_default=""))
        batch_op.create_index(batch_op.f("ix_alert_arranged_at"), ["arranged_at"], unique=False)
    op.create_table(
        "mute",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("until", storage.model.UtcDateTime(timezone=True), nullable=True),
        sa.Column("made_at", storage.model.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("subject", "state"),
    )


def downgrade() -> None:
    op.drop_table("mute")
    with op.batch_alter_table("alert", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_alert_arranged_at"))
        batch_op.drop_column("held")
        batch_op.drop_column("arranged_at")
