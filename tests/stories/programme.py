"""The small programme of the rules' tests, as files that are really imported."""

import asyncio
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from uuid import uuid4

from app.actions.import_directory import import_directory
from app.actions.import_policy import ensure_default_policy
from app.directory_files.kinds import Kind
from app.domain.directory import Brand, Person, Site, Sourcing
from app.store.engine import Store
from app.store.sealing import Keyring
from tests.builders import (
    BRANDS,
    DINDIGUL as DINDIGUL_OF_RULES,
    GAZIPUR,
    PEOPLE,
    SITES,
    SOURCING,
    TIRUPPUR as TIRUPPUR_OF_RULES,
)
from tests.conftest import FIRST_DAY, Ground, on_server
from tests.directory.files import HEADERS

# The rules do not look at check digits; an import does.
TIRUPPUR, DINDIGUL = "615236", "730467"
_CODES = {TIRUPPUR_OF_RULES: TIRUPPUR, DINDIGUL_OF_RULES: DINDIGUL, "": ""}

# In force for every case of the tests; after the day on which people came.
IMPORTED = datetime(2026, 6, 1, 6, 0, tzinfo=UTC)

DHAKA_LINE, INDIA_LINE, ENGLISH_LINE = (
    "+15550100880",
    "+15550100910",
    "+15550100999",
)

NUMBERS = (
    (DHAKA_LINE, "BD", "twilio", "bn;en", "yes", "answer", "", ""),
    (INDIA_LINE, "IN", "twilio", "ta;hi;bn;en", "yes", "answer", "", ""),
    (ENGLISH_LINE, "BD", "twilio", "en", "yes", "answer", "", ""),
)
HELPLINES = (
    ("BD", "emergency", "999", "National Emergency Service", "bn", "999.gov.bd"),
    ("IN", "emergency", "112", "Emergency Response", "en", "112.gov.in"),
)
# Two brands whose orders begin and end beside the day of the long story.
LEFT = Brand("until-14", "Left the day before", "left@brand.example", "", None, "en")
COMES = Brand("from-16", "Comes the day after", "comes@brand.example", "", None, "en")
MORE_SOURCING = (
    Sourcing(LEFT.slug, GAZIPUR, "", date(2025, 1, 1), date(2026, 12, 14), None),
    Sourcing(COMES.slug, GAZIPUR, "", date(2026, 12, 16), None, None),
)

Row = Sequence[str]


async def import_programme(store: Store) -> None:
    """Import sites, brands, people and numbers as a programme would."""
    for kind, rows in (
        (Kind.SITES, map(_site, SITES)),
        (Kind.BRANDS, map(_brand, (*BRANDS, LEFT, COMES))),
        (Kind.SOURCING, map(_sourcing, (*SOURCING, *MORE_SOURCING))),
        (Kind.PEOPLE, map(_person, PEOPLE)),
        (Kind.NUMBERS, NUMBERS),
        (Kind.HELPLINES, HELPLINES),
    ):
        await import_directory(store, kind, as_csv(kind, rows), at=IMPORTED)


@contextmanager
def database_with_programme(ground: Ground, template: str) -> Iterator[str]:
    """Make a copy of the template, import the programme, yield its name."""
    name = f"programme_{uuid4().hex[:10]}"

    async def fill() -> None:
        keyring = Keyring([bytes(range(32))], pepper=bytes(32))
        store = await Store.open(ground.database(name), keyring)
        await ensure_default_policy(store, at=FIRST_DAY)
        await import_programme(store)
        await store.close()

    asyncio.run(on_server(ground, f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    asyncio.run(fill())
    yield name
    asyncio.run(on_server(ground, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


async def import_people(store: Store, rows: Iterable[Row]) -> None:
    """Import more people, or the same with other dates."""
    content = as_csv(Kind.PEOPLE, rows)
    await import_directory(store, Kind.PEOPLE, content, at=IMPORTED)


def as_csv(kind: Kind, rows: Iterable[Row]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADERS[kind].split(","))
    writer.writerows(rows)
    return text.getvalue().encode()


def _code(code: str) -> str:
    return _CODES.get(code, code)


def _site(site: Site) -> Row:
    return (
        _code(site.code),
        site.name,
        site.local_name,
        site.country,
        site.region,
        site.kind,
        str(site.tier),
        "",
        site.timezone,
        ";".join(site.languages),
        str(site.workers),
        ";".join("mon tue wed thu fri sat sun".split()[d] for d in site.weekly_rest),
        "09:00-13:00;14:00-18:00",
        "",
    )


def _brand(brand: Brand) -> Row:
    email = brand.email or f"{brand.slug}@brand.example"
    return (brand.slug, brand.name, email, brand.webhook_url, "", brand.language)


def _sourcing(bought: Sourcing) -> Row:
    until = bought.until.isoformat() if bought.until else ""
    since = bought.since.isoformat() if bought.since else ""
    site, through = _code(bought.site), _code(bought.through)
    return (bought.brand, site, through, since, until, "")


def _person(person: Person) -> Row:
    return (
        person.email,
        person.name,
        person.role,
        ";".join(_code(each) for each in person.org),
        person.side or "",
        "",
        "en",
        person.since.isoformat() if person.since else "",
        person.until.isoformat() if person.until else "",
    )
