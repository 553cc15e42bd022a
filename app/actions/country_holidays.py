"""A country's holidays as they are published, to be chosen from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import holidays

from app.domain.errors import BadInput

# What the published tables call days whose date the moon's sighting settles.
ESTIMATED = "(estimated)"
_ENGLISH = {"BD": "en_US", "IN": "en_IN"}
_MOST_YEARS_AHEAD = 5


@dataclass(frozen=True, slots=True)
class PublicDay:
    """One day of a country's table, or of one of its states'."""

    day: date
    name: str  # ends in ESTIMATED where only the sighting of the moon settles it
    is_public: bool  # else only some take it

    @property
    def is_estimated(self) -> bool:
        return ESTIMATED in self.name


def states_of(country: str) -> Mapping[str, str]:
    """Return the states that have holidays of their own: code by plain name."""
    if country not in _ENGLISH:
        return {}
    table = type(holidays.country_holidays(country))
    names: dict[str, str] = {}
    for name, code in table.subdivisions_aliases.items():
        if len(name) > len(code):  # some are codes of another standard
            names.setdefault(code, name)
    return {name: code for code, name in sorted(names.items(), key=lambda p: p[1])}


def state_of_region(country: str, region: str) -> str:
    """Return the code of the state that a region is called after, else blank."""
    found = {name.casefold(): code for name, code in states_of(country).items()}
    return found.get(region.casefold(), "")


def public_days(
    country: str, year: int, *, state: str = "", today: date
) -> tuple[PublicDay, ...]:
    """Return a year's holidays, those that only some take among them.

    A day with two names is one day: a calendar closes it once.
    """
    if country not in _ENGLISH:
        raise BadInput(f"There is no table of holidays for {country}.")
    if state and state not in states_of(country).values():
        raise BadInput("This country has no such state.")
    if not today.year - 1 <= year <= today.year + _MOST_YEARS_AHEAD:
        raise BadInput("Choose a year from the last one to five years ahead.")
    public = _table(country, state, year, ("public",))
    some = _table(country, state, year, ("public", "government", "optional"))
    return tuple(
        PublicDay(day, public.get(day, name), day in public)
        for day, name in sorted({**some, **public}.items())
    )


def _table(
    country: str, state: str, year: int, categories: tuple[str, ...]
) -> dict[date, str]:
    known = holidays.country_holidays(country).supported_categories
    found = holidays.country_holidays(
        country,
        subdiv=state or None,
        years=[year],
        language=_ENGLISH[country],
        categories=tuple(c for c in categories if c in known),
    )
    return {day: _marked(name) for day, name in found.items()}


def _marked(names: str) -> str:
    """Put the mark at the end, once, however many names the day has."""
    if ESTIMATED not in names:
        return names
    bare = names.replace(f" {ESTIMATED}", "").replace(ESTIMATED, "").strip()
    return f"{bare} {ESTIMATED}"
