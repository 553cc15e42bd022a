"""Keep on what a due time rests, and every version of a calendar."""

import sqlalchemy as sa
from alembic import op

revision = "20261124_the_clocks"
down_revision = "20261124_the_telephone"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    blank = {"nullable": False, "server_default": ""}
    op.add_column("deadline", sa.Column("promise", sa.Text(), **blank))
    op.add_column("deadline", sa.Column("calendar", sa.Text(), **blank))
    op.add_column(
        "deadline",
        sa.Column("paused", sa.Integer(), nullable=False, server_default="0"),
    )
    op.create_table(
        "calendar_version",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site", "version"),
    )
    _the_safety_net()
    _the_digests()
    _the_ladders()


def _the_safety_net() -> None:
    op.create_table(
        "recheck",
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("lease_until", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.Column("after", sa.Uuid(), nullable=True),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("clocks", sa.Integer(), nullable=False),
        sa.Column("without_basis", sa.Integer(), nullable=False),
        sa.Column("unopened", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("night"),
    )
    op.create_table(
        "recheck_finding",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("clock", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("held", INSTANT, nullable=True),
        sa.Column("reckoned", INSTANT, nullable=True),
        sa.Column("found_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("case_id", "clock", "round", "fault"),
    )
    op.create_table(
        "lateness",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("longest", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("day", "most"),
    )


def _the_digests() -> None:
    op.add_column("outbox", sa.Column("digest", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_outbox_digest",
        "outbox",
        ["digest"],
        postgresql_where=sa.text("digest IS NOT NULL"),
    )
    op.create_index(
        "ix_outbox_person",
        "outbox",
        ["recipient_key"],
        postgresql_where=sa.text("next_at IS NOT NULL AND recipient_kind = 'person'"),
    )
    op.create_table(
        "digest_turn",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("free_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("person"),
    )


def _the_ladders() -> None:
    op.add_column(
        "escalation",
        sa.Column("step", sa.Integer(), nullable=False, server_default="0"),
    )
    op.add_column("escalation", sa.Column("answered_at", INSTANT, nullable=True))
    op.add_column("escalation", sa.Column("answered_by", sa.Text(), nullable=True))
    # The same people may be told on more than one rung of the same ladder.
    op.drop_constraint("escalation_pkey", "escalation")
    op.create_primary_key("escalation_pkey", "escalation", [*_RUNG, "step"])
    op.create_index("ix_cases_site", "cases", ["site", "category", "opened_at"])


_RUNG = ("case_id", "clock", "round", "rung", "reason")


def downgrade() -> None:
    op.drop_index("ix_cases_site", "cases")
    op.execute("DELETE FROM escalation WHERE step > 0")
    op.drop_constraint("escalation_pkey", "escalation")
    op.create_primary_key("escalation_pkey", "escalation", [*_RUNG])
    for column in ("answered_by", "answered_at", "step"):
        op.drop_column("escalation", column)
    op.drop_table("digest_turn")
    op.drop_index("ix_outbox_person", "outbox")
    op.drop_index("ix_outbox_digest", "outbox")
    op.drop_column("outbox", "digest")
    op.execute("UPDATE outbox SET state = 'dropped' WHERE state = 'skipped'")
    for table in ("lateness", "recheck_finding", "recheck"):
        op.drop_table(table)
    op.drop_table("calendar_version")
    op.execute("DELETE FROM deadline WHERE name LIKE 'law:%' OR name LIKE 'rung:%'")
    for column in ("paused", "calendar", "promise"):
        op.drop_column("deadline", column)
