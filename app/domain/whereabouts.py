"""Where somebody of the programme is: by whose clock her days and hours go."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.domain.directory import ZONES, Directory, Person


def zone_of(person: Person, directory: Directory) -> ZoneInfo:
    """Return a person's own zone: her site's, region's, else her country's."""
    for place in person.org:
        if place in directory.sites:
            return ZoneInfo(directory.sites[place].timezone)
        if place in ZONES:
            return ZoneInfo(ZONES[place])
        for site in directory.sites.values():
            if place and place in (site.region, site.country):
                return ZoneInfo(site.timezone)
    return directory.calendar_for(None, directory.default_country).zone


def day_of(person: Person, directory: Directory, at: datetime) -> date:
    """Return which day it is there: on which her term is read."""
    return at.astimezone(zone_of(person, directory)).date()
