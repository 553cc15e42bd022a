"""Make the tables of the telephone: calls, recordings, prompts, ring-backs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261124_the_telephone"
down_revision = "20261124_the_spine"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "call",
        sa.Column("tag", sa.LargeBinary(), nullable=False),
        sa.Column("phone_tag", sa.LargeBinary(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("dialled", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("owed_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("session", JSONB(), nullable=False),
        sa.Column("pin_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("heard_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("tag"),
    )
    op.create_index("ix_call_phone_tag", "call", ["phone_tag", "heard_at"])
    op.create_index("ix_call_expires_at", "call", ["expires_at"])
    op.create_table(
        "recording",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tag", sa.LargeBinary(), nullable=False),
        sa.Column("call_tag", sa.LargeBinary(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("prompt", sa.Text(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("sid_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("audio", sa.LargeBinary(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("next_at", INSTANT, nullable=True),
        sa.Column("lease_until", INSTANT, nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("kept_at", INSTANT, nullable=True),
        sa.Column("deleted_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("tag"),
    )
    op.create_index("ix_recording_case", "recording", ["case_id"])
    op.create_index("ix_recording_call", "recording", ["call_tag"])
    op.create_index(
        "ix_recording_next_at",
        "recording",
        ["next_at"],
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    # Sealed audio does not compress; trying to only costs time.
    op.execute("ALTER TABLE recording ALTER COLUMN audio SET STORAGE EXTERNAL")
    op.create_table(
        "ring_back",
        sa.Column("phone_tag", sa.LargeBinary(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("hotline", sa.Text(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("owed_id", sa.Uuid(), nullable=False),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("phone_tag"),
    )
    op.create_table(
        "prompt",
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("audio", sa.LargeBinary(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("voice", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("language", "id"),
        sa.UniqueConstraint("hash"),
    )
    op.create_table(
        "studio",
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("voice", sa.Text(), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("code_hash"),
    )
    op.add_column("callback", sa.Column("part", sa.Text(), nullable=True))
    # Two workers of one phone may each wish to be called about a case of their own.
    op.add_column(
        "callback",
        sa.Column(
            "id", sa.Uuid(), nullable=False, server_default=sa.text("gen_random_uuid()")
        ),
    )
    op.execute("ALTER TABLE callback DROP CONSTRAINT callback_pkey")
    op.execute("ALTER TABLE callback ADD PRIMARY KEY (id)")
    op.execute("ALTER TABLE callback ALTER COLUMN id DROP DEFAULT")
    op.execute(
        "ALTER TABLE callback ADD CONSTRAINT uq_callback_phone_case"
        " UNIQUE NULLS NOT DISTINCT (phone_tag, case_id)"
    )
    op.add_column("pin_try", sa.Column("phone_tag", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("pin_try", "phone_tag")
    op.execute("ALTER TABLE callback DROP CONSTRAINT uq_callback_phone_case")
    op.execute(
        "DELETE FROM callback a USING callback b"
        " WHERE a.phone_tag = b.phone_tag AND a.asked_at < b.asked_at"
    )
    op.execute("ALTER TABLE callback DROP CONSTRAINT callback_pkey")
    op.drop_column("callback", "id")
    op.execute("ALTER TABLE callback ADD PRIMARY KEY (phone_tag)")
    op.drop_column("callback", "part")
    for table in ("studio", "prompt", "ring_back", "recording", "call"):
        op.drop_table(table)
