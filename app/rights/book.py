"""The pages of "Know your rights", read strictly and once for each language.

Information with its sources, never legal advice. English is the master: any
other language says the same, point by point and from the same sources.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from app.rights.sheet import BadRights, Sheet, read_sheet

MASTER = "en"
COUNTRIES = ("BD", "IN")
# The order in which the topics are listed, numbered and read out.
SLUGS = (
    "wages",
    "insurance",
    "maternity",
    "children",
    "harassment",
    "safety",
    "water",
    "dismissal",
    "outside",
)
CONFIDENCES = ("A", "B", "C")
NOT_SEEN = "not seen"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a sentence comes from, and how well that was seen.

    A the text of the law or an official page, B a secondary source, C general
    knowledge. One that was not seen is C.
    """

    id: str
    title: str
    country: str
    url: str  # empty where no page of it was read
    citation: str
    seen: str  # YYYY-MM-DD or "not seen"
    confidence: str


@dataclass(frozen=True, slots=True)
class Point:
    """One or two short sentences, and where they come from."""

    text: str
    source: Source


@dataclass(frozen=True, slots=True)
class Chapter:
    """A topic in one country; `short` stands alone, in a text or on the phone."""

    short: str
    points: tuple[Point, ...]
    next: str


@dataclass(frozen=True, slots=True)
class Topic:
    """One page: what the law gives, country by country."""

    slug: str
    title: str
    version: str  # YYYY-MM-DD, the day on which the content was settled
    countries: Mapping[str, Chapter]


@cache
def load_rights(language: str) -> tuple[Topic, ...]:
    """Return the shipped topics in the order of `SLUGS`, or raise `BadRights`."""
    return read_rights(_shipped(), language)


@cache
def rights_languages() -> tuple[str, ...]:
    """Return the languages that have shipped pages, the master first."""
    found = {entry.name for entry in _shipped().iterdir() if entry.is_dir()}
    return (MASTER, *sorted(found - {MASTER}))


def read_rights(folder: Traversable, language: str) -> tuple[Topic, ...]:
    """Read one language; raise `BadRights` with the place of the first problem.

    Refused: an unknown key, source, country or topic, one that lacks, and a
    language that does not say what English says from the same sources.
    """
    sources = _sources(folder)
    master = _topics(folder, MASTER, sources)
    if language == MASTER:
        return master
    topics = _topics(folder, language, sources)
    for topic, original in zip(topics, master, strict=True):
        _check_alike(topic, original, f"{language}/{topic.slug}.toml")
    return topics


def _shipped() -> Traversable:
    return files("app").joinpath("data", "rights")


def _sources(folder: Traversable) -> Mapping[str, Source]:
    sheet = read_sheet(folder.joinpath("sources.toml"), "sources.toml")
    sheet.refuse_unknown("source")
    found: dict[str, Source] = {}
    for table in sheet.tables("source"):
        source = _source(table)
        if source.id in found:
            raise table.wrong("id", f"{source.id} has more than one entry: keep one")
        found[source.id] = source
    return found


def _source(table: Sheet) -> Source:
    table.refuse_unknown(
        "id", "title", "country", "url", "citation", "seen", "confidence"
    )
    source = Source(
        id=table.text("id"),
        title=table.text("title"),
        country=table.word("country", COUNTRIES),
        url=table.text("url") if table.has("url") else "",
        citation=table.text("citation") if table.has("citation") else "",
        seen=NOT_SEEN if table.text("seen") == NOT_SEEN else table.day("seen"),
        confidence=table.word("confidence", CONFIDENCES),
    )
    if not (source.url or source.citation):
        raise table.wrong("url", "give a page, or a citation without one")
    if source.url and not source.url.startswith("https://"):
        raise table.wrong("url", "write it with https")
    if source.seen == NOT_SEEN and source.confidence != "C":
        raise table.wrong("confidence", "what was not seen is C")
    return source


def _topics(
    folder: Traversable, language: str, sources: Mapping[str, Source]
) -> tuple[Topic, ...]:
    # A folder's own name, so that no language can point outside.
    shelf = {entry.name: entry for entry in folder.iterdir() if entry.is_dir()}
    if language not in shelf:
        raise BadRights(f"{language!r} has no pages")
    found = {entry.name for entry in shelf[language].iterdir()}
    for name in sorted(found.symmetric_difference(f"{slug}.toml" for slug in SLUGS)):
        trouble = "is of no topic" if name in found else "is missing"
        raise BadRights(f"{language}/{name} {trouble}")
    return tuple(
        _topic(
            read_sheet(
                shelf[language].joinpath(f"{slug}.toml"), f"{language}/{slug}.toml"
            ),
            slug,
            sources,
        )
        for slug in SLUGS
    )


def _topic(sheet: Sheet, slug: str, sources: Mapping[str, Source]) -> Topic:
    sheet.refuse_unknown("version", "topic", "title", "country")
    chapters: dict[str, Chapter] = {}
    for table in sheet.tables("country"):
        table.refuse_unknown("code", "short", "points", "next")
        code = table.word("code", COUNTRIES)
        if code in chapters:
            raise table.wrong("code", f"{code} has more than one entry: keep one")
        chapters[code] = Chapter(
            short=table.text("short"),
            points=_points(table, code, sources),
            next=table.text("next"),
        )
    for code in COUNTRIES:
        if code not in chapters:
            raise sheet.wrong("country", f"{code} is missing")
    return Topic(
        slug=sheet.word("topic", (slug,)),
        title=sheet.text("title"),
        version=sheet.day("version"),
        countries={code: chapters[code] for code in COUNTRIES},
    )


def _points(
    table: Sheet, country: str, sources: Mapping[str, Source]
) -> tuple[Point, ...]:
    points = []
    for entry in table.tables("points"):
        entry.refuse_unknown("text", "source")
        source = sources.get(entry.text("source"))
        if source is None:
            raise entry.wrong("source", f"{entry.text('source')} is not in sources")
        if source.country != country:
            raise entry.wrong("source", f"{source.id} is law of {source.country}")
        points.append(Point(entry.text("text"), source))
    return tuple(points)


def _check_alike(topic: Topic, original: Topic, place: str) -> None:
    """Refuse a translation of other content: a right must not hang on a language."""
    if topic.version != original.version:
        raise BadRights(
            f"{place}: version {topic.version} is not that of {MASTER}, "
            f"{original.version}"
        )
    for code in COUNTRIES:
        own = _cited(topic.countries[code])
        due = _cited(original.countries[code])
        if own != due:
            raise BadRights(
                f"{place}: {code}: the points cite {', '.join(own)}; "
                f"{MASTER} has {', '.join(due)}"
            )


def _cited(chapter: Chapter) -> Sequence[str]:
    return [point.source.id for point in chapter.points]
