"""Make the tables of the web form: talks by pages, and what was sent along."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261201_the_pages"
down_revision = "20261124_the_clocks"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    # A phone that was only named: told that there is news, and nobody's own.
    op.add_column("cases", sa.Column("contact_tag", sa.LargeBinary(), nullable=True))
    # Which person wrote to the worker: she is told whether it was the committee.
    op.add_column("message", sa.Column("by", sa.Uuid(), nullable=True))
    op.create_table(
        "page",
        sa.Column("tag", sa.LargeBinary(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("session", JSONB(), nullable=False),
        sa.Column("pin_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("heard_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("tag"),
    )
    op.create_index("ix_page_case", "page", ["case_id"])
    op.create_index("ix_page_expires_at", "page", ["expires_at"])
    op.create_table(
        "attachment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("tag", sa.LargeBinary(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_id", "tag"),
    )
    # Sealed bytes do not compress; trying to only costs time.
    op.execute("ALTER TABLE attachment ALTER COLUMN content SET STORAGE EXTERNAL")


def downgrade() -> None:
    op.drop_table("attachment")
    op.drop_table("page")
    op.drop_column("cases", "contact_tag")
    op.drop_column("message", "by")
