"""A small programme that the tests of the rules share.

A garment factory in Gazipur, one in Tiruppur, and a spinning mill in Dindigul
that sells yarn to the latter. NORDA buys from all three, the mill through
Tiruppur; KESTO buys in Gazipur; SILVA bought in Tiruppur until June 2026.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5
from zoneinfo import ZoneInfo

from app.domain.calendar import build_calendar
from app.domain.case import CaseFile, Deadline, Decision, Recipient
from app.domain.commands import Actor, Command
from app.domain.decide import decide
from app.domain.directory import Brand, Directory, Person, Site, Sourcing
from app.domain.hours import parse_hours
from app.domain.opening import Seed, open_case
from app.domain.policy import Policy, parse_policy
from app.domain.taxonomy import Category, Clock, Conflict, Role, Side, SiteKind

GAZIPUR, TIRUPPUR, DINDIGUL = "482170", "615238", "730469"
SINCE = date(2025, 1, 1)

# A Tuesday morning in Gazipur; its weekly rest is Friday.
TUESDAY = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)

HOURS, DAYS = timedelta(hours=1), timedelta(days=1)

WORKER, SYSTEM = Actor.worker(), Actor.system()

# The shipped policy, and one that trusts the site's internal committee.
_SHIPPED = files("app.data").joinpath("policy-default.toml").read_text("utf-8")
POLICY: Policy = parse_policy(_SHIPPED)
TRUSTING = """
version = "2026-01-01"
[[category]]
code = "GBVH"
severity = "S1"
route = "internal_committee"
acknowledge = "4h"
first_action = "24h"
resolve = "14d"
brand_alert = true
"""
TRUSTING_POLICY: Policy = parse_policy(TRUSTING, base=POLICY)


def id_of(name: str) -> UUID:
    return uuid5(NAMESPACE_URL, name)


def person(
    name: str,
    role: Role,
    *org: str,
    side: Side | None = None,
    until: date | None = None,
    email: str | None = None,
) -> Person:
    return Person(
        id=id_of(name),
        email=f"{name}@example.org" if email is None else email,
        name=name,
        role=role,
        org=org,
        side=side,
        phone_tag=None,
        phone_sealed=None,
        languages=("en",),
        since=SINCE,
        until=until,
    )


def seats(role: Role, site: str, *names: str) -> list[Person]:
    """Return members of a body; a name's third part is its side."""
    sides = {"w": Side.WORKER, "m": Side.MANAGEMENT, "n": Side.NEUTRAL}
    return [person(n, role, site, side=sides[n.split("-")[2][0]]) for n in names]


PEOPLE: tuple[Person, ...] = (
    *seats(Role.COMMITTEE, GAZIPUR, "gaz-com-w1", "gaz-com-w2", "gaz-com-m1"),
    *seats(Role.COMMITTEE, GAZIPUR, "gaz-com-m2", "gaz-com-n1"),
    *seats(Role.INTERNAL_COMMITTEE, GAZIPUR, "gaz-ic-w1", "gaz-ic-w2", "gaz-ic-m1"),
    *seats(Role.SAFETY_COMMITTEE, GAZIPUR, "gaz-safe-w1", "gaz-safe-w2"),
    *seats(Role.SAFETY_COMMITTEE, GAZIPUR, "gaz-safe-m1"),
    person("gaz-head", Role.FACTORY_HEAD, GAZIPUR, side=Side.MANAGEMENT),
    *seats(Role.COMMITTEE, TIRUPPUR, "tir-com-w1", "tir-com-w2", "tir-com-w3"),
    *seats(Role.COMMITTEE, TIRUPPUR, "tir-com-m1"),
    # The mill's committee has one worker only, and the mill has no head here.
    *seats(Role.COMMITTEE, DINDIGUL, "din-com-w1", "din-com-m1", "din-com-m2"),
    person("partner-bd", Role.PARTNER, "BD"),
    person("partner-bd-2", Role.PARTNER, "BD"),
    person("partner-tn", Role.PARTNER, "Tamil Nadu"),
    person("partner-in", Role.PARTNER, "IN"),
    person("admin", Role.ADMIN),
    person("admin-2", Role.ADMIN),
    person("norda-buyer", Role.BRAND, "norda"),
    person("kesto-desk", Role.BRAND, "kesto", email="care@kesto.example"),
    person("auditor", Role.AUDITOR),
)


def site(code: str, country: str, region: str, zone: str, rest: int) -> Site:
    return Site(
        code=code,
        name=f"Site {code}",
        local_name="",
        country=country,
        region=region,
        kind=SiteKind.SPINNING_MILL if code == DINDIGUL else SiteKind.GARMENT,
        tier=2 if code == DINDIGUL else 1,
        os_id="",
        timezone=zone,
        languages=("bn",) if country == "BD" else ("ta", "hi"),
        workers=900,
        weekly_rest=frozenset({rest}),
        hours=parse_hours("09:00-13:00;14:00-18:00"),
        hotline="",
    )


SITES = (
    site(GAZIPUR, "BD", "Gazipur", "Asia/Dhaka", 4),
    site(TIRUPPUR, "IN", "Tamil Nadu", "Asia/Kolkata", 6),
    site(DINDIGUL, "IN", "Tamil Nadu", "Asia/Kolkata", 6),
)

BRANDS = (
    Brand(
        "norda", "Norda", "care@norda.example", "https://norda.example/h", None, "en"
    ),
    Brand("kesto", "Kesto", "care@kesto.example", "", None, "en"),
    Brand("silva", "Silva", "", "https://silva.example/h", None, "en"),
)

SOURCING = (
    Sourcing("norda", GAZIPUR, "", SINCE, None, None),
    Sourcing("kesto", GAZIPUR, "", SINCE, None, None),
    Sourcing("norda", TIRUPPUR, "", SINCE, None, None),
    Sourcing("silva", TIRUPPUR, "", SINCE, date(2026, 6, 30), None),
    Sourcing("norda", DINDIGUL, TIRUPPUR, SINCE, None, None),
)


def programme(
    *,
    without: Iterable[str] = (),
    plus: Iterable[Person] = (),
    sourcing: tuple[Sourcing, ...] = SOURCING,
    policy: Policy = POLICY,
) -> Directory:
    """Return the programme, without the people named and with some more."""
    gone = {id_of(name) for name in without}
    return Directory(
        version=1,
        sites={each.code: each for each in SITES},
        brands={brand.slug: brand for brand in BRANDS},
        sourcing=sourcing,
        people=(*(p for p in PEOPLE if p.id not in gone), *plus),
        numbers={},
        helplines=(),
        policies=(policy,),
        calendars={
            each.code: replace(
                build_calendar(
                    ZoneInfo(each.timezone),
                    each.hours,
                    each.weekly_rest,
                    (),
                    (each.code,),
                ),
                id=f"{each.code}/1",
            )
            for each in SITES
        },
    )


PROGRAMME = programme()

# Who hears, in the words of `told`, of a case in Gazipur.
COMMITTEE = {"gaz-com-w1", "gaz-com-w2", "gaz-com-m1", "gaz-com-m2", "gaz-com-n1"}
SAFETY = {"gaz-safe-w1", "gaz-safe-w2", "gaz-safe-m1"}
INTERNAL = {"gaz-ic-w1", "gaz-ic-w2", "gaz-ic-m1"}
PARTNERS = {"partner-bd", "partner-bd-2"}
SECRETARIAT = {"admin", "admin-2"}
HEAD = {"gaz-head"}
NORDA = {"brand norda", "brand_webhook norda", "norda-buyer"}
BRANDS_TOLD = {*NORDA, "brand kesto"}

_NAMES = {p.id: p.name for p in PEOPLE}


def by(name: str) -> Actor:
    return Actor(next(p for p in PEOPLE if p.name == name))


def named(recipients: Iterable[Recipient]) -> set[str]:
    """Return recipients as words: a person's name, `brand norda`, `worker`."""
    return {
        _NAMES.get(UUID(to.key), to.key)
        if to.kind == "person"
        else f"{to.kind} {to.key}".strip()
        for to in recipients
    }


def told(decision: Decision, template: str | None = None) -> set[str]:
    """Return who is owed something, or that template, by a decision."""
    return named(o.recipient for o in decision.owed if template in (None, o.template))


def templates(decision: Decision) -> set[str]:
    return {owed.template for owed in decision.owed}


def kinds(decision: Decision) -> list[str]:
    return [event.kind for event in decision.events]


def seed(**changes: Any) -> Seed:
    """Return a first message from Gazipur about wages, about nobody in power."""
    usual = Seed(
        id=id_of("case"),
        number="10000007",
        site=GAZIPUR,
        country="BD",
        category=Category.WAGE,
        category_was_guessed=True,
        severity_raised=False,
        conflict=Conflict.NO,
        language="bn",
        channel="sms",
        hotline="+8809600000000",
    )
    return replace(usual, **changes)


def opened(
    *, directory: Directory = PROGRAMME, at: datetime = TUESDAY, **changes: Any
) -> CaseFile:
    return open_case(seed(**changes), directory, at).case


def after(
    case: CaseFile,
    *acts: tuple[Command, Actor],
    directory: Directory = PROGRAMME,
    at: datetime = TUESDAY + HOURS,
) -> CaseFile:
    """Return the case after acts that must all be allowed."""
    for command, actor in acts:
        decision = decide(case, command, actor, directory, at)
        assert decision.refusal is None, decision.refusal
        case = decision.case
    return case


def act(
    case: CaseFile,
    command: Command,
    name: str | None,
    *,
    at: datetime = TUESDAY + HOURS,
    directory: Directory = PROGRAMME,
) -> Decision:
    """Decide one act of a person by name, or of the worker."""
    return decide(case, command, by(name) if name else WORKER, directory, at)


def clock_of(case: CaseFile, name: Clock) -> Deadline:
    clock = case.deadline(name)
    assert clock is not None
    return clock


def due(case: CaseFile, name: Clock) -> datetime:
    return clock_of(case, name).due_at
