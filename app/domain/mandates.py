"""What an auditor may take away: whom it names, what it covers, and until when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.domain.directory import Directory, Person, Site
from app.domain.errors import BadInput
from app.domain.taxonomy import Role

MOST_DAYS = 1098  # three years; a longer one is recorded anew
LONGEST_PURPOSE = 500
RECORD_ANOTHER = "Record another one: `threadline mandates add`."


@dataclass(frozen=True, slots=True)
class Mandate:
    """One mandate as it was recorded; it is ended, and never changed."""

    id: UUID
    auditor: str  # who, as the command line names people
    person_id: UUID | None
    sites: tuple[str, ...]
    countries: tuple[str, ...]  # with no site either: the whole programme
    since: date
    until: date  # inclusive
    purpose: str
    recipient: str  # the age public key that what is taken away is encrypted to
    recorded_by: str
    at: datetime
    ended_at: datetime | None = None

    @property
    def is_of_programme(self) -> bool:
        return not self.sites and not self.countries

    def holds_on(self, day: date) -> bool:
        return not self.why_not(day)

    def why_not(self, day: date) -> str:
        """Return why nothing can be taken away under it on `day`; blank: it holds."""
        if self.ended_at is not None:
            return f"This mandate was ended on {self.ended_at.date()}. {RECORD_ANOTHER}"
        if day < self.since:
            return f"This mandate begins on {self.since}: come back then."
        if day > self.until:
            return f"This mandate ended on {self.until}. {RECORD_ANOTHER}"
        return ""

    def covers_site(self, code: str, country: str) -> bool:
        return self.is_of_programme or code in self.sites or country in self.countries

    def covers(self, site: Site) -> bool:
        return self.covers_site(site.code, site.country)


def check_scope(
    sites: tuple[str, ...], countries: tuple[str, ...], known: Mapping[str, Site]
) -> None:
    """Raise `BadInput` where a mandate names what the programme does not have."""
    strange = [code for code in sites if code not in known]
    if strange:
        raise BadInput(
            f"{strange[0]} is no site's code: write the codes of imported sites."
        )
    there = {site.country for site in known.values()}
    foreign = [country for country in countries if country not in there]
    if foreign:
        raise BadInput(
            f"There is no site in {foreign[0]}: write two letters, such as"
            f" {', '.join(sorted(there)) or 'BD'}."
        )


def check_term(since: date, until: date) -> None:
    if until < since:
        raise BadInput("A mandate ends on or after the day on which it begins.")
    if (until - since).days >= MOST_DAYS:
        raise BadInput(f"A mandate is for {MOST_DAYS} days at most: end it sooner.")


def check_purpose(purpose: str) -> None:
    if not purpose:
        raise BadInput("Say what the mandate is for, as it stands in the contract.")
    if len(purpose) > LONGEST_PURPOSE:
        raise BadInput(f"The purpose is {LONGEST_PURPOSE} characters at most.")


def check_auditor(person: Person, day: date) -> None:
    if person.role is not Role.AUDITOR or not person.serves_on(day):
        raise BadInput(
            "A mandate is an auditor's: import her with the role auditor first"
            " (`threadline import people`)."
        )


def within(mandate: Mandate, directory: Directory) -> frozenset[str]:
    """Return the codes of the sites that a mandate covers."""
    return frozenset(
        code for code, site in directory.sites.items() if mandate.covers(site)
    )
