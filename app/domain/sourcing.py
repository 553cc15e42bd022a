"""Who stands above a site in the supply chain, as it was on one day.

Only what was imported counts: a brand that buys a mill's yarn through a
garment factory has a row of its own that says so. That a brand buys from the
factory does not make it a buyer of every mill that the factory buys from.
"""

from collections.abc import Iterable
from datetime import date

from app.domain.case import CaseFile
from app.domain.directory import Brand, Directory, Sourcing


def complaint_day(case: CaseFile, directory: Directory) -> date:
    """Return the local day on which the complaint was made.

    The chain of that day is what climbs: a buyer that leaves afterwards still
    answers for it, and one that comes afterwards does not.
    """
    return directory.local_day(case.opened_at, case.site, case.country)


def buyers(directory: Directory, site: str | None, day: date) -> list[Brand]:
    """Return every brand that bought from the site on `day`, the lead first.

    Direct buyers come before those who buy through a first-tier site, larger
    shares before smaller ones, unknown shares last, and then by name.
    """
    ranks: dict[str, tuple[bool, float, str]] = {}
    for row in directory.bought_from(site, day):
        if row.brand in directory.brands:
            rank = _rank(row)
            ranks[row.brand] = min(rank, ranks.get(row.brand, rank))
    return [directory.brands[slug] for slug in sorted(ranks, key=ranks.__getitem__)]


def _rank(row: Sourcing) -> tuple[bool, float, str]:
    share = float("-inf") if row.share is None else row.share
    return bool(row.through), -share, row.brand


def lead_brand(directory: Directory, site: str | None, day: date) -> Brand | None:
    """Return the brand that answers for all of the site's buyers, if it has any."""
    return next(iter(buyers(directory, site, day)), None)


def first_tier(directory: Directory, site: str | None, day: date) -> list[str]:
    """Return the first-tier sites that bought from a site farther up on `day`.

    None for a site that is of the first tier itself.
    """
    known = directory.sites.get(site or "")
    if known is None or known.tier < 2:
        return []
    return _once(row.through for row in directory.bought_from(site, day) if row.through)


def _once(codes: Iterable[str]) -> list[str]:
    return sorted(set(codes))
