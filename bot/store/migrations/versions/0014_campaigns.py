"""campaigns: which teams take which questions, what they knew in totals, and who took part (a mark only)

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaign",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("repeats", sa.Integer(), nullable=True),
        sa.Column("starts", sa.String(length=10), nullable=False),
        sa.Column("ends", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["repeats"], ["campaign.id"], name=op.f("fk_campaign_repeats_campaign"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
    )
    op.create_table(
        "campaign_team",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("finished", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_team_campaign_id_campaign"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_team")),
        sa.UniqueConstraint("code", name=op.f("uq_campaign_team_code")),
    )
    op.create_index(op.f("ix_campaign_team_campaign_id"), "campaign_team", ["campaign_id"])
    op.create_table(
        "campaign_total",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=80), nullable=False),
        sa.Column("right", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id"], ["campaign_team.id"], name=op.f("fk_campaign_total_team_id_campaign_team"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("team_id", "item", name=op.f("pk_campaign_total")),
    )
    op.create_table(
        "campaign_taker",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("round", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_taker_campaign_id_campaign"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("campaign_id", "mark", name=op.f("pk_campaign_taker")),
    )


def downgrade() -> None:
    op.drop_table("campaign_taker")
    op.drop_table("campaign_total")
    op.drop_index(op.f("ix_campaign_team_campaign_id"), "campaign_team")
    op.drop_table("campaign_team")
    op.drop_table("campaign")
