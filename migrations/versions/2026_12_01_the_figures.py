"""Make the tables of the figures: what is counted, and what was published of it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261201_the_figures"
down_revision = "20261201_the_rooms"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
TEXT, UUID, BYTES = sa.Text(), sa.Uuid(), sa.LargeBinary()
WHOLE, LONG, YES_OR_NO = sa.Integer(), sa.BigInteger(), sa.Boolean()

STAGES = ("acknowledge", "first_action", "resolve")
RUNGS = ("committee", "partner", "head", "first_tier", "secretariat", "brand")

# What each case adds to the cells it is in; a later one comes by a migration.
MEASURES = (
    *("cases", "complaints", "info", "parts", "affected", "history", "unrecorded"),
    *("confirmed", "declared", "in_remediation", "referred", "withdrawn"),
    *("unfounded", "no_contact", "open"),
    *(f"{stage}_{kept}" for stage in STAGES for kept in ("in_time", "late", "running")),
    *(f"rung_{rung}" for rung in RUNGS),
    *("brand_asked", "brand_answered", "reopened"),
    *("reprisal_yes", "reprisal_no", "reprisal_unsaid", "reprisal_unanswered"),
    *("reprisal_asked", "paused", "bypassed"),
)

TABLES = (
    *("stat_case", "stat_cell", "stat_hours", "stat_remedy", "stat_cursor"),
    *("stat_difference", "stat_night", "release", "published_cell", "release_file"),
    *("indicator", "history_file"),
)


def _counted() -> None:
    op.create_table(
        "stat_case",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("seq", LONG, nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("quarter", TEXT, nullable=False),
        sa.Column("site", TEXT, nullable=True),
        *(
            sa.Column(name, TEXT, nullable=False)
            for name in (
                *("country", "category", "severity", "route", "channel"),
                *("language", "filer", "outcome"),
            )
        ),
        *(
            sa.Column(name, YES_OR_NO, nullable=False)
            for name in (
                *("is_factory", "is_sensitive", "is_info", "is_part"),
                *("is_history", "is_of_year", "is_unrecorded"),
            )
        ),
        *(
            column
            for stage in STAGES
            for column in (
                sa.Column(f"{stage}_kept", TEXT, nullable=True),
                sa.Column(f"{stage}_hours", WHOLE, nullable=True),
                sa.Column(f"{stage}_working", WHOLE, nullable=True),
            )
        ),
        *(sa.Column(f"rung_{rung}", YES_OR_NO, nullable=False) for rung in RUNGS),
        sa.Column("brand_asked", YES_OR_NO, nullable=False),
        sa.Column("brand_hours", WHOLE, nullable=True),
        sa.Column("is_reopened", YES_OR_NO, nullable=False),
        sa.Column("reprisal", TEXT, nullable=False),
        sa.Column("paused_hours", WHOLE, nullable=False),
        sa.Column("affected", WHOLE, nullable=False),
    )
    op.create_index("ix_stat_case_site", "stat_case", ["site", "received_on"])
    op.create_index("ix_stat_case_received", "stat_case", ["received_on", "id"])
    op.create_index("ix_stat_case_quarter", "stat_case", ["quarter"])
    op.create_table(
        "stat_cell",
        sa.Column("quarter", TEXT, primary_key=True),
        sa.Column("by", TEXT, primary_key=True),
        sa.Column("value", TEXT, primary_key=True),
        sa.Column("site", TEXT, primary_key=True),
        sa.Column("is_factory", YES_OR_NO, primary_key=True),
        *(sa.Column(measure, WHOLE, nullable=False) for measure in MEASURES),
    )
    op.create_index(
        "ix_stat_cell_empty",
        "stat_cell",
        ["quarter"],
        postgresql_where=sa.text("complaints = 0 AND info = 0"),
    )
    op.create_table(
        "stat_hours",
        sa.Column("quarter", TEXT, primary_key=True),
        sa.Column("by", TEXT, primary_key=True),
        sa.Column("value", TEXT, primary_key=True),
        sa.Column("stage", TEXT, primary_key=True),
        sa.Column("unit", TEXT, primary_key=True),
        sa.Column("hours", WHOLE, primary_key=True),
        sa.Column("n", WHOLE, nullable=False),
    )
    op.create_index(
        "ix_stat_hours_empty",
        "stat_hours",
        ["quarter"],
        postgresql_where=sa.text("n = 0"),
    )
    op.create_table(
        "stat_remedy",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("case_id", UUID, nullable=True),
        sa.Column("quarter", TEXT, nullable=False),
        sa.Column("site", TEXT, nullable=True),
        sa.Column("country", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("beneficiaries", WHOLE, nullable=True),
        sa.Column("amount", sa.Numeric(), nullable=True),
        sa.Column("currency", TEXT, nullable=True),
        sa.Column("is_done", YES_OR_NO, nullable=False),
        sa.Column("is_history", YES_OR_NO, nullable=False),
    )
    op.create_index("ix_stat_remedy_case", "stat_remedy", ["case_id"])


def _kept() -> None:
    op.create_table(
        "stat_cursor",
        sa.Column("id", WHOLE, primary_key=True, autoincrement=False),
        sa.Column("seq", LONG, nullable=False),
        sa.Column("at", INSTANT, nullable=True),
    )
    op.execute("INSERT INTO stat_cursor (id, seq) VALUES (1, 0)")
    op.create_table(
        "stat_night",
        sa.Column("night", sa.Date(), primary_key=True),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("lease_until", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.Column("after", UUID, nullable=True),
        sa.Column("cases", WHOLE, nullable=False),
        sa.Column("differences", WHOLE, nullable=False),
    )
    op.create_table(
        "stat_difference",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("what", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("held", TEXT, nullable=False),
        sa.Column("reckoned", TEXT, nullable=False),
    )
    op.create_index("ix_stat_difference_key", "stat_difference", ["what", "key"])
    op.create_index("ix_stat_difference_at", "stat_difference", ["at"])


def _published() -> None:
    op.create_table(
        "release",
        sa.Column("number", WHOLE, primary_key=True, autoincrement=False),
        sa.Column("audience", TEXT, primary_key=True),
        sa.Column("as_of", INSTANT, nullable=False),
        sa.Column("last_seq", LONG, nullable=False),
        sa.Column("definitions", TEXT, nullable=False),
        sa.Column("threshold", WHOLE, nullable=False),
        sa.Column("sha256", BYTES, nullable=False),
        sa.Column("detail", JSONB(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
    )
    op.create_table(
        "published_cell",
        sa.Column("audience", TEXT, primary_key=True),
        sa.Column("release", WHOLE, primary_key=True, autoincrement=False),
        sa.Column("period", TEXT, primary_key=True),
        sa.Column("by", TEXT, primary_key=True),
        sa.Column("value", TEXT, primary_key=True),
        sa.Column("figure", TEXT, primary_key=True),
        sa.Column("number", sa.Double(), nullable=True),
        sa.Column("told", TEXT, nullable=False),
        sa.Column("as_of", INSTANT, nullable=True),
        sa.Column("has_history", YES_OR_NO, nullable=False),
    )
    op.create_table(
        "release_file",
        sa.Column("release", WHOLE, primary_key=True, autoincrement=False),
        sa.Column("audience", TEXT, primary_key=True),
        sa.Column("name", TEXT, primary_key=True),
        sa.Column("language", TEXT, primary_key=True),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("content", BYTES, nullable=False),
    )


def _entered() -> None:
    op.create_table(
        "indicator",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("site", TEXT, nullable=True),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("value", LONG, nullable=False),
        sa.Column("unit", TEXT, nullable=False),
        sa.Column("topic", TEXT, nullable=False),
        sa.Column("evidence", TEXT, nullable=False),
        sa.Column("entered_by", UUID, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        sa.Column("is_history", YES_OR_NO, nullable=False),
    )
    op.create_index("ix_indicator_period", "indicator", ["period_to", "kind"])
    op.create_table(
        "history_file",
        sa.Column("sha256", BYTES, primary_key=True),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("rows", WHOLE, nullable=False),
        sa.Column("imported_at", INSTANT, nullable=False),
        sa.Column("imported_by", TEXT, nullable=False),
    )
    op.add_column(
        "remedy", sa.Column("kind", TEXT, nullable=False, server_default="other")
    )
    op.add_column("remedy", sa.Column("amount", sa.Numeric(), nullable=True))
    op.add_column("remedy", sa.Column("currency", TEXT, nullable=True))


def upgrade() -> None:
    _counted()
    _kept()
    _published()
    _entered()


def downgrade() -> None:
    for column in ("kind", "amount", "currency"):
        op.drop_column("remedy", column)
    for table in TABLES:
        op.drop_table(table)
