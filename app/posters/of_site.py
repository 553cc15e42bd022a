"""Which number a site's poster shows, and how it is written to be dialled."""

import unicodedata

from app.domain.directory import Directory, HotlineNumber, Site
from app.domain.errors import NotFound, Refused
from app.domain.phones import shown_number
from app.domain.taxonomy import LANGUAGES
from app.posters.sheet import Sheet
from app.posters.words import REACH

# The scripts of the fonts that are shipped; another would print as empty boxes.
_SCRIPTS = frozenset({"LATIN", "BENGALI", "DEVANAGARI", "TAMIL"})
_LONGEST_NAME = 90


def sheet_of(
    directory: Directory, code: str, languages: tuple[str, ...], base_url: str
) -> Sheet:
    """Return what a site's poster says, in `languages` or else in the site's own.

    Raise NotFound for a code that no site has, Refused where no imported number
    serves the site: a poster promises only what works.
    """
    site = directory.sites.get(code)
    if site is None:
        raise NotFound(f"No site has the code {code}. Check the digits in sites.csv.")
    line = number_of(directory, site)
    return Sheet(
        site_code=site.code,
        site_name=_printable(site.name),
        local_name=_printable(site.local_name),
        hotline=shown_number(line.number),
        url=f"{base_url.rstrip('/')}/s/{site.code}",
        languages=languages or _served(site.languages) or _served(line.languages),
        emergency=directory.emergency_number(site.country),
        calls=_calls(line),
        takes_texts=line.sms,
        spoken=_served(line.languages),
    )


def number_of(directory: Directory, site: Site) -> HotlineNumber:
    """Return the number for a site's workers: its own, else the country's.

    A site's own hotline must be imported as well: only numbers.csv says whether
    it takes calls and texts. A number that serves other sites only is no answer.
    """
    if site.hotline:
        own = directory.numbers.get(site.hotline)
        if own is not None and _is_of_use(own):
            return own
        raise Refused(
            f"Site {site.code} has the hotline {site.hotline}, and numbers.csv does not"
            " say that workers can call or text it: import it there first"
            " (threadline import numbers)."
        )
    serving = [n for n in directory.numbers.values() if _serves(n, site)]
    if not serving:
        raise Refused(
            f"No hotline number serves site {site.code}: add one for {site.country} to"
            " numbers.csv (threadline import numbers), or name it as the site's hotline"
            " in sites.csv."
        )
    return min(serving, key=lambda n: (site.code not in n.sites, *_rank(n)))


def _serves(number: HotlineNumber, site: Site) -> bool:
    is_meant = site.code in number.sites or (
        not number.sites and number.country == site.country
    )
    return is_meant and _is_of_use(number)


def _rank(number: HotlineNumber) -> tuple[bool, bool, str]:
    """Put a number that is answered first, then one that takes texts."""
    return (number.voice != "answer", not number.sms, number.number)


def _is_of_use(number: HotlineNumber) -> bool:
    return (_calls(number), number.sms) in REACH


def _calls(number: HotlineNumber) -> str:
    """Return what calling it does; a studio's number is not for workers."""
    return "none" if number.voice == "studio" else number.voice


def _served(languages: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(code for code in languages if code in LANGUAGES)


def _printable(name: str) -> str:
    """Return a name as it can be printed; blank where the fonts cannot write it."""
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if not all(_has_glyph(char) for char in name):
        return ""
    if len(name) > _LONGEST_NAME:
        return name[: _LONGEST_NAME - 1].rstrip() + "…"
    return name


def _has_glyph(char: str) -> bool:
    if char.isascii() or char in "\u200c\u200d":
        return char.isprintable() or char in "\u200c\u200d"
    script = unicodedata.name(char, "").partition(" ")[0]
    return script in _SCRIPTS or char in "।॥–—‘’“”…·©®™°×"
