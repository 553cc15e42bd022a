"""Names of places: a site's code, a region, a country."""

from app.directory_files.countries import COUNTRIES
from app.domain.directory import Directory

# As people write them; files may hold the code or the name.
_NAMES = {"bangladesh": "BD", "india": "IN"}


def place(word: str, directory: Directory) -> str | None:
    """Return a place as the sites spell it, or None where nobody knows it."""
    if word in directory.sites:
        return word
    for site in directory.sites.values():
        if site.region and site.region.casefold() == word.casefold():
            return site.region
    code = _NAMES.get(word.casefold(), word.upper())
    return code if code in COUNTRIES else None
