"""What a row of cases.csv says of a complaint that was logged before Threadline."""

from dataclasses import replace
from datetime import date

from app.domain.ladder import Rung
from app.statistics.model import CaseFacts
from tests.exports.conftest import Audit
from tests.exports.test_export import read, take
from tests.store.told_rows import complaints, count

UNRECORDED = ("escalated_to", "reopened", "reprisal", "paused_hours")


def like(seed: int, **told: object) -> list[CaseFacts]:
    """Return complaints that are all alike, so that their rows are told in full."""
    alike = {
        "site": "900001",
        "country": "BD",
        "category": "WAGE",
        "severity": "S3",
        "route": "committee",
        "channel": "sms",
        "language": "bn",
        "filer": "worker",
        "is_info": False,
        "is_part": False,
    }
    return [
        replace(one, received_on=date(2025, 7, 1), **{**alike, **told})  # type: ignore[arg-type]
        for one in complaints(seed, 20, year=2024 - seed)
    ]


async def test_what_nobody_recorded_is_not_made_up(audit: Audit) -> None:
    paper = like(1, is_history=True, stages={})
    climbed = like(2, is_history=True, stages={}, rungs=frozenset({Rung.BRAND.value}))
    now = like(3, rungs=frozenset({Rung.COMMITTEE.value, Rung.FIRST_TIER.value}))
    quiet = like(4, reprisal="no", is_reopened=True, paused_hours=30)
    await count(audit.store, [*paper, *climbed, *now, *quiet])
    await take(audit, await audit.mandate())
    rows = read(audit, "cases.csv.age")
    old = [row for row in rows if row["logged_before"] == "yes"]
    assert len(old) == 40
    assert {row[name] for row in old for name in UNRECORDED[1:]} == {"not recorded"}
    assert sorted(row["escalated_to"] for row in old) == [
        *["brand"] * 20,
        *["not recorded"] * 20,
    ]
    new = [row for row in rows if row["logged_before"] == "no"]
    assert all("not recorded" not in row.values() for row in new)
    said = {tuple(row[name] for name in UNRECORDED) for row in new}
    assert {
        ("first_tier", "no", "not asked", "0"),
        ("nobody", "yes", "asked", "30"),
    } <= said
