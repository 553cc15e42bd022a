"""Say through whom a text went, claim texts that have no id, keep registered texts."""

import sqlalchemy as sa
from alembic import op

revision = "20261201_the_carriers"
down_revision = "20261201_the_outsiders"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
TEXT, UUID, BYTES, WHOLE = sa.Text(), sa.Uuid(), sa.LargeBinary(), sa.Integer()


def upgrade() -> None:
    op.add_column("outbox", sa.Column("carrier", TEXT, nullable=True))
    op.add_column("outbox", sa.Column("first_try", WHOLE, nullable=True))
    # Until now there was one carrier: what is unfinished may be there.
    op.execute(
        "UPDATE outbox SET carrier = 'twilio' WHERE next_at IS NOT NULL"
        " AND state = 'unknown'"
    )
    op.execute(
        "UPDATE outbox SET carrier = 'twilio', state = 'unknown',"
        " sent_at = lease_until - interval '60 seconds'"
        " WHERE next_at IS NOT NULL AND state = 'owed' AND lease_until IS NOT NULL"
    )
    op.create_index(
        "ix_outbox_reply_expires_at",
        "outbox",
        ["expires_at"],
        postgresql_where=sa.text("recipient_kind = 'reply' AND params <> '{}'"),
    )
    op.create_index(
        "ix_outbox_reply",
        "outbox",
        ["recipient_key"],
        postgresql_where=sa.text("next_at IS NOT NULL AND recipient_kind = 'reply'"),
    )
    op.create_table(
        "text_claim",
        sa.Column("tag", TEXT, primary_key=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("n", WHOLE, nullable=False),
        sa.Column("answered_at", INSTANT, nullable=True),
    )
    op.create_index("ix_text_claim_at", "text_claim", ["at"])
    op.create_table(
        "carrier_text",
        sa.Column("carrier", TEXT, primary_key=True),
        sa.Column("text_id", TEXT, primary_key=True),
        sa.Column("template_id", TEXT, nullable=False),
        sa.Column("imported_at", INSTANT, nullable=False),
    )
    op.create_table(
        "medium",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("case_id", UUID, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("url_sealed", BYTES, nullable=True),
        sa.Column("media_type", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("next_at", INSTANT, nullable=True),
        sa.Column("lease_until", INSTANT, nullable=True),
        sa.Column("attempt", WHOLE, nullable=False),
        sa.Column("last_error", TEXT, nullable=True),
    )
    op.create_index("ix_medium_case", "medium", ["case_id"])
    op.create_index(
        "ix_medium_next_at",
        "medium",
        ["next_at"],
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )


def downgrade() -> None:
    for table in ("medium", "carrier_text", "text_claim"):
        op.drop_table(table)
    op.drop_index("ix_outbox_reply", "outbox")
    op.drop_index("ix_outbox_reply_expires_at", "outbox")
    op.drop_column("outbox", "first_try")
    op.drop_column("outbox", "carrier")
