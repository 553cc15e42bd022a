"""Dated policies: added, replaced while unused, kept once a case relies on them."""

import pytest

from app.actions.import_policy import (
    ensure_default_policy,
    import_policy,
    shipped_policy,
)
from app.domain.errors import BadInput, Refused
from app.domain.taxonomy import Category, Route
from app.store.engine import Store
from tests.directory.files import AT

DECEMBER = """
version = "2026-12-01"
[[category]]
code = "WAGE"
severity = "S3"
route = "partner"
acknowledge = "1wd"
first_action = "2wd"
resolve = "9d"
"""


async def test_an_empty_database_is_given_the_shipped_policy_once(
    store: Store,
) -> None:
    before = await store.directory()
    assert before.policies == (shipped_policy(),)
    await ensure_default_policy(store, at=AT)
    assert (await store.directory()).version == before.version


async def test_what_a_file_leaves_out_is_as_shipped(store: Store) -> None:
    done = await import_policy(store, DECEMBER, at=AT)
    assert done.as_json() == {
        "added": 1,
        "changed": 0,
        "unchanged": 0,
        "rows": [{"row": 1, "key": "2026-12-01"}],
    }
    policy = (await store.directory()).policy("2026-12-01")
    assert policy.entry(Category.WAGE).route is Route.PARTNER
    assert policy.entry(Category.GBVH) == shipped_policy().entry(Category.GBVH)
    assert {entry.category for entry in policy.entries} == set(Category)


async def test_the_latest_version_not_after_a_day_is_in_force(store: Store) -> None:
    await import_policy(store, DECEMBER, at=AT)
    directory = await store.directory()
    assert directory.policy_on(AT.date()).version == "2026-12-01"
    assert directory.policy_on(AT.date().replace(month=11)) == shipped_policy()


async def test_other_comments_are_the_same_content(store: Store) -> None:
    await import_policy(store, DECEMBER, at=AT)
    version = (await store.directory()).version
    done = await import_policy(store, "# agreed in November\n" + DECEMBER, at=AT)
    assert done.unchanged == 1
    assert (await store.directory()).version == version


async def test_a_version_that_no_case_uses_may_be_corrected(store: Store) -> None:
    await import_policy(store, DECEMBER, at=AT)
    done = await import_policy(store, DECEMBER.replace("9d", "8d"), at=AT)
    assert done.changed == 1


async def test_a_version_that_a_case_uses_stays_as_it_is(store: Store) -> None:
    await import_policy(store, DECEMBER, at=AT)
    await _open_a_case_under(store, "2026-12-01")
    with pytest.raises(Refused, match="2026-12-01"):
        await import_policy(store, DECEMBER.replace("9d", "8d"), at=AT)
    assert (await import_policy(store, DECEMBER, at=AT)).unchanged == 1
    later = DECEMBER.replace("2026-12-01", "2026-12-02").replace("9d", "8d")
    assert (await import_policy(store, later, at=AT)).added == 1


async def _open_a_case_under(store: Store, version: str) -> None:
    async with store.transaction() as tx:
        await tx.connection.execute(
            """
            INSERT INTO cases (id, number, pin_hash, country, category, severity,
                state, route, language, channel, hotline, policy_version, opened_at,
                detail)
            VALUES (gen_random_uuid(), '10000001', '', 'IN', 'WAGE', 'S3', 'received',
                'partner', 'ta', 'sms', '', $1, $2, '{}')
            """,
            version,
            AT,
        )


async def test_a_policy_that_is_wrong_is_not_imported(store: Store) -> None:
    with pytest.raises(BadInput, match="route"):
        await import_policy(store, DECEMBER.replace("partner", "nobody"), at=AT)
    assert len((await store.directory()).policies) == 1


@pytest.mark.parametrize("is_marked", [True, False], ids=["by-itself", "by-the-caller"])
async def test_a_demo_policy_is_for_demo_databases_only(
    store: Store, is_marked: bool
) -> None:
    text = "demo = true\n" * is_marked + DECEMBER
    with pytest.raises(Refused, match="demo"):
        await import_policy(store, text, at=AT, is_demo=not is_marked)
    async with store.transaction() as tx:
        await tx.connection.execute(
            "INSERT INTO programme (id, is_demo, created_at, key_check)"
            " VALUES (1, true, $1, '')",
            AT,
        )
    done = await import_policy(store, text, at=AT, is_demo=not is_marked)
    assert done.added == 1
    assert (await store.directory()).policy("2026-12-01").is_demo
