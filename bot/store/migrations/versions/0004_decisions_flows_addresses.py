"""decisions with their versions, flows of a conversation, delivery addresses

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("flows", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("owner", sa.String(length=64), nullable=False, server_default=""))
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.alter_column("flows", existing_type=sa.JSON(), existing_nullable=False, server_default=None)
        batch_op.alter_column("owner", existing_type=sa.String(64), existing_nullable=False, server_default=None)
        batch_op.create_index(batch_op.f("ix_conversation_owner"), ["owner"], unique=False)
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("municipality", sa.String(length=60), nullable=True),
        sa.Column("entries", sa.JSON(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("citations", sa.JSON(), nullable=False),
        sa.Column("knowledge_version", sa.String(length=20), nullable=False),
        sa.Column("law_on", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decision_owner"), ["owner"], unique=False)
        batch_op.create_index(batch_op.f("ix_decision_reference"), ["reference"], unique=True)
    op.create_table(
        "decision_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("entries", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["decision.id"],
            name=op.f("fk_decision_version_decision_id_decision"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_version")),
    )
    with op.batch_alter_table("decision_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decision_version_decision_id"), ["decision_id"], unique=False)
    op.create_table(
        "address",
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_address_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_address")),
    )


def downgrade() -> None:
    op.drop_table("address")
    op.drop_table("decision_version")
    op.drop_table("decision")
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_conversation_owner"))
        batch_op.drop_column("owner")
        batch_op.drop_column("flows")
