"""people.csv: who sits where, and how each of them is reached."""

from collections.abc import Mapping
from typing import Any

from app.directory_files.problems import shown
from app.directory_files.record import Known, Record, refuse_problems, refuse_repeats
from app.directory_files.row import Row
from app.directory_files.scopes import place
from app.directory_files.table import Columns, read_rows
from app.domain.directory import Directory
from app.domain.taxonomy import FACTORY_ROLES, Role, Side

COLUMNS = Columns(
    needed=(
        "email",
        "name",
        "role",
        "org",
        "side",
        "phone",
        "languages",
        "from",
        "to",
    ),
    optional=("sex", "alternate", "external", "chair"),
)

# What a column says of a member of a committee, and of nobody else.
_OFFICES = {
    "alternate": "is_alternate",
    "external": "is_external",
    "chair": "chairs",
}

_COMMITTEES = FACTORY_ROLES - {Role.FACTORY_HEAD}
_SITES = "write the codes of imported sites, with ; between"
_PLACES = "write site codes, or a region or country in which there are sites"


def read_people(content: bytes, known: Known) -> list[Record]:
    """Read people; `phone` is still plain, or blank.

    The e-mail is a person's key, and the phone where there is none. A person
    has one role: who has two needs an address for each.
    """
    rows = read_rows(content, COLUMNS)
    records = [_record(row, known.directory) for row in rows]
    read = list(zip(rows, records, strict=True))
    refuse_repeats(((row, r.values["email"].lower()) for row, r in read), "email")
    refuse_repeats(
        ((row, r.values["phone"]) for row, r in read if not r.values["email"]), "phone"
    )
    refuse_problems(rows)
    return records


def _record(row: Row, directory: Directory) -> Record:
    since, until = row.period("from", "to")
    role = row.choice("role", Role)
    values: dict[str, Any] = {
        "email": row.email("email"),
        "name": row.needed("name"),
        "role": role,
        "org": _ORGS[Role(role)](row, directory) if role in list(Role) else [],
        "side": _side(row, role),
        "phone": row.phone("phone"),
        "languages": row.languages(),
        "since": since,
        "until": until,
        **_offices(row, role),
    }
    if not values["email"] and not row.text("phone"):
        row.wrong("email", "give an e-mail address, or a phone where there is none")
    return Record(row.number, values["email"].lower() or values["phone"], values)


def _side(row: Row, role: str) -> str:
    if role in _COMMITTEES or row.text("side"):
        return row.choice("side", Side)
    return ""


def _offices(row: Row, role: str) -> dict[str, Any]:
    """Return what the columns that are there say; blank is no, and not recorded."""
    said: dict[str, Any] = {
        name: bool(row.text(column)) and row.truth(column)
        for column, name in _OFFICES.items()
        if column in row.cells
    }
    for column, name in _OFFICES.items():
        if said.get(name) and role not in _COMMITTEES:
            row.wrong(
                column, "only a member of a committee can be this: leave it blank"
            )
    if said.get("is_alternate") and said.get("chairs"):
        row.wrong("chair", "an alternate does not chair: leave one of the two blank")
    if "sex" in row.cells:
        said["sex"] = row.choice("sex", ("f", "m")) if row.text("sex") else ""
    return said


def _org_of_sites(row: Row, directory: Directory) -> list[str]:
    codes = row.words("org")
    strange = [code for code in codes if code not in directory.sites]
    if not codes or strange:
        named = f"{shown(strange[0])} is no site's code: " if strange else ""
        row.wrong("org", named + _SITES)
    return codes


def _org_of_brand(row: Row, directory: Directory) -> list[str]:
    slugs = [slug.lower() for slug in row.words("org")]
    if not slugs or any(slug not in directory.brands for slug in slugs):
        row.wrong("org", "write the slug of an imported brand")
    return slugs


def _org_of_partner(row: Row, directory: Directory) -> list[str]:
    """Sites, regions or countries; none at all is a partner for any case."""
    words = row.words("org")
    found = [place(word, directory) for word in words]
    for word, known_as in zip(words, found, strict=True):
        if known_as is None:
            row.wrong("org", f"{shown(word)} is not known: {_PLACES}")
    return [known_as for known_as in found if known_as]


def _no_org(row: Row, _directory: Directory) -> list[str]:
    if row.text("org"):
        row.wrong("org", "leave it blank: this role is the whole programme's")
    return []


_ORGS = {
    **dict.fromkeys(FACTORY_ROLES, _org_of_sites),
    Role.PARTNER: _org_of_partner,
    Role.BRAND: _org_of_brand,
    Role.AUDITOR: _no_org,
    Role.ADMIN: _no_org,
}


def lacking_roles(serving: Mapping[Role, int]) -> list[Role]:
    """Return the roles without which cases would end in nobody's hands."""
    return [role for role in (Role.PARTNER, Role.ADMIN) if not serving.get(role)]
