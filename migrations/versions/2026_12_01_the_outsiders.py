"""Give the service a role that cannot alter the ledger, and outsiders its heads."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

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
# What was published, imported and settled: the service adds, and takes nothing back.
KEPT = ("release", "published_cell", "release_file", "history_file", "told_row")
NOT_OURS = ("ledger_event", "ledger_head", "alembic_version")

# These keep each reader to her cases; the service reads and writes them all.
WALLED = (
    *("cases", "brand_case", "deadline", "ledger_event", "escalation", "remedy"),
    *("message", "recording", "attachment", "brand_word"),
)
DEFINERS = ("ledger_fold()", "told_row_freeze()")

# Each link is the next of its chain, and of an event that there is.
LINKS = """
BEGIN
  IF EXISTS (
    SELECT FROM (SELECT chain, min(n) AS first, max(n) AS last, count(*) AS many
      FROM added GROUP BY chain) a
    WHERE a.last - a.first + 1 <> a.many
    OR a.first <> 1 + coalesce((SELECT max(l.n) FROM ledger_link l
      WHERE l.chain = a.chain AND l.n < a.first), 0)
    OR EXISTS (SELECT FROM ledger_link l WHERE l.chain = a.chain AND l.n > a.last)
  ) OR EXISTS (
    SELECT FROM added a
    WHERE NOT EXISTS (SELECT FROM ledger_event e WHERE e.seq = a.seq)
  ) THEN
    RAISE EXCEPTION 'a link is the next one of its chain, of an event of the ledger'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
"""
# Where a chain ends is noted for the head that is being made, as long as it is.
TIPS = """
BEGIN
  IF NEW.head <> 1 + coalesce((SELECT max(number) FROM ledger_root), 0)
  OR NEW.n IS DISTINCT FROM (SELECT max(n) FROM ledger_link WHERE chain = NEW.chain)
  THEN
    RAISE EXCEPTION 'a tip is noted for the next head, of the whole chain'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
"""
ROOTS = """
DECLARE last record;
BEGIN
  SELECT number, hour INTO last FROM ledger_root ORDER BY number DESC LIMIT 1;
  IF NEW.number <> coalesce(last.number, 0) + 1
  OR NEW.hour <> coalesce(last.hour + interval '1 hour', NEW.hour) THEN
    RAISE EXCEPTION 'a head is the next one, of the next hour'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
"""
ENDING = """
BEGIN
  IF OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL
  OR to_jsonb(NEW) - 'ended_at' <> to_jsonb(OLD) - 'ended_at' THEN
    RAISE EXCEPTION 'a mandate is ended once, and never changed'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
"""
# What a row said last before its complaint became sensitive, it says for good.
FREEZING = """
BEGIN
  UPDATE told_row SET said = to_jsonb(OLD) || coalesce((
    SELECT jsonb_build_object(
      'kinds', string_agg(DISTINCT r.kind, ';' ORDER BY r.kind),
      'beneficiaries', sum(r.beneficiaries))
    FROM stat_remedy r WHERE r.case_id = OLD.id AND r.is_done
  ), '{}')
  WHERE id = OLD.id AND said IS NULL AND category IS DISTINCT FROM 'SENSITIVE';
  RETURN NULL;
END
"""
# Each rule: its table, when it is asked, and what it says.
RULES = {
    "ledger_link_goes_on": (
        "ledger_link",
        "AFTER INSERT ON ledger_link REFERENCING NEW TABLE AS added FOR EACH STATEMENT",
        LINKS,
    ),
    "ledger_tip_goes_on": (
        "ledger_tip",
        "BEFORE INSERT ON ledger_tip FOR EACH ROW",
        TIPS,
    ),
    "ledger_root_goes_on": (
        "ledger_root",
        "BEFORE INSERT ON ledger_root FOR EACH ROW",
        ROOTS,
    ),
    "mandate_ends_once": (
        "mandate",
        "BEFORE UPDATE ON mandate FOR EACH ROW",
        ENDING,
    ),
    "told_row_freeze": (
        "stat_case",
        "AFTER UPDATE ON stat_case FOR EACH ROW"
        " WHEN (NEW.is_sensitive AND NOT OLD.is_sensitive)",
        FREEZING,
    ),
}


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
        sa.Column("said", JSONB(), nullable=True),
    )
    op.create_index("ix_told_row_quarter", "told_row", ["quarter"])
    for table in GUARDED:
        op.execute(
            f"CREATE TRIGGER {table}_guard BEFORE UPDATE OR DELETE OR TRUNCATE"
            f" ON {table} FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only()"
        )
    for name, (_, when, rule) in RULES.items():
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql"
            f" SET search_path = pg_catalog, public, pg_temp AS $$ {rule} $$"
        )
        op.execute(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {name}()")


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
    for table in (*APPENDED, *KEPT, "mandate", "ledger_offer", "audit_event"):
        op.execute(f"REVOKE UPDATE, DELETE ON {table} FROM {APP}")
    op.execute(f"GRANT UPDATE (ended_at) ON mandate TO {APP}")
    # What the service offers, the database itself appends as it commits; and what
    # a row said, the database itself keeps.
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
    for name, (table, _, _) in RULES.items():
        op.execute(f"DROP TRIGGER {name} ON {table}")
        op.execute(f"DROP FUNCTION {name}()")
    op.execute(f"DROP OWNED BY {APP}")
    for table in (
        *("told_row", "export_made", "mandate", "ledger_witness"),
        *("ledger_stamp", "ledger_root"),
        *("ledger_tip", "ledger_link", "ledger_chain", "programme_key"),
    ):
        op.drop_table(table)
