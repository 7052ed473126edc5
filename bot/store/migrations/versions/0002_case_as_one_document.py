"""the case of a conversation as one document

A case lives half a day at most, so that what was kept of running cases may go.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("case", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.drop_column("case_number")
        batch_op.drop_column("act")
        batch_op.drop_column("case_facts")
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.alter_column("case", existing_type=sa.JSON(), existing_nullable=False, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("case_facts", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("act", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("case_number", sa.Integer(), nullable=False, server_default="0"))
        batch_op.drop_column("case")
