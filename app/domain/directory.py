"""Everything the programme has imported, as one frozen value.

The rules ask it who sits where, who buys what, and which calendar and policy
hold; the store loads it and loads it again when an import has changed it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.calendar import EVERY_DAY, Hours, SiteCalendar
from app.domain.calendar_text import CalendarText, parse_calendar, version_of
from app.domain.composition import EVERYWHERE, Composition
from app.domain.laws import Law
from app.domain.policy import Policy
from app.domain.taxonomy import Category, Role, Route, Side, SiteKind

# Whom to call in danger, where no number is imported.
EMERGENCY: Mapping[str, str] = {"BD": "999", "IN": "112"}
ELSEWHERE = "112"


@dataclass(frozen=True, slots=True)
class Site:
    """A factory, mill or group of home workers; `code` is its six digits."""

    code: str
    name: str
    local_name: str
    country: str
    region: str
    kind: SiteKind
    tier: int
    os_id: str
    timezone: str
    languages: tuple[str, ...]
    workers: int | None
    weekly_rest: frozenset[int]  # Monday is 0
    hours: Hours
    hotline: str
    aliases: tuple[str, ...] = ()  # other names by which workers call it


@dataclass(frozen=True, slots=True)
class Brand:
    """A company that buys; told by mail and, where it has one, by webhook."""

    slug: str
    name: str
    email: str
    webhook_url: str
    webhook_secret_sealed: bytes | None
    language: str


@dataclass(frozen=True, slots=True)
class Sourcing:
    """One brand buys from one site, directly or through a first-tier site."""

    brand: str
    site: str
    through: str  # blank: directly
    since: date
    until: date | None  # inclusive
    share: float | None

    def holds_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a role; reached by e-mail, else by text message."""

    id: UUID
    email: str
    name: str
    role: Role
    org: tuple[str, ...]  # site codes, a brand slug, or a region or country
    side: Side | None
    phone_tag: bytes | None
    phone_sealed: bytes | None
    languages: tuple[str, ...]
    since: date | None
    until: date | None  # inclusive
    sex: str = ""  # f, m; blank: not recorded
    is_alternate: bool = False  # sits only where a member of her side is recused
    is_external: bool = False  # from outside the factory
    chairs: bool = False

    def serves_on(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (
            self.until is None or day <= self.until
        )

    @property
    def language(self) -> str:
        return self.languages[0] if self.languages else "en"


@dataclass(frozen=True, slots=True)
class HotlineNumber:
    """A number that workers text or call."""

    number: str
    country: str
    provider: str
    languages: tuple[str, ...]
    sms: bool
    voice: str  # answer, missed_call, studio, none
    allowed_hours: Hours | None
    sites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Helpline:
    """An outside number: emergency, child, crisis, labour, women, legal_aid."""

    country: str
    kind: str
    number: str
    name: str
    language: str
    source: str


@dataclass(frozen=True, slots=True)
class Directory:
    """The imported programme at one version; cheap to ask, never changed."""

    version: int
    sites: Mapping[str, Site]
    brands: Mapping[str, Brand]
    sourcing: tuple[Sourcing, ...]
    people: tuple[Person, ...]
    numbers: Mapping[str, HotlineNumber]
    helplines: tuple[Helpline, ...]
    policies: tuple[Policy, ...]  # by version, ascending
    calendars: Mapping[str, SiteCalendar]  # by site code, as they are now
    default_country: str = "IN"
    default_languages: tuple[str, ...] = ("en", "hi", "bn", "ta")
    # What earlier versions of calendars were, by id, as they were written down.
    past_calendars: Mapping[str, CalendarText] = field(default_factory=dict)
    laws: tuple[Law, ...] = ()  # the table of the law's own clocks
    committee_rules: tuple[Composition, ...] = ()  # the programme's, imported
    committee_laws: tuple[Composition, ...] = ()  # what the law asks, as shipped
    # Filled at the first question; the value itself never changes.
    _seats: dict[tuple[Role, str], list[Person]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    _by_id: dict[UUID, Person] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    _by_word: dict[str, tuple[str, ...]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    _buyers: dict[str, list[Sourcing]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    _read: dict[str, SiteCalendar] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    _laws_of: dict[tuple[str, Category], tuple[Law, ...]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def person(self, person_id: UUID) -> Person | None:
        if not self._by_id:
            self._by_id.update({person.id: person for person in self.people})
        return self._by_id.get(person_id)

    def sites_by_word(
        self, words_of: Callable[[str], list[str]]
    ) -> Mapping[str, tuple[str, ...]]:
        """Return the site codes for each word that `words_of` sees in a name."""
        if not self._by_word:
            self._by_word[""] = ()
            for site in self.sites.values():
                names = (site.name, site.local_name, *site.aliases)
                for word in {word for name in names for word in words_of(name)}:
                    self._by_word[word] = (*self._by_word.get(word, ()), site.code)
        return self._by_word

    def policy_on(self, day: date) -> Policy:
        """Return the policy in force on `day`: the latest not dated after it.

        Before the first version's date the first version holds, so that a
        case is never without deadlines.
        """
        in_force = [p for p in self.policies if p.version <= day.isoformat()]
        return in_force[-1] if in_force else self.policies[0]

    def policy(self, version: str) -> Policy:
        return next(p for p in self.policies if p.version == version)

    def laws_of(self, country: str, category: Category) -> tuple[Law, ...]:
        """Return the laws with a clock for such a case there, in the table's order."""
        key = country, category
        if key not in self._laws_of:
            self._laws_of[key] = tuple(
                law
                for law in self.laws
                if law.has_clock and law.is_about(country, category)
            )
        return self._laws_of[key]

    def law(self, id: str) -> Law | None:
        return next((law for law in self.laws if law.id == id), None)

    def calendar_for(self, site: str | None, country: str) -> SiteCalendar:
        """Return the site's calendar; without a site every day is worked."""
        if site is not None and site in self.calendars:
            return self.calendars[site]
        return SiteCalendar.every_day(ZoneInfo(ZONES.get(country, "Asia/Kolkata")))

    def calendar_named(self, id: str) -> SiteCalendar | None:
        """Return one version of a calendar, however old; None where unknown."""
        if id.startswith(EVERY_DAY):
            return SiteCalendar.every_day(ZoneInfo(id.removeprefix(EVERY_DAY)))
        now = self.calendars.get(version_of(id)[0])
        if now is not None and now.id == id:
            return now
        if id not in self._read and id in self.past_calendars:
            text = self.past_calendars[id].text
            self._read[id] = replace(parse_calendar(text), id=id)
        return self._read.get(id)

    def number(self, dialled: str) -> HotlineNumber:
        """Return what is known of a dialled number, else the defaults."""
        return self.numbers.get(dialled) or HotlineNumber(
            number=dialled,
            country=self._only_country() or self.default_country,
            provider="",
            languages=self.default_languages,
            sms=True,
            voice="answer",
            allowed_hours=None,
            sites=(),
        )

    def _only_country(self) -> str | None:
        """Return the country of a programme that works in one."""
        countries = {site.country for site in self.sites.values()}
        return countries.pop() if len(countries) == 1 else None

    def emergency_number(self, country: str) -> str:
        """Return the country's emergency number; 112 where none is imported."""
        for line in self.helplines:
            if line.country == country and line.kind == "emergency":
                return line.number
        return EMERGENCY.get(country, ELSEWHERE)

    def serving(self, role: Role, day: date) -> list[Person]:
        return [p for p in self._seated(role, _ANY) if p.serves_on(day)]

    def seated(self, role: Role, org: str, day: date) -> list[Person]:
        """Return who has a role at a site, brand, region or country on `day`."""
        return [p for p in self._seated(role, org) if p.serves_on(day)]

    def _seated(self, role: Role, org: str) -> list[Person]:
        if not self._seats:
            self._seats[Role.ADMIN, _ANY] = []
            for person in self.people:
                for seat in (_ANY, *(person.org or ("",))):
                    self._seats.setdefault((person.role, seat), []).append(person)
        return self._seats.get((role, org), [])

    def members(self, route: Route, site: str | None, day: date) -> list[Person]:
        """Return who sits on a site's body on `day`; an alternate does not, yet."""
        return [p for p in self._on_body(route, site, day) if not p.is_alternate]

    def alternates(self, route: Route, site: str | None, day: date) -> list[Person]:
        """Return who may be drawn for a site's body on `day`."""
        return [p for p in self._on_body(route, site, day) if p.is_alternate]

    def ever_seated(self, role: Role, org: str) -> list[Person]:
        """Return who has, had or will have that role there, whatever the day."""
        return list(self._seated(role, org))

    def committee_rule(self, body: Route, site: str | None) -> Composition | None:
        """Return what the programme asks of a site's body: its most specific rule."""
        return self._asked_of(self.committee_rules, body, site)

    def committee_law(self, body: Route, site: str | None) -> Composition | None:
        """Return what the law asks of it, at a site of its size."""
        known = self.sites.get(site) if site else None
        law = self._asked_of(self.committee_laws, body, site)
        if law is None or known is None:
            return None
        is_small = known.workers is not None and known.workers < law.from_workers
        return None if is_small else law

    def _asked_of(
        self, rules: tuple[Composition, ...], body: Route, site: str | None
    ) -> Composition | None:
        known = self.sites.get(site) if rules and site else None
        if known is None:
            return None
        scopes = (known.code, known.region, known.country, EVERYWHERE)
        own = {rule.scope: rule for rule in rules if rule.body is body}
        return next((own[scope] for scope in scopes if scope in own), None)

    def _on_body(self, route: Route, site: str | None, day: date) -> list[Person]:
        if site is None or not route.is_factory_side:
            return []
        return self.seated(Role(route.value), site, day)

    def factory_heads(self, site: str | None, day: date) -> list[Person]:
        return self.seated(Role.FACTORY_HEAD, site, day) if site else []

    def partners_for(self, site: str | None, country: str, day: date) -> list[Person]:
        """Return the most specific partners: by site, region, country, any.

        Other partners do not see the case. A case without a site belongs to
        the partners of its hotline number's country.
        """
        known = self.sites.get(site) if site else None
        scopes = [known.code, known.region, known.country] if known else [country]
        for scope in scopes:
            found = self.seated(Role.PARTNER, scope, day) if scope else []
            if found:
                return found
        return self.seated(Role.PARTNER, "", day)

    def secretariat(self, day: date) -> list[Person]:
        return self.serving(Role.ADMIN, day)

    def bought_from(self, site: str | None, day: date) -> list[Sourcing]:
        """Return who bought from the site on `day`, directly or through another."""
        if not self._buyers:
            self._buyers[""] = []
            for row in self.sourcing:
                self._buyers.setdefault(row.site, []).append(row)
        return [row for row in self._buyers.get(site or "", []) if row.holds_on(day)]

    def brand_people(self, slug: str, day: date) -> list[Person]:
        return self.seated(Role.BRAND, slug, day)

    def local_day(self, at: datetime, site: str | None, country: str) -> date:
        return at.astimezone(self.calendar_for(site, country).zone).date()


_ANY = "*"  # no org is called so

# Where a case has no site yet it runs on its hotline number's country.
ZONES: Mapping[str, str] = {"BD": "Asia/Dhaka", "IN": "Asia/Kolkata"}
