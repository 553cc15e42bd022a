"""Which sites a text may mean; shown to the partner, never decided."""

import unicodedata
from collections.abc import Iterable

from app.domain.directory import Directory

# Words that half the trade has in its name say nothing about which site.
COMMON = frozenset(
    """
    limited ltd private pvt company mills mill garments garment factory spinning
    textile textiles fashion fashions apparel apparels knit knits knitwear exports
    export industries international group unit denim clothing wear
    """.split()
)
_SHORTEST = 4  # letters; shorter words meet too many others
_MOST = 5


def suggest_sites(
    words: Iterable[str], dialled_sites: Iterable[str], directory: Directory
) -> tuple[str, ...]:
    """Return codes of sites whose name shares a telling word with the text,
    then those that the dialled number serves; at most five."""
    found: dict[str, None] = {}
    names = directory.sites_by_word(telling)
    for word in words:
        for code in names.get(_plain(word), ()):
            found[code] = None
    for code in dialled_sites:
        found[code] = None
    return tuple(found)[:_MOST]


def telling(name: str) -> list[str]:
    """Return the words of a name by which it can be told from others."""
    words = "".join(c if c.isalnum() or _is_mark(c) else " " for c in name).split()
    plain = [_plain(word) for word in words]
    return [w for w in plain if len(w) >= _SHORTEST and w not in COMMON]


def _plain(word: str) -> str:
    return unicodedata.normalize("NFC", word).lower()


def _is_mark(char: str) -> bool:
    return unicodedata.category(char)[0] == "M"
