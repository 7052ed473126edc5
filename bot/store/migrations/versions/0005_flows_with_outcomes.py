"""records of every guided conversation: which flow, its outcome, the legal term, whether it is a register entry

Revision ID: 0005
Revises: 0004
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ADDED: dict[str, tuple[sa.types.TypeEngine[Any], sa.ColumnElement[Any]]] = {
    "flow": (sa.String(length=40), sa.literal("record")),
    "outcome": (sa.String(length=120), sa.literal("")),
    "in_register": (sa.Boolean(), sa.false()),
}


def upgrade() -> None:
    with op.batch_alter_table("decision", schema=None) as batch_op:
        for name, (kind, default) in ADDED.items():
            batch_op.add_column(sa.Column(name, kind, nullable=False, server_default=default))
        batch_op.add_column(sa.Column("deadline", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("decision", schema=None) as batch_op:
        for name, (kind, _) in ADDED.items():
            batch_op.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)
        batch_op.create_index(batch_op.f("ix_decision_flow"), ["flow"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decision_flow"))
        for name in ("deadline", *reversed(ADDED)):
            batch_op.drop_column(name)
