"""the inbox and outbox of the channels that send by themselves; longer addresses

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "inbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("event", sa.String(length=200), nullable=False),
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("channel", "event", name=op.f("uq_inbox_channel")),
    )
    op.create_index(op.f("ix_inbox_answered_at"), "inbox", ["answered_at"])
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=2000), nullable=False),
        sa.Column("unit", sa.JSON(), nullable=False),
        sa.Column("perhaps_sent", sa.Boolean(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index(op.f("ix_outbox_conversation"), "outbox", ["conversation"])
    op.create_index(op.f("ix_outbox_owner"), "outbox", ["owner"])
    with op.batch_alter_table("address", schema=None) as batch_op:
        batch_op.alter_column("address", existing_type=sa.String(length=200), type_=sa.String(length=2000))


def downgrade() -> None:
    with op.batch_alter_table("address", schema=None) as batch_op:
        batch_op.alter_column("address", existing_type=sa.String(length=2000), type_=sa.String(length=200))
    for name, table in (("ix_outbox_owner", "outbox"), ("ix_outbox_conversation", "outbox")):
        op.drop_index(op.f(name), table)
    op.drop_table("outbox")
    op.drop_index(op.f("ix_inbox_answered_at"), "inbox")
    op.drop_table("inbox")
