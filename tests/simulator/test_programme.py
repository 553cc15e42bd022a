"""The demo programme holds together, whatever the seed."""

import csv
import io
from collections import Counter

import pytest

from app.demo.programme import SEED, codes, files
from app.domain.reference import is_issuable_code

HEADERS = {
    "sites": "code,name,local_name,country,region,kind,tier,os_id,timezone,"
    "languages,workers,weekly_rest,hours,hotline",
    "brands": "slug,name,email,webhook_url,webhook_secret,language",
    "sourcing": "brand,site,through,from,to,share",
    "people": "email,name,role,org,side,phone,languages,from,to",
    "helplines": "country,kind,number,name,language,source",
    "numbers": "number,country,provider,languages,sms,voice,allowed_hours,sites",
}


def rows(kind: str, seed: int = SEED) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files(seed)[kind])))


@pytest.mark.parametrize("kind", HEADERS)
def test_each_file_has_the_header_of_its_import(kind: str) -> None:
    assert files()[kind].splitlines()[0] == HEADERS[kind]


def test_the_same_seed_gives_the_same_files_and_another_one_others() -> None:
    assert files(7) == files(7)
    assert files(7) != files(8)


@pytest.mark.parametrize("seed", [SEED, 1, 2, 3])
def test_every_site_code_may_be_issued_and_is_the_only_one(seed: int) -> None:
    drawn = list(codes(seed).values())
    assert all(is_issuable_code(code) for code in drawn)
    assert len(set(drawn)) == len(drawn) == 13
    assert "482170" in drawn


def test_factories_and_mills_in_four_places_of_two_countries() -> None:
    sites = rows("sites")
    assert {site["region"] for site in sites} == {
        *("Tiruppur", "Dindigul", "Dhaka", "Gazipur")
    }
    assert {"garment", "spinning_mill"} <= {site["kind"] for site in sites}
    assert {(site["country"], site["weekly_rest"]) for site in sites} == {
        ("BD", "fri"),
        ("IN", "sun"),
    }
    numbers = {row["number"] for row in rows("numbers")}
    assert {site["hotline"] for site in sites} <= numbers


def test_every_site_is_bought_from_and_a_mill_only_through_a_first_tier() -> None:
    tier = {site["code"]: site["tier"] for site in rows("sites")}
    bought = rows("sourcing")
    assert {row["site"] for row in bought} == set(tier)
    for row in bought:
        assert (row["through"] == "") == (tier[row["site"]] == "1"), row
        assert not row["through"] or tier[row["through"]] == "1", row


def test_every_committee_has_both_sides_and_women() -> None:
    for code in codes().values():
        members = [
            row
            for row in rows("people")
            if row["role"] == "committee" and row["org"] == code and not row["to"]
        ]
        sides = Counter(row["side"] for row in members)
        assert sides["worker"] >= sides["management"] >= 2
        women = [row for row in members if "(woman)" in row["name"]]
        assert {row["side"] for row in women} == {"worker", "management"}


def test_everybody_can_be_reached_and_only_at_invented_addresses() -> None:
    people = rows("people")
    for row in people:
        assert row["email"].endswith(".example") or row["phone"].startswith("+15550101")
    keys = [row["email"] or row["phone"] for row in people]
    assert len(set(keys)) == len(keys)
    assert {row["role"] for row in people} == {
        *("committee", "internal_committee", "safety_committee", "factory_head"),
        *("partner", "brand", "auditor", "admin"),
    }


def test_each_region_and_country_has_a_partner() -> None:
    partners = {row["org"] for row in rows("people") if row["role"] == "partner"}
    assert partners == {"Tiruppur", "Dindigul", "Dhaka", "Gazipur", "IN", "BD"}
