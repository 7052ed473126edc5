"""who may use a messenger, by invitation; what the options of a quiz poll mean

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=True),
        sa.Column("person", sa.String(length=64), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("channel", "person", name=op.f("uq_invitation_channel")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_invitation_code"), "invitation", ["code"], unique=True)
    op.create_table(
        "poll",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("payloads", sa.JSON(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll")),
    )
    op.create_index(op.f("ix_poll_conversation"), "poll", ["conversation"])
    op.create_index("ix_poll_expires_at", "poll", ["expires_at"])


def downgrade() -> None:
    op.drop_index("ix_poll_expires_at", "poll")
    op.drop_index(op.f("ix_poll_conversation"), "poll")
    op.drop_table("poll")
    op.drop_index(op.f("ix_invitation_code"), "invitation")
    op.drop_table("invitation")
