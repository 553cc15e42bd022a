"""The demo programme as the files that anybody would import.

The same seed gives the same files, byte for byte, so that importing them
again changes nothing.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from random import Random

from app.demo.days import HELPLINES, HOLIDAYS
from app.demo.dice import dice
from app.demo.people import programme_people, site_people
from app.demo.places import BUYERS, NUMBERS, PLACES, PURCHASES, TEXT_NUMBERS
from app.domain.reference import new_site_code
from app.domain.taxonomy import SiteKind

SEED = 2020

_HEADERS = {
    "sites": (
        "code,name,local_name,country,region,kind,tier,os_id,timezone,languages,"
        "workers,weekly_rest,hours,hotline"
    ),
    "brands": "slug,name,email,webhook_url,webhook_secret,language",
    "sourcing": "brand,site,through,from,to,share",
    "people": "email,name,role,org,side,phone,languages,from,to",
    "holidays": "scope,date,until,name,hours",
    "numbers": "number,country,provider,languages,sms,voice,allowed_hours,sites",
    "helplines": "country,kind,number,name,language,source",
}

_WORKERS = {SiteKind.GARMENT: (640, 2900), SiteKind.SPINNING_MILL: (210, 780)}


def codes(seed: int = SEED) -> dict[str, str]:
    """Return the site code of each place, by its key."""
    chance = dice("codes", seed)
    taken = {place.code for place in PLACES if place.code}
    found: dict[str, str] = {}
    for place in PLACES:
        found[place.key] = place.code or new_site_code(chance, taken)
        taken.add(found[place.key])
    return found


def files(seed: int = SEED) -> dict[str, str]:
    """Return the programme as CSV texts by kind, in the order of import."""
    code = codes(seed)
    chance = dice("sizes", seed)
    rows: dict[str, Iterable[Sequence[str]]] = {
        "sites": _sites(code, chance),
        "brands": _brands(),
        "sourcing": _sourcing(code, chance),
        "people": _people(code),
        "holidays": HOLIDAYS,
        "numbers": (*NUMBERS, *TEXT_NUMBERS),
        "helplines": HELPLINES,
    }
    return {kind: _csv(_HEADERS[kind], rows[kind]) for kind in _HEADERS}


def _sites(code: dict[str, str], chance: Random) -> list[tuple[str, ...]]:
    return [
        (
            code[place.key],
            place.name,
            place.local_name,
            place.country,
            place.region,
            place.kind.value,
            str(place.tier),
            "",
            place.timezone,
            place.languages,
            str(chance.randrange(*_WORKERS.get(place.kind, (120, 400)), 10)),
            place.weekly_rest,
            place.hours,
            place.hotline,
        )
        for place in PLACES
    ]


def _brands() -> list[tuple[str, ...]]:
    return [
        (
            buyer.slug,
            buyer.name,
            f"human.rights@{buyer.domain}",
            buyer.webhook_url,
            "",
            "en",
        )
        for buyer in BUYERS
    ]


def _sourcing(code: dict[str, str], chance: Random) -> list[tuple[str, ...]]:
    return [
        (
            brand,
            code[site],
            code.get(through, ""),
            since,
            until,
            f"{chance.randrange(5, 45)}",
        )
        for brand, site, through, since, until in PURCHASES
    ]


def _people(code: dict[str, str]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = list(programme_people())
    for place in PLACES:
        rows.extend(site_people(place, code[place.key]))
    return rows


def _csv(header: str, rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header.split(","))
    writer.writerows(rows)
    return text.getvalue()
