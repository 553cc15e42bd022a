"""Who serves in the demo programme: offices, never persons with a story."""

from collections.abc import Iterator

from app.demo.places import BUYERS, Place

# email, name, role, org, side, phone, languages, from, to
Row = tuple[str, str, str, str, str, str, str, str, str]

_SINCE = "2024-01-01"
_LEFT = "2026-06-30"

# One worker member has no mail: reached by text, at a number kept for fiction.
_BY_TEXT = {"vellipani": "+15550101207", "konok": "+15550101210"}

REGIONS = (
    ("Tiruppur", "en;ta"),
    ("Dindigul", "en;ta"),
    ("Dhaka", "en;bn"),
    ("Gazipur", "en;bn"),
)
COUNTRIES = (("IN", "India", "en;hi"), ("BD", "Bangladesh", "en;bn"))


def programme_people() -> Iterator[Row]:
    """Yield the secretariat, partners, auditors and the brands' people."""
    yield _office("secretariat@threadline.example", "Secretariat", "admin", "", "en")
    yield _office(
        "secretariat.duty@threadline.example", "Secretariat, on duty", "admin", "", "en"
    )
    for region, languages in REGIONS:
        yield _office(
            f"{region.lower()}@partners.example",
            f"Partner, {region}",
            "partner",
            region,
            languages,
        )
    for code, country, languages in COUNTRIES:
        yield _office(
            f"{country.lower()}@partners.example",
            f"Partner, {country}",
            "partner",
            code,
            languages,
        )
    for n in (1, 2):
        yield _office(f"auditor{n}@audit.example", f"Auditor {n}", "auditor", "", "en")
    for buyer in BUYERS:
        yield _office(
            f"supply.chain@{buyer.domain}",
            f"Supply chain desk, {buyer.name}",
            "brand",
            buyer.slug,
            "en",
        )


def site_people(place: Place, code: str) -> Iterator[Row]:
    """Yield the bodies of one site: committee, head, and what else it has."""
    yield from _committee(place, code)
    yield _member(place, code, "factory_head", "head", "Head of factory", "management")
    if place.has_internal_committee:
        yield from _internal_committee(place, code)
    if place.has_safety_committee:
        yield from _safety_committee(place, code)


def _committee(place: Place, code: str) -> Iterator[Row]:
    for n, woman in ((1, True), (2, False), (3, True)):
        phone = _BY_TEXT.get(place.key, "") if n == 3 else ""
        yield _member(
            place,
            code,
            "committee",
            f"worker{n}",
            f"Worker member {n}{_woman(woman)}",
            "worker",
            phone=phone,
        )
    for n, woman in ((1, False), (2, True)):
        yield _member(
            place,
            code,
            "committee",
            f"management{n}",
            f"Management member {n}{_woman(woman)}",
            "management",
        )
    yield _member(
        place,
        code,
        "committee",
        "management3",
        "Management member 3, former",
        "management",
        until=_LEFT,
    )


def _internal_committee(place: Place, code: str) -> Iterator[Row]:
    role = "internal_committee"
    yield _member(
        place, code, role, "ic.chair", "Presiding officer (woman)", "management"
    )
    for n in (1, 2):
        yield _member(
            place, code, role, f"ic.worker{n}", f"Worker member {n} (woman)", "worker"
        )
    yield _member(
        place, code, role, "ic.external", "External member (woman)", "neutral"
    )


def _safety_committee(place: Place, code: str) -> Iterator[Row]:
    role = "safety_committee"
    for n, woman in ((1, True), (2, False)):
        yield _member(
            place,
            code,
            role,
            f"safety.worker{n}",
            f"Safety, worker member {n}{_woman(woman)}",
            "worker",
        )
    for n in (1, 2):
        yield _member(
            place,
            code,
            role,
            f"safety.management{n}",
            f"Safety, management member {n}",
            "management",
        )


def _woman(is_woman: bool) -> str:
    return " (woman)" if is_woman else ""


def _office(email: str, name: str, role: str, org: str, languages: str) -> Row:
    return (email, name, role, org, "", "", languages, _SINCE, "")


def _member(
    place: Place,
    code: str,
    role: str,
    desk: str,
    title: str,
    side: str,
    *,
    phone: str = "",
    until: str = "",
) -> Row:
    own = place.languages.split(";")[0]
    return (
        "" if phone else f"{desk}.{code}@sites.example",
        f"{title}, {place.short_name}",
        role,
        code,
        side,
        phone,
        f"{own};en" if side == "worker" else f"en;{own}",
        _SINCE,
        until,
    )
