"""indexes for the figures and the registers of the FG; when an entry in a register is settled

Revision ID: 0013
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Begins with the moment, so the index on only that is not needed any more.
    op.drop_index("ix_question_asked_at", "question")
    op.create_index("ix_question_figures", "question", ["asked_at", "municipality", "verdict", "act", "confidence"])
    op.drop_index("ix_question_kind", "question")
    op.create_index("ix_question_kind", "question", ["act", "party", "municipality", "asked_at"])
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.add_column(sa.Column("settled_as", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("settled_by", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_decision_created_at", "decision", ["created_at"])
    op.create_index("ix_decision_register", "decision", ["in_register", "created_at"])


def downgrade() -> None:
    op.drop_index("ix_decision_register", "decision")
    op.drop_index("ix_decision_created_at", "decision")
    with op.batch_alter_table("decision", schema=None) as batch_op:
        for name in ("settled_at", "settled_by", "settled_as"):
            batch_op.drop_column(name)
    op.drop_index("ix_question_kind", "question")
    op.create_index("ix_question_kind", "question", ["act", "party"])
    op.drop_index("ix_question_figures", "question")
    op.create_index("ix_question_asked_at", "question", ["asked_at"])
