"""The supply chain as it was on a day: who bought, who leads, who lies between."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.domain import sourcing
from app.domain.directory import Sourcing
from tests.builders import DINDIGUL, GAZIPUR, SINCE, TIRUPPUR, opened, programme

DAY = date(2026, 9, 1)


def bought(
    brand: str,
    share: float | None = None,
    *,
    through: str = "",
    site: str = GAZIPUR,
    until: date | None = None,
) -> Sourcing:
    return Sourcing(brand, site, through, SINCE, until, share)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param(
            [bought("norda", 0.2), bought("kesto", 0.5)],
            ["kesto", "norda"],
            id="the-larger-share-leads",
        ),
        pytest.param(
            [bought("norda", 0.3), bought("kesto", 0.3)],
            ["kesto", "norda"],
            id="of-equals-the-first-by-name",
        ),
        pytest.param(
            [bought("kesto"), bought("norda", 0.01)],
            ["norda", "kesto"],
            id="a-share-not-known-comes-last",
        ),
        pytest.param(
            [bought("kesto", 0.9, through=TIRUPPUR), bought("norda")],
            ["norda", "kesto"],
            id="whoever-buys-directly-comes-first",
        ),
        pytest.param(
            [
                bought("kesto", 0.1, through=TIRUPPUR),
                bought("kesto", 0.6),
                bought("norda", 0.5),
            ],
            ["kesto", "norda"],
            id="one-that-buys-on-two-ways-is-there-once",
        ),
        pytest.param(
            [bought("kesto", 0.9, until=date(2026, 8, 31)), bought("norda", 0.1)],
            ["norda"],
            id="who-had-left-is-not-there",
        ),
        pytest.param([bought("nobody", 0.9)], [], id="a-brand-that-is-not-known"),
        pytest.param([], [], id="nobody-buys"),
    ],
)
def test_who_bought_the_lead_first(rows: list[Sourcing], expected: list[str]) -> None:
    directory = programme(sourcing=tuple(rows))
    assert [b.slug for b in sourcing.buyers(directory, GAZIPUR, DAY)] == expected
    lead = sourcing.lead_brand(directory, GAZIPUR, DAY)
    assert (lead.slug if lead else None) == (expected[0] if expected else None)


def test_the_first_tier_is_what_stands_between_a_mill_and_its_buyers() -> None:
    directory = programme()
    assert sourcing.first_tier(directory, DINDIGUL, DAY) == [TIRUPPUR]
    assert sourcing.first_tier(directory, TIRUPPUR, DAY) == []
    assert sourcing.first_tier(directory, None, DAY) == []


def test_a_garment_factory_has_no_first_tier_above_it_whatever_was_imported() -> None:
    directory = programme(sourcing=(bought("norda", through=TIRUPPUR),))
    assert sourcing.first_tier(directory, GAZIPUR, DAY) == []
    mill = replace(directory.sites[GAZIPUR], tier=2)
    directory = replace(directory, sites={**directory.sites, GAZIPUR: mill})
    assert sourcing.first_tier(directory, GAZIPUR, DAY) == [TIRUPPUR]


def test_the_day_of_the_complaint_is_the_sites_own() -> None:
    midnight = datetime(2026, 9, 1, tzinfo=ZoneInfo("Asia/Dhaka"))
    days = [
        sourcing.complaint_day(opened(at=midnight + timedelta(minutes=n)), programme())
        for n in (-1, 0)
    ]
    assert days == [date(2026, 8, 31), date(2026, 9, 1)]
