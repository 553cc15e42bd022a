"""Small programme files that the tests here build on."""

from collections.abc import Mapping
from datetime import UTC, datetime

from app.actions.import_directory import import_directory
from app.directory_files.kinds import Kind
from app.store.engine import Store

AT = datetime(2026, 12, 1, 6, 0, tzinfo=UTC)

MILL, FACTORY = "482170", "583429"

HEADERS: Mapping[Kind, str] = {
    Kind.SITES: "code,name,local_name,country,region,kind,tier,os_id,timezone,"
    "languages,workers,weekly_rest,hours,hotline",
    Kind.BRANDS: "slug,name,email,webhook_url,webhook_secret,language",
    Kind.SOURCING: "brand,site,through,from,to,share",
    Kind.PEOPLE: "email,name,role,org,side,phone,languages,from,to",
    Kind.HOLIDAYS: "scope,date,until,name,hours",
    Kind.NUMBERS: "number,country,provider,languages,sms,voice,allowed_hours,sites",
    Kind.HELPLINES: "country,kind,number,name,language,source",
    Kind.COMMITTEES: "scope,body,fewest,fewest_workers,women_percent,quorum,"
    "parity,source",
}

SITES = (
    f"{MILL},Kaveri Spinning,காவேரி,IN,Dindigul,spinning_mill,2,,Asia/Kolkata,"
    "ta;hi;en,420,sun,08:00-12:30;13:15-17:00,",
    f"{FACTORY},Turag Garments,,BD,Gazipur,garment,1,,Asia/Dhaka,bn,1800,fri,"
    '"sat-wed 08:00-12:00,13:00-17:00;thu 08:00-13:00",',
)
BRANDS = (
    "norrland,Norrland,supply@norrland.example,,,en",
    "pelle,Pelle,care@pelle.example,https://pelle.example/hook,,en",
)
PEOPLE = (
    "partner@labour.example,Partner,partner,,,,en;ta,,",
    "admin@programme.example,Admin,admin,,,,en,,",
)


def as_file(kind: Kind, *rows: str) -> bytes:
    return "\r\n".join([HEADERS[kind], *rows, ""]).encode()


async def import_programme(store: Store) -> None:
    """Import two sites, two brands, a partner and an admin."""
    for kind, rows in (
        (Kind.SITES, SITES),
        (Kind.BRANDS, BRANDS),
        (Kind.PEOPLE, PEOPLE),
    ):
        await import_directory(store, kind, as_file(kind, *rows), at=AT)
