"""What the pages say: short enough to read, sourced, and alike in each language."""

import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from itertools import groupby

import pytest

from app.data import load_laws
from app.rights.book import (
    COUNTRIES,
    MASTER,
    SLUGS,
    Chapter,
    Source,
    load_rights,
    rights_languages,
)
from app.wording.digits import to_ascii
from app.wording.segments import fits

LAWS = {law.id: law for law in load_laws()}
# Helplines that a sensitive page must name, whatever else it says.
HELP = {
    ("children", "BD"): {"1098", "999"},
    ("children", "IN"): {"1098", "112"},
    ("harassment", "BD"): {"109", "999"},
    ("harassment", "IN"): {"181", "112"},
}


def chapters(language: str) -> Iterator[tuple[str, str, Chapter]]:
    for topic in load_rights(language):
        for country, chapter in topic.countries.items():
            yield topic.slug, country, chapter


def sentences(chapter: Chapter) -> list[str]:
    return [chapter.short, *(point.text for point in chapter.points), chapter.next]


def sources() -> dict[str, Source]:
    return {
        point.source.id: point.source
        for _, _, chapter in chapters(MASTER)
        for point in chapter.points
    }


def numbers(text: str) -> set[str]:
    """Return the numbers of a sentence, in whatever digits and grouping."""
    plain = re.sub(r"(?<=\d),(?=\d)", "", to_ascii(text))
    return set(re.findall(r"\d+(?:\.\d+)?", plain))


@pytest.mark.parametrize("language", rights_languages())
def test_every_topic_speaks_for_both_countries(language: str) -> None:
    topics = load_rights(language)
    assert tuple(topic.slug for topic in topics) == SLUGS
    assert {tuple(topic.countries) for topic in topics} == {COUNTRIES}


@pytest.mark.parametrize("language", rights_languages())
def test_titles_are_short_and_tell_the_topics_apart(language: str) -> None:
    titles = [topic.title for topic in load_rights(language)]
    assert len(set(titles)) == len(SLUGS)
    assert [title for title in titles if len(title) > 40] == []


@pytest.mark.parametrize("language", rights_languages())
def test_a_short_text_fits_two_parts_of_an_sms(language: str) -> None:
    long = [
        (slug, country, chapter.short)
        for slug, country, chapter in chapters(language)
        if not fits(chapter.short, 2)
    ]
    assert long == []


def test_an_english_short_text_leaves_room_for_its_translations() -> None:
    long = [c.short for _, _, c in chapters(MASTER) if len(c.short) > 120]
    assert long == []


@pytest.mark.parametrize("language", rights_languages())
def test_no_sentence_is_too_long_to_listen_to(language: str) -> None:
    most = 220 if language == MASTER else 260
    long = [
        (slug, country, sentence)
        for slug, country, chapter in chapters(language)
        for sentence in sentences(chapter)
        if len(sentence) > most
    ]
    assert long == []


@pytest.mark.parametrize("language", rights_languages())
def test_a_chapter_makes_four_to_seven_points(language: str) -> None:
    counts = {len(chapter.points) for _, _, chapter in chapters(language)}
    assert counts <= {4, 5, 6, 7}


@pytest.mark.parametrize("language", rights_languages())
def test_every_language_names_the_same_numbers(language: str) -> None:
    """A deadline or a helpline that differs by language is a lost right."""
    wrong = [
        (slug, country, own, numbers(due) ^ numbers(own))
        for (slug, country, chapter), (_, _, original) in zip(
            chapters(language), chapters(MASTER), strict=True
        )
        for own, due in zip(sentences(chapter), sentences(original), strict=True)
        if numbers(own) != numbers(due)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("200,000 taka and 0.75 percent", {"200000", "0.75"}, id="English"),
        pytest.param("২,০০,০০০ টাকা", {"200000"}, id="Bengali grouped as in lakhs"),
        pytest.param("1098, 999.", {"1098", "999"}, id="a list and a full stop"),
    ],
)
def test_numbers_are_read_in_every_script(text: str, found: set[str]) -> None:
    assert numbers(text) == found


@pytest.mark.parametrize("language", rights_languages())
def test_a_sensitive_page_names_its_helplines_in_the_short_text(language: str) -> None:
    named = {
        (slug, country): numbers(chapter.short)
        for slug, country, chapter in chapters(language)
        if (slug, country) in HELP
    }
    assert named == HELP


def test_every_source_is_cited() -> None:
    """The loader refuses what is cited and not listed; here the other way round."""
    file = files("app").joinpath("data", "rights", "sources.toml")
    listed = tomllib.loads(file.read_text("utf-8"))["source"]
    assert sorted(source["id"] for source in listed) == sorted(sources())


def test_every_page_of_a_source_is_https() -> None:
    urls = [source.url for source in sources().values() if source.url]
    assert len(urls) > 40
    assert [url for url in urls if not re.fullmatch(r"https://\S+\.\S+", url)] == []


def test_no_source_is_surer_than_the_table_of_the_law() -> None:
    """Where a citation names rows of laws.toml, they are there and no weaker."""
    rows = [
        (source, LAWS[name])
        for source in sources().values()
        for name in re.findall(r"\b(?:BD|IN)-[A-Z-]+[A-Z]\b", source.citation)
    ]
    assert len(rows) > 6
    assert {(s.id, law.id) for s, law in rows if s.country != law.jurisdiction} == set()
    assert {(s.id, law.id) for s, law in rows if s.confidence < law.confidence} == set()


@pytest.mark.parametrize(
    ("source", "law", "number"),
    [
        ("bla-123", "BD-WAGES", "7"),
        ("bla-123", "BD-DUES", "30"),
        ("bla-33", "BD-GRIEVANCE", "30"),
        ("bla-132", "BD-WAGE-CLAIM", "12"),
        ("hc-2009", "BD-HARASSMENT-FILE", "30"),
        ("cow-17", "IN-WAGES", "7"),
        ("cow-17", "IN-WAGES-EXIT", "2"),
        ("irc-4", "IN-GRC-FILE", "1"),
        ("irc-4-after", "IN-GRC-CONCILIATION", "60"),
        ("posh-9", "IN-POSH-FILE", "3"),
        ("posh-11", "IN-POSH-INQUIRY", "90"),
        ("posh-11", "IN-POSH-ACTION", "60"),
        ("esi-epf-15", "IN-CONTRIBUTION", "15"),
    ],
)
def test_a_deadline_is_that_of_the_law_clock(
    source: str, law: str, number: str
) -> None:
    """If a clock in laws.toml changes, the page that tells of it must too."""
    assert str(LAWS[law].length).rstrip("abcdefghijklmnopqrstuvwxyz") == number
    said = [
        numbers(point.text)
        for _, _, chapter in chapters(MASTER)
        for point in chapter.points
        if point.source.id == source
    ]
    assert any(number in found for found in said)


@pytest.mark.parametrize("country", COUNTRIES)
def test_short_and_next_promise_only_what_a_sourced_point_says(country: str) -> None:
    """They carry no source of their own: each number is one of a point's."""
    own = {s: c for s, where, c in chapters(MASTER) if where == country}
    helplines = {n for p in own["outside"].points for n in numbers(p.text)}
    for slug, chapter in own.items():
        sourced = {n for p in chapter.points for n in numbers(p.text)} | helplines
        loose = numbers(chapter.short) | numbers(chapter.next)
        assert (slug, loose - sourced) == (slug, set())


def test_what_is_only_general_knowledge_is_said_softly() -> None:
    soft = re.compile(r"as far as we know|should|normally", re.IGNORECASE)
    firm = [
        point.text
        for _, _, chapter in chapters(MASTER)
        for point in chapter.points
        if point.source.confidence == "C" and not soft.search(point.text)
    ]
    assert firm == []


def test_no_two_points_of_a_chapter_say_the_same() -> None:
    for _, _, chapter in chapters(MASTER):
        texts = sorted(point.text for point in chapter.points)
        assert [text for text, group in groupby(texts) if len(list(group)) > 1] == []
