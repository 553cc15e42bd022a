"""Give the service a role that cannot alter the ledger, and outsiders its heads."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "20261201_the_outsiders"
down_revision = "20261201_the_figures"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
TEXT, UUID, BYTES, BIG = sa.Text(), sa.Uuid(), sa.LargeBinary(), sa.BigInteger()

APP, ROOMS = "threadline_app", "threadline_rooms"

# What is written once. Of the chain itself even the appending is the database's.
APPENDED = (
    *("ledger_chain", "ledger_link", "ledger_tip", "ledger_root", "ledger_stamp"),
    *("ledger_witness", "programme_key", "export_made"),
)
GUARDED = APPENDED
NOT_OURS = ("ledger_event", "ledger_head", "alembic_version")

# These keep each reader to her cases; the service reads and writes them all.
WALLED = (
    *("cases", "brand_case", "deadline", "ledger_event", "escalation", "remedy"),
    *("message", "recording", "attachment", "brand_word"),
)
DEFINERS = ("ledger_fold()",)


def _tables() -> None:
    op.create_table(
        "programme_key",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("data_key", BYTES, nullable=False),
    )
    op.create_table(
        "ledger_chain",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("site", TEXT, nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.UniqueConstraint("position", name="uq_ledger_chain_position"),
    )
    op.create_index(
        "uq_ledger_chain_of",
        "ledger_chain",
        ["kind", sa.text("coalesce(site, '')")],
        unique=True,
    )
    op.create_table(
        "ledger_link",
        sa.Column("chain", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("n", BIG, primary_key=True, autoincrement=False),
        sa.Column("seq", BIG, nullable=False),
        sa.UniqueConstraint("seq", "chain", name="uq_ledger_link_seq"),
    )
    op.create_table(
        "ledger_tip",
        sa.Column("chain", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("head", BIG, primary_key=True, autoincrement=False),
        sa.Column("n", BIG, nullable=False),
        sa.Column("tip", BYTES, nullable=False),
    )
    op.create_table(
        "ledger_root",
        sa.Column("number", BIG, primary_key=True, autoincrement=False),
        sa.Column("hour", INSTANT, nullable=False),
        sa.Column("last_seq", BIG, nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("secret", BYTES, nullable=False),
        sa.Column("body", BYTES, nullable=False),
        sa.Column("signature", BYTES, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.UniqueConstraint("hour", name="uq_ledger_root_hour"),
    )
    op.create_table(
        "ledger_stamp",
        sa.Column("head", BIG, primary_key=True, autoincrement=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("token", BYTES, nullable=False),
    )
    op.create_table(
        "ledger_witness",
        sa.Column("head", BIG, primary_key=True, autoincrement=False),
        sa.Column("recipient_kind", TEXT, primary_key=True),
        sa.Column("recipient_key", TEXT, primary_key=True),
        sa.Column("owed_id", UUID, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
    )
    op.create_table(
        "mandate",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("auditor", TEXT, nullable=False),
        sa.Column("person_id", UUID, nullable=True),
        sa.Column("sites", ARRAY(TEXT), nullable=False),
        sa.Column("countries", ARRAY(TEXT), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("purpose", TEXT, nullable=False),
        sa.Column("recipient", TEXT, nullable=False),
        sa.Column("recorded_by", TEXT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
    )
    op.create_table(
        "export_made",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("mandate_id", UUID, nullable=True),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("rows", BIG, nullable=False),
        sa.Column("bytes", BIG, nullable=False),
        sa.Column("sha256", BYTES, nullable=False),
        sa.Column("by", TEXT, nullable=False),
    )
    op.create_index("ix_export_made_at", "export_made", ["at"])
    op.create_table(
        "told_row",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("quarter", TEXT, nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("release", sa.Integer(), nullable=False),
        *(
            sa.Column(name, TEXT, nullable=True)
            for name in (
                *("country", "region", "kind", "tier", "site", "period"),
                *("category", "severity", "route", "channel", "language", "filer"),
            )
        ),
    )
    op.create_index("ix_told_row_quarter", "told_row", ["quarter"])
    for table in GUARDED:
        op.execute(
            f"CREATE TRIGGER {table}_guard BEFORE UPDATE OR DELETE OR TRUNCATE"
            f" ON {table} FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only()"
        )


# Roles are the server's, not the database's: another database may have made it.
# NOINHERIT: what the rooms may see is added to nothing that the service may do.
MAKE_ROLE = f"""
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APP}') THEN
    CREATE ROLE {APP} NOLOGIN NOINHERIT;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$
"""
JOIN = """
DO $$ BEGIN
  IF NOT pg_has_role({of}, '{role}', 'MEMBER') THEN GRANT {role} TO {to}; END IF;
END $$
"""
TEMP = f"""
DO $$ BEGIN
  EXECUTE format('GRANT TEMP ON DATABASE %I TO {APP}', current_database());
END $$
"""


def _role() -> None:
    op.execute(MAKE_ROLE)
    op.execute(JOIN.format(of=f"'{APP}'", role=ROOMS, to=APP))
    op.execute(JOIN.format(of="current_user", role=APP, to="CURRENT_USER"))
    op.execute(TEMP)
    op.execute(f"GRANT USAGE ON SCHEMA public TO {APP}")
    kinds = (
        ("TABLES", "SELECT, INSERT, UPDATE, DELETE"),
        ("SEQUENCES", "USAGE, SELECT"),
    )
    for kind, rights in kinds:
        op.execute(f"GRANT {rights} ON ALL {kind} IN SCHEMA public TO {APP}")
        op.execute(
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public"
            f" GRANT {rights} ON {kind} TO {APP}"
        )
    for table in NOT_OURS:
        op.execute(f"REVOKE INSERT, UPDATE, DELETE ON {table} FROM {APP}")
    for table in (*APPENDED, "ledger_offer", "audit_event"):
        op.execute(f"REVOKE UPDATE, DELETE ON {table} FROM {APP}")
    # What the service offers, the database itself appends as it commits.
    for function in DEFINERS:
        op.execute(
            f"ALTER FUNCTION {function} SECURITY DEFINER"
            " SET search_path = pg_catalog, public, pg_temp"
        )
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
    for table in WALLED:
        op.execute(
            f"CREATE POLICY of_the_service ON {table} TO {APP}"
            " USING (true) WITH CHECK (true)"
        )


def upgrade() -> None:
    _tables()
    _role()


def downgrade() -> None:
    for table in WALLED:
        op.execute(f"DROP POLICY of_the_service ON {table}")
    for function in DEFINERS:
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO PUBLIC")
        op.execute(f"ALTER FUNCTION {function} SECURITY INVOKER RESET search_path")
    op.execute(f"DROP OWNED BY {APP}")
    for table in (
        *("told_row", "export_made", "mandate", "ledger_witness"),
        *("ledger_stamp", "ledger_root"),
        *("ledger_tip", "ledger_link", "ledger_chain", "programme_key"),
    ):
        op.drop_table(table)
