"""Make the rooms' tables, and let Postgres itself keep each reader to her cases."""

import re

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "20261201_the_rooms"
down_revision = "20261201_the_pages"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
TEXT, UUID, BYTES = sa.Text(), sa.Uuid(), sa.LargeBinary()


# Who changed the programme is written once: nobody takes it back, not even we.
AUDIT_GUARD = """
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'the audit is append-only';
END $$
"""


def _accounts() -> None:
    op.create_table(
        "account",
        sa.Column("person_id", UUID, primary_key=True),
        sa.Column("password_hash", TEXT, nullable=True),
        sa.Column("password_at", INSTANT, nullable=True),
        sa.Column("totp_sealed", BYTES, nullable=True),
        sa.Column("totp_step", sa.BigInteger(), nullable=True),
        sa.Column("takes_codes", sa.Boolean(), nullable=False),
        sa.Column("pin_hash", BYTES, nullable=True),
        sa.Column("language", TEXT, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("tried_at", INSTANT, nullable=True),
        sa.Column("code_tries", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("coded_at", INSTANT, nullable=True),
        sa.Column("pin_tries", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("pin_tried_at", INSTANT, nullable=True),
        sa.Column("pin_wrong", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("pin_since", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
    )
    op.create_table(
        "invitation",
        sa.Column("tag", BYTES, primary_key=True),
        sa.Column("person_id", UUID, nullable=False),
        sa.Column("invited_by", UUID, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
    )
    op.create_table(
        "room_session",
        sa.Column("tag", BYTES, primary_key=True),
        sa.Column("id", UUID, nullable=False, unique=True),
        sa.Column("person_id", UUID, nullable=False),
        sa.Column("is_whole", sa.Boolean(), nullable=False),
        sa.Column("device", TEXT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("detail", JSONB(), nullable=False),
    )
    op.create_index("ix_room_session_person", "room_session", ["person_id"])
    op.create_table(
        "known_device",
        sa.Column("tag", BYTES, primary_key=True),
        sa.Column("person_id", UUID, primary_key=True),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("tried_at", INSTANT, nullable=True),
    )
    op.create_table(
        "sign_in",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("person_id", UUID, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("device", TEXT, nullable=False),
    )
    op.create_index("ix_sign_in_person", "sign_in", ["person_id", "at"])
    op.create_table(
        "one_time_code",
        sa.Column("person_id", UUID, primary_key=True),
        sa.Column("code_hash", BYTES, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
    )
    op.create_table(
        "api_token",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("tag", BYTES, nullable=False, unique=True),
        sa.Column("person_id", UUID, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("scopes", ARRAY(TEXT), nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
    )
    op.create_table(
        "api_act",
        sa.Column("token_id", UUID, primary_key=True),
        sa.Column("key", TEXT, primary_key=True),
        sa.Column("request", BYTES, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer", TEXT, nullable=True),
    )
    op.create_table(
        "preference",
        sa.Column("person_id", UUID, primary_key=True),
        sa.Column("daily_at", TEXT, nullable=True),
        sa.Column("quiet", TEXT, nullable=True),
        sa.Column("by_text", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "staff_list",
        sa.Column("person_id", UUID, primary_key=True),
        sa.Column("short", sa.Integer(), primary_key=True),
        sa.Column("case_id", UUID, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
    )
    op.create_table(
        "audit_event",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("person_id", UUID, nullable=True),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("through", TEXT, nullable=False),
        sa.Column("detail", JSONB(), nullable=False),
    )
    op.create_index("ix_audit_event_at", "audit_event", ["at"])
    op.execute(AUDIT_GUARD)
    op.execute(
        "CREATE TRIGGER audit_guard BEFORE UPDATE OR DELETE OR TRUNCATE"
        " ON audit_event FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()"
    )


def _brands() -> None:
    op.create_table(
        "brand_case",
        sa.Column("case_id", UUID, primary_key=True),
        sa.Column("brand", TEXT, primary_key=True),
        sa.Column("told_at", INSTANT, nullable=False),
        sa.Column("promised_at", INSTANT, nullable=True),
        sa.Column("promised_by", UUID, nullable=True),
        sa.Column("leads_since", INSTANT, nullable=True),
    )
    op.create_index("ix_brand_case_brand", "brand_case", ["brand", "told_at"])
    op.create_table(
        "brand_word",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("case_id", UUID, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("brand", TEXT, nullable=False),
        sa.Column("person_id", UUID, nullable=False),
        sa.Column("body", BYTES, nullable=False),
    )
    op.create_index("ix_brand_word_case", "brand_word", ["case_id", "at"])
    op.create_table(
        "remedy",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("case_id", UUID, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("by", UUID, nullable=False),
        sa.Column("root_cause", TEXT, nullable=False),
        sa.Column("owner", TEXT, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("beneficiaries", sa.Integer(), nullable=True),
        sa.Column("body", BYTES, nullable=False),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.Column("confirmed_at", INSTANT, nullable=True),
    )
    op.create_index("ix_remedy_case", "remedy", ["case_id", "at"])
    op.create_table(
        "hook_attempt",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("owed_id", UUID, nullable=False),
        sa.Column("brand", TEXT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("type", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=True),
    )
    op.create_index("ix_hook_attempt_brand", "hook_attempt", ["brand", "at"])


def _cases() -> None:
    op.add_column("cases", sa.Column("next_due_at", INSTANT, nullable=True))
    op.add_column("cases", sa.Column("joined_to", UUID, nullable=True))
    op.add_column("message", sa.Column("about", UUID, nullable=True))
    op.add_column(
        "outbox",
        sa.Column(
            "is_put_down", sa.Boolean(), nullable=False, server_default=sa.false()
        ),
    )
    op.add_column(
        "cases",
        sa.Column(
            "is_for_desk", sa.Boolean(), nullable=False, server_default=sa.false()
        ),
    )
    op.execute(
        """
        UPDATE cases SET is_for_desk = true WHERE closed_at IS NULL AND (
          route IN ('committee', 'internal_committee', 'safety_committee')
          OR (route = 'partner' AND state = 'received')
          OR EXISTS (SELECT FROM recording r WHERE r.case_id = cases.id
            AND r.prompt IS NULL AND r.state = 'kept' AND NOT EXISTS (
              SELECT FROM message m WHERE m.case_id = cases.id
              AND m.direction = 'transcript' AND m.at > r.at)))
        """
    )
    op.execute(
        """
        UPDATE cases SET next_due_at = (
          SELECT min(due_at) FROM (
            SELECT DISTINCT ON (name) due_at, met_at FROM deadline
            WHERE case_id = cases.id AND name IN
              ('acknowledge', 'first_action', 'resolve', 'plan', 'review')
            ORDER BY name, round DESC
          ) latest WHERE met_at IS NULL)
        WHERE closed_at IS NULL AND state <> 'resolved'
        """
    )
    op.create_index(
        "ix_cases_open_site",
        "cases",
        ["site", "next_due_at", "id"],
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_cases_open_due",
        "cases",
        ["next_due_at", "id"],
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_cases_closed",
        "cases",
        ["closed_at", "id"],
        postgresql_where=sa.text("closed_at IS NOT NULL"),
    )
    op.create_index(
        "ix_cases_desk",
        "cases",
        ["next_due_at", "id"],
        postgresql_where=sa.text("is_for_desk"),
    )
    op.create_index(
        "ix_cases_joined_to",
        "cases",
        ["joined_to"],
        postgresql_where=sa.text("joined_to IS NOT NULL"),
    )
    op.add_column(
        "person", sa.Column("sex", TEXT, nullable=False, server_default="")
    )
    for name in ("is_alternate", "is_external", "chairs"):
        op.add_column(
            "person",
            sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()),
        )
    op.add_column(
        "site", sa.Column("aliases", ARRAY(TEXT), nullable=False, server_default="{}")
    )
    op.create_table(
        "committee_rule",
        sa.Column("scope", TEXT, primary_key=True),
        sa.Column("body", TEXT, primary_key=True),
        sa.Column("fewest", sa.Integer(), nullable=True),
        sa.Column("fewest_workers", sa.Integer(), nullable=True),
        sa.Column("women_percent", sa.Integer(), nullable=True),
        sa.Column("quorum", sa.Integer(), nullable=True),
        sa.Column("parity", TEXT, nullable=False),
        sa.Column("source", TEXT, nullable=False),
    )


# What a brand may read is written by the rung that told it, and by nothing else.
_REACHES = """
INSERT INTO brand_case (case_id, brand, told_at)
SELECT e.case_id, told.brand, min(e.at) FROM ({source}) e
CROSS JOIN LATERAL jsonb_to_recordset(e.recipients) AS r(kind text, key text)
JOIN LATERAL (
  SELECT r.key AS brand WHERE r.kind IN ('brand', 'brand_webhook')
  UNION ALL
  SELECT unnest(p.org) FROM person p
  WHERE r.kind = 'person' AND p.id::text = r.key AND p.role = 'brand'
) told ON true
GROUP BY e.case_id, told.brand
ON CONFLICT DO NOTHING
"""

_SERVES = (
    "(p.since IS NULL OR p.since <= room_day())"
    " AND (p.until IS NULL OR p.until >= room_day())"
)

# Each asks what the setting of this very transaction says; blank is nobody.
FUNCTIONS = (
    """
    CREATE FUNCTION room_person() RETURNS uuid STABLE LANGUAGE sql
    SET search_path = pg_catalog, public, pg_temp AS
    $$ SELECT nullif(current_setting('app.person', true), '')::uuid $$
    """,
    """
    CREATE FUNCTION room_day() RETURNS date STABLE LANGUAGE sql
    SET search_path = pg_catalog, public, pg_temp AS
    $$ SELECT nullif(current_setting('app.day', true), '')::date $$
    """,
    f"""
    CREATE FUNCTION room_role() RETURNS text STABLE LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT p.role FROM person p WHERE p.id = room_person() AND {_SERVES} $$
    """,
    f"""
    CREATE FUNCTION room_org() RETURNS text[] STABLE LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT p.org FROM person p WHERE p.id = room_person() AND {_SERVES} $$
    """,
    """
    CREATE FUNCTION room_is_alternate() RETURNS boolean STABLE LANGUAGE sql
    SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(bool_or(p.is_alternate), false) FROM person p
    WHERE p.id = room_person() $$
    """,
    f"""
    CREATE FUNCTION room_scopes(one uuid) RETURNS text[] STABLE LANGUAGE sql
    SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(array_agg(DISTINCT s), '{{}}') FROM person p
    CROSS JOIN LATERAL unnest(
      CASE WHEN cardinality(p.org) = 0 THEN ARRAY[''] ELSE p.org END) s
    WHERE p.role = 'partner' AND (one IS NULL OR p.id = one) AND {_SERVES} $$
    """,
    """
    CREATE FUNCTION room_partner_sites() RETURNS text[] STABLE LANGUAGE sql
    SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH has AS MATERIALIZED (
      SELECT room_scopes(NULL) AS everybody, room_scopes(room_person()) AS mine)
    SELECT coalesce(array_agg(s.code), '{}') FROM site s, has WHERE
      CASE
        WHEN s.code = ANY (has.everybody) THEN s.code
        WHEN s.region <> '' AND s.region = ANY (has.everybody) THEN s.region
        WHEN s.country = ANY (has.everybody) THEN s.country
        ELSE ''
      END = ANY (has.mine) $$
    """,
    """
    CREATE FUNCTION room_shares_case(one uuid) RETURNS boolean STABLE LANGUAGE sql
    SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM brand_case b WHERE b.case_id = one
      AND b.brand = ANY (room_org())) $$
    """,
    """
    CREATE FUNCTION room_was_told(one uuid) RETURNS boolean STABLE LANGUAGE sql
    SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM escalation e WHERE e.case_id = one
      AND e.recipients @> jsonb_build_array(jsonb_build_object(
        'kind', 'person', 'key', room_person()::text))) $$
    """,
    """
    CREATE FUNCTION room_missed(one uuid) RETURNS boolean STABLE LANGUAGE sql
    SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM deadline d WHERE d.case_id = one
      AND d.missed_at IS NOT NULL AND d.name NOT LIKE '%:%') $$
    """,
    # Where a partner serves, recused from one case or not.
    """
    CREATE FUNCTION room_served_sites() RETURNS text[] STABLE LANGUAGE sql
    SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH has AS MATERIALIZED (SELECT room_scopes(NULL) AS everybody)
    SELECT coalesce(array_agg(s.code), '{}') FROM site s, has
    WHERE ARRAY[s.code, nullif(s.region, ''), s.country, ''] && has.everybody $$
    """,
    # Whether no partner is left to read a case's words before a committee does:
    # all of its own are recused, or none serves any more and one did (`once`).
    f"""
    CREATE FUNCTION room_lacks_reader(one text, kept jsonb, once boolean)
    RETURNS boolean STABLE LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
    WITH has AS MATERIALIZED (SELECT room_scopes(NULL) AS everybody),
    place AS (SELECT CASE
      WHEN s.code = ANY (has.everybody) THEN s.code
      WHEN s.region <> '' AND s.region = ANY (has.everybody) THEN s.region
      WHEN s.country = ANY (has.everybody) THEN s.country
      ELSE '' END AS scope FROM site s, has WHERE s.code = one)
    SELECT coalesce(bool_and(coalesce(kept ? p.id::text, false)), once)
    FROM person p, place WHERE p.role = 'partner' AND {_SERVES}
    AND (place.scope = ANY (p.org)
      OR place.scope = '' AND cardinality(p.org) = 0) $$
    """,
    # Whether this reader may know of the case that another one is a part of.
    """
    CREATE FUNCTION room_main_is_open(one uuid) RETURNS boolean STABLE LANGUAGE sql
    SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM cases m WHERE m.id = one
      AND NOT coalesce(m.detail->'excluded' ? room_person()::text, false)
      AND (room_role() NOT IN
          ('committee', 'internal_committee', 'safety_committee')
        OR (m.route = room_role() AND m.site = ANY (room_org())
          AND (NOT room_is_alternate()
            OR coalesce(m.detail->'drawn' ? room_person()::text, false))))) $$
    """,
)

_NOT_RECUSED = "NOT coalesce(detail->'excluded' ? (SELECT room_person()::text), false)"
_ON_COMMITTEE = "route IN ('committee', 'internal_committee', 'safety_committee')"

# Whose cases: one sentence a role; any of them lets the row be seen.
POLICIES = {
    "committee": f"""
        (SELECT room_role()) IN
          ('committee', 'internal_committee', 'safety_committee')
        AND route = (SELECT room_role()) AND site = ANY ((SELECT room_org())::text[])
        AND {_NOT_RECUSED}
        AND (NOT (SELECT room_is_alternate())
          OR coalesce(detail->'drawn' ? (SELECT room_person()::text), false))
        """,
    "partner": f"""
        (SELECT room_role()) = 'partner' AND {_NOT_RECUSED} AND (
          site = ANY ((SELECT room_partner_sites())::text[])
          OR (site IS NULL AND CASE
            WHEN country = ANY ((SELECT room_scopes(NULL))::text[]) THEN country
            ELSE '' END = ANY ((SELECT room_scopes((SELECT room_person())))::text[])))
        """,
    "secretariat": f"""
        (SELECT room_role()) = 'admin' AND {_NOT_RECUSED} AND (
          route = 'secretariat'
          OR detail->'alerted' ?| ARRAY['@climbed', '@secretariat', '@silent']
          OR (route = 'partner' AND (
            coalesce((detail->>'not_solved')::int, 0) > 0
            OR room_missed(id)))
          OR ({_ON_COMMITTEE}
            AND (detail ? 'excluded'
              OR NOT site = ANY ((SELECT room_served_sites())::text[]))
            AND room_lacks_reader(site, detail->'excluded',
              coalesce((detail->>'reads_first')::boolean, false))))
        """,
    "factory_head": f"""
        (SELECT room_role()) = 'factory_head' AND {_ON_COMMITTEE} AND {_NOT_RECUSED}
        AND site = ANY ((SELECT room_org())::text[])
        AND room_was_told(id)
        """,
    "brand": f"""
        (SELECT room_role()) = 'brand' AND room_shares_case(id) AND {_NOT_RECUSED}
        """,
}

# Of a case that may be seen: by everybody, or by these roles alone.
_BODIES = "('committee', 'internal_committee', 'safety_committee', 'partner', 'admin')"
BESIDE = {
    "deadline": "true",
    "ledger_event": "true",
    "escalation": "true",
    "remedy": "true",
    "message": f"(SELECT room_role()) IN {_BODIES}",
    "recording": "(SELECT room_role()) = 'partner'",
    "attachment": "(SELECT room_role()) = 'partner'",
    "brand_word": "(SELECT room_role()) IN ('brand', 'partner', 'admin')",
}

# Neither phone nor PIN, whichever way a query is bent.
SEEN_OF_A_CASE = (
    *("id", "number", "data_key", "site", "country", "category", "severity"),
    *("state", "route", "language", "channel", "hotline", "policy_version"),
    *("opened_at", "closed_at", "detail", "next_due_at", "joined_to"),
    "is_for_desk",
)
SEEN_OF_A_RECORDING = ("id", "case_id", "prompt", "at", "seconds", "audio", "state")

ROLE = "threadline_rooms"
_MADE = re.compile(r"CREATE FUNCTION (\w+\([^)]*\))")
TEMP = """
DO $$ BEGIN
  EXECUTE format('{verb} TEMP ON DATABASE %I {to} PUBLIC', current_database());
END $$
"""


def _walls() -> None:
    op.execute(
        f"""
        DO $$ BEGIN CREATE ROLE {ROLE} NOLOGIN;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$
        """
    )
    op.execute(
        f"""
        DO $$ BEGIN
          IF NOT pg_has_role(current_user, '{ROLE}', 'MEMBER') THEN
            GRANT {ROLE} TO CURRENT_USER;
          END IF;
        END $$
        """
    )
    for function in FUNCTIONS:
        op.execute(function)
        made = _MADE.search(function)
        assert made is not None
        op.execute(f"REVOKE EXECUTE ON FUNCTION {made[1]} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {made[1]} TO {ROLE}")
    # Of nothing that a reader makes may a query of ours take the name for a table.
    op.execute(TEMP.format(verb="REVOKE", to="FROM"))
    op.execute(f"GRANT USAGE ON SCHEMA public TO {ROLE}")
    op.execute(f"GRANT SELECT ({', '.join(SEEN_OF_A_CASE)}) ON cases TO {ROLE}")
    op.execute(f"GRANT SELECT ({', '.join(SEEN_OF_A_RECORDING)}) ON recording TO {ROLE}")
    op.execute("ALTER TABLE cases ENABLE ROW LEVEL SECURITY")
    for name, seen in POLICIES.items():
        op.execute(
            f"CREATE POLICY {name}_sees ON cases FOR SELECT TO {ROLE}"
            # What was forgotten has lost who was recused from it: it is nobody's.
            " USING (data_key IS NOT NULL"
            f" AND (joined_to IS NULL OR room_main_is_open(joined_to)) AND {seen})"
        )
    for table, who in BESIDE.items():
        if table != "recording":
            op.execute(f"GRANT SELECT ON {table} TO {ROLE}")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY of_a_case ON {table} FOR SELECT TO {ROLE} USING ({who}"
            f" AND EXISTS (SELECT FROM cases c WHERE c.id = {table}.case_id))"
        )
    # A brand sees the other brands of its case: they answer as one.
    op.execute(f"GRANT SELECT ON brand_case TO {ROLE}")
    op.execute("ALTER TABLE brand_case ENABLE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY of_a_brand ON brand_case FOR SELECT TO {ROLE} USING ("
        "(SELECT room_role()) IN ('brand', 'partner', 'admin')"
        " AND EXISTS (SELECT FROM cases c WHERE c.id = brand_case.case_id))"
    )


def upgrade() -> None:
    _accounts()
    _brands()
    _cases()
    op.execute(_REACHES.format(source="SELECT * FROM escalation"))
    op.execute(
        "CREATE FUNCTION tell_brand_room() RETURNS trigger LANGUAGE plpgsql"
        " SET search_path = pg_catalog, public, pg_temp AS $$"
        f" BEGIN {_REACHES.format(source='SELECT NEW.*')}; RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER tell_brand_room AFTER INSERT ON escalation"
        " FOR EACH ROW EXECUTE FUNCTION tell_brand_room()"
    )
    _walls()


def downgrade() -> None:
    for table in ("cases", "brand_case", *BESIDE):
        names = (
            [f"{name}_sees" for name in POLICIES]
            if table == "cases"
            else ["of_a_brand" if table == "brand_case" else "of_a_case"]
        )
        for name in names:
            op.execute(f"DROP POLICY {name} ON {table}")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    op.execute(f"DROP OWNED BY {ROLE}")
    op.execute(TEMP.format(verb="GRANT", to="TO"))
    op.execute("DROP TRIGGER tell_brand_room ON escalation")
    for function in (
        *("tell_brand_room()", "room_missed(uuid)", "room_was_told(uuid)"),
        *("room_lacks_reader(text, jsonb, boolean)", "room_served_sites()"),
        "room_main_is_open(uuid)",
        *("room_shares_case(uuid)", "room_partner_sites()"),
        *("room_scopes(uuid)", "room_is_alternate()", "room_org()", "room_role()"),
        *("room_day()", "room_person()"),
    ):
        op.execute(f"DROP FUNCTION {function}")
    for index in (
        *("ix_cases_open_site", "ix_cases_open_due", "ix_cases_closed"),
        *("ix_cases_desk", "ix_cases_joined_to"),
    ):
        op.drop_index(index, "cases")
    op.drop_column("cases", "next_due_at")
    op.drop_column("cases", "joined_to")
    op.drop_column("message", "about")
    op.drop_column("outbox", "is_put_down")
    op.drop_column("cases", "is_for_desk")
    for name in ("sex", "is_alternate", "is_external", "chairs"):
        op.drop_column("person", name)
    op.drop_column("site", "aliases")
    for table in (
        *("committee_rule", "hook_attempt", "remedy", "brand_word", "brand_case"),
        *("audit_event", "staff_list", "preference", "api_token", "one_time_code"),
        "api_act",
        *("known_device", "sign_in", "room_session", "invitation", "account"),
    ):
        op.drop_table(table)
    op.execute("DROP FUNCTION audit_is_append_only()")
