"""whose rows an account may see, whose a campaign is, when old rows were erased; indexes for all of that

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


# By name: the columns of before and those of now.
INDEXES = {
    "ix_question_queue": (
        ["closed_at", "priority", "asked_at"],
        ["closed_at", "priority", "asked_at", "municipality"],
    ),
    "ix_question_figures": (
        ["asked_at", "municipality", "verdict", "act", "confidence"],
        ["asked_at", "municipality", "verdict", "act", "confidence", "id"],
    ),
}


def upgrade() -> None:
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("municipalities", sa.JSON(), nullable=False, server_default=sa.literal_column("'[]'"))
        )
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.alter_column("municipalities", existing_type=sa.JSON(), existing_nullable=False, server_default=None)
    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.add_column(sa.Column("municipality", sa.String(length=60), nullable=True))
    op.create_table(
        "cleaning",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cleaning")),
    )
    op.create_index("ix_cleaning_at", "cleaning", ["at"])
    for name, (_, now) in INDEXES.items():
        op.drop_index(name, "question")
        op.create_index(name, "question", now)
    op.create_index("ix_decision_running", "decision", ["in_register", "settled_at", "deadline"])


def downgrade() -> None:
    op.drop_index("ix_decision_running", "decision")
    for name, (before, _) in INDEXES.items():
        op.drop_index(name, "question")
        op.create_index(name, "question", before)
    op.drop_index("ix_cleaning_at", "cleaning")
    op.drop_table("cleaning")
    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.drop_column("municipality")
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_column("municipalities")
