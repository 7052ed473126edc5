"""what the FG did with a question: signals and priority, judgements, answers, wishes

Revision ID: 0010
Revises: 0009
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ON_QUESTION: dict[str, tuple[sa.types.TypeEngine[Any], sa.ColumnElement[Any]]] = {
    "act": (sa.String(length=40), sa.literal("")),
    "party": (sa.String(length=60), sa.literal("")),
    "verdict": (sa.String(length=40), sa.literal("")),
    "signals": (sa.JSON(), sa.literal_column("'[]'")),
    "priority": (sa.Integer(), sa.literal(0)),
}
INDEXES = {
    "ix_question_queue": ["closed_at", "priority", "asked_at"],
    "ix_question_asked_at": ["asked_at"],
    "ix_question_kind": ["act", "party"],
}


def upgrade() -> None:
    with op.batch_alter_table("question", schema=None) as batch_op:
        for name, (kind, default) in ON_QUESTION.items():
            batch_op.add_column(sa.Column(name, kind, nullable=False, server_default=default))
        batch_op.add_column(sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("question", schema=None) as batch_op:
        for name, (kind, _) in ON_QUESTION.items():
            batch_op.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)
        for name, columns in INDEXES.items():
            batch_op.create_index(name, columns)
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rating", sa.Integer(), nullable=True))
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reacts_to", sa.Integer(), nullable=True))
    op.create_table(
        "judgement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("intent", sa.String(length=40), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("rule", sa.String(length=120), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_judgement_question_id_question"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judgement")),
    )
    op.create_index(op.f("ix_judgement_question_id"), "judgement", ["question_id"])
    op.create_table(
        "dpo_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("municipality", sa.String(length=60), nullable=True),
        sa.Column("question_text", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("rules", sa.String(length=2000), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reaction", sa.String(), nullable=False),
        sa.Column("reacted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_dpo_answer_question_id_question"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dpo_answer")),
    )
    op.create_index(op.f("ix_dpo_answer_question_id"), "dpo_answer", ["question_id"])
    op.create_index(op.f("ix_dpo_answer_owner"), "dpo_answer", ["owner"])
    op.create_index("ix_dpo_answer_shared", "dpo_answer", ["shared", "municipality"])


def downgrade() -> None:
    op.drop_table("dpo_answer")
    op.drop_table("judgement")
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.drop_column("reacts_to")
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.drop_column("rating")
    with op.batch_alter_table("question", schema=None) as batch_op:
        for name in INDEXES:
            batch_op.drop_index(name)
        for name in ("closed_at", *reversed(ON_QUESTION)):
            batch_op.drop_column(name)
