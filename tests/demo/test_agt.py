"""The founding programme's public figures: loaded, and what they come to."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest

from app.actions.import_directory import import_directory
from app.actions.import_history import ImportedHistory
from app.actions.indicators import all_indicators
from app.demo.agt import entered, load
from app.demo.programme import files
from app.directory_files.kinds import Kind
from app.domain.errors import Refused
from app.domain.indicators import IndicatorKind
from app.store.engine import Store
from app.store.figures import reading
from app.store.ledger import verify
from app.store.programme import found

AT = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
TOLD = {
    IndicatorKind.WORKERS_REACHED: 12_000,
    IndicatorKind.SITES_AGE_VERIFICATION: 30,
    IndicatorKind.COMMITTEES_SET_UP: 13,
    IndicatorKind.ESI_REGISTRATIONS: 400,
    IndicatorKind.WORKERS_TRAINED: 3_500,
    IndicatorKind.CHILDREN_TRAINED: 2_000,
}


async def test_eighty_three_complaints_at_thirteen_factories_and_no_more(
    store: Store,
) -> None:
    done = await load(store, at=AT)
    assert done.history == ImportedHistory(added=83)
    async with store.transaction() as tx:
        sums = [each async for each in reading.sums(tx) if each.by == ""]
        hours = await reading.hours(tx)
    assert {each.quarter for each in sums} == {"2019"}
    assert len({each.site for each in sums}) == 13
    total: Counter[str] = Counter()
    for each in sums:
        for measure in ("complaints", "declared", "unrecorded", "history", "affected"):
            total[measure] += each[measure]
    assert total == dict.fromkeys(
        ("complaints", "declared", "unrecorded", "history", "affected"), 83
    )
    others = [m for m in reading.MEASURES if m not in total and m != "cases"]
    assert not any(each[measure] for each in sums for measure in others)
    assert hours == []


async def test_the_indicators_say_what_the_report_says_and_where(store: Store) -> None:
    await load(store, at=AT)
    found_ = await all_indicators(store)
    assert {each.entered.kind: each.entered.value for each in found_} == TOLD
    assert all(each.is_history for each in found_)
    assert {(each.entered.period_from, each.entered.period_to) for each in found_} == {
        (date(2017, 4, 1), date(2020, 3, 31))
    }
    (esi,) = [e for e in entered() if e.kind is IndicatorKind.ESI_REGISTRATIONS]
    assert esi.evidence == (
        "AGT, Remedies towards a better workplace (2017-2020), results: more than 400"
        " workers registered under the Employees' State Insurance Act"
    )


async def test_loaded_twice_it_is_there_once(store: Store) -> None:
    first = await load(store, at=AT)
    again = await load(store, at=AT)
    assert again.history == ImportedHistory(unchanged=83)
    assert again.indicators == first.indicators
    assert len(await all_indicators(store)) == len(TOLD)
    events = await store.pool.fetch("SELECT kind FROM ledger_event ORDER BY seq")
    assert Counter(row["kind"] for row in events) == {
        "history.imported": 1,
        "indicator.entered": len(TOLD),
    }
    assert (await verify(store)).problems == []


@pytest.mark.parametrize("as_demo", [False, True])
async def test_it_is_not_mixed_with_a_real_programme(
    store: Store, as_demo: bool
) -> None:
    await found(store, as_demo=as_demo, at=AT)
    sites = files()["sites"].encode()
    await import_directory(store, Kind.SITES, sites, at=AT)
    if as_demo:
        await load(store, at=AT)
        return
    with pytest.raises(Refused, match="add --yes"):
        await load(store, at=AT)
    assert await all_indicators(store) == ()
    await load(store, at=AT, may_mix=True)
