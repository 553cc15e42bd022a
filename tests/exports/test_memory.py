"""Any number of rows passes through the same memory."""

import tracemalloc

from app.actions.export_cases import export
from app.store.engine import Store
from tests.exports.conftest import AT, KEY, Audit, cell, publish, unpublish

MIB = 1 << 20
ROWS = 60_000
_CASES = f"""
INSERT INTO stat_case
SELECT (lpad(to_hex(n), 8, '0') || '-0000-7000-8000-000000000000')::uuid, n,
  date '2025-01-01', '2025-Q1', '900001', 'BD', 'WAGE', 'S3', 'committee', 'sms', 'bn',
  'worker', 'confirmed', true, false, false, false, false, false, false,
  'in_time', 3, 2, 'late', 90, 30, 'running', NULL, NULL, false, false, false, false,
  false, false, false, NULL, false, '', 0, 1
FROM generate_series(1, {ROWS}) n
"""
_TOLD = """
INSERT INTO told_row
SELECT id, quarter, 0, 1, country, 'north', 'garment', '1', site, '2025-01', category,
  severity, route, channel, language, filer FROM stat_case
"""


async def test_an_export_holds_a_small_part_of_what_it_writes(
    audit: Audit, store: Store
) -> None:
    await store.pool.execute("DELETE FROM stat_case")
    await store.pool.execute(_CASES)
    await store.pool.execute(_TOLD)
    mandate = await audit.mandate()
    steps: list[tuple[str, int, int]] = []
    tracemalloc.start()
    try:
        made = await export(
            store,
            mandate.id,
            since=None,
            until=None,
            to=audit.folder / "out",
            key=KEY,
            by=None,
            through="cli:test",
            at=AT,
            on_progress=lambda *step: steps.append(step),
        )
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert made.rows == ROWS
    files = made.manifest["files"]
    plain = sum(files[name]["plain_bytes"] for name in ("cases.csv.age", "sla.csv.age"))
    assert plain > 19 * MIB
    assert peak < 8 * MIB
    assert steps[-1] == ("sla.csv.age", 3 * ROWS, 3 * ROWS)
    done = [done for name, done, _ in steps if name == "cases.csv.age"]
    assert done == sorted(done)
    assert len(done) > 20


async def test_a_release_of_one_untold_number_makes_a_whole_export(
    audit: Audit,
) -> None:
    await unpublish(audit.store)
    await publish(audit.store, [cell("2025-Q1", "", "", "complaints", None)])
    mandate = await audit.mandate()
    made = await export(
        audit.store,
        mandate.id,
        since=None,
        until=None,
        to=audit.folder / "out",
        key=KEY,
        by=None,
        through="cli:test",
        at=AT,
    )
    assert made.manifest["quarters"] == ["2025-Q1"]
    assert made.manifest["files"]["figures.csv"]["rows"] == 1
