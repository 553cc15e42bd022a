"""The public pages: what they say, what they keep to themselves, what they weigh."""

import csv
import io
import os
import re
from dataclasses import replace
from pathlib import Path

import httpx
import jsonschema
import pytest
from starlette.requests import Request

from app.reports.book import Issue
from app.reports.words import LANGUAGES, words_in
from app.reports.write import document
from app.results import look
from app.results.routes import spoken_by
from app.results.wire import stats_of
from app.statistics.definitions import FIGURES, Way
from app.statistics.measures import rate
from app.statistics.model import Dimension, Stage, Told
from app.store.engine import Store
from tests.results.conftest import publish
from tests.results.issues import PLACES, built, cell, founding, lively

HERE = Path(__file__).resolve().parent
SECRET = 424242
_MOST = 60_000  # bytes of page and stylesheet
_TAGS = re.compile(r"<[^>]+>")


def text_of(html: str) -> str:
    return " ".join(_TAGS.sub(" ", html).split())


def hostile() -> Issue:
    """A release whose untold cells hold a number all the same."""
    published = lively()
    return replace(
        published,
        cells=tuple(
            cell if cell.told is Told.EXACT else replace(cell, number=SECRET)
            for cell in published.cells
        ),
    )


async def test_before_the_first_release(site: httpx.AsyncClient) -> None:
    shown = await site.get("/results")
    assert shown.status_code == 200
    said = "when a quarter has ended, within minutes of it. The first ones come soon"
    assert said in shown.text
    assert "2027" not in shown.text  # no day is promised
    stats = (await site.get("/stats.json")).json()
    assert stats["release"] is None
    assert (await site.get("/results/en/report.pdf")).status_code == 404


async def test_the_whole_page_of_the_founding_programme(
    store: Store, site: httpx.AsyncClient
) -> None:
    """The page as it is; THREADLINE_WRITE=1 writes it anew to be read."""
    await publish(store, founding())
    shown = (await site.get("/results/en")).text
    shown = shown.replace(look.style_path(), "/results.css")
    kept = HERE / "pages" / "founding.en.html"
    if os.environ.get("THREADLINE_WRITE") == "1":
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(shown, encoding="utf-8")
    assert shown == kept.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("language", "figures"),
    [
        ("en", ("12,000", "3,500", "2,000", "400", "30", "83", "13")),
        ("nl", ("12.000", "3.500", "2.000", "400", "30", "83", "13")),
        ("bn", ("১২,০০০", "৩,৫০০", "২,০০০", "৪০০", "৩০", "৮৩", "১৩")),
    ],
)
async def test_the_founding_figures_are_printed(
    store: Store, site: httpx.AsyncClient, language: str, figures: tuple[str, ...]
) -> None:
    await publish(store, founding())
    shown = text_of((await site.get(f"/results/{language}")).text)
    assert [figure for figure in figures if figure not in shown] == []


async def test_what_the_original_did_not_record_is_said(
    store: Store, site: httpx.AsyncClient
) -> None:
    await publish(store, founding())
    shown = text_of((await site.get("/results/en?year=2019")).text)
    assert "What the original records do not say" in shown
    for gap in (
        "whether the worker confirmed that it was solved",
        "how long it took until resolved",
        "whether it was escalated, and to whom",
        "whether anybody made the worker pay for it",
        "what it was about",
        'what exactly was meant by "resolved"',
    ):
        assert gap.replace('"', "&#34;") in shown
    assert "logged before Threadline" in shown


async def test_no_page_or_file_lets_out_what_is_not_told(
    store: Store, site: httpx.AsyncClient
) -> None:
    await publish(store, hostile())
    pages = [f"/results/{language}" for language in LANGUAGES]
    pages += [f"/results/{language}?period=2025-Q3" for language in LANGUAGES]
    files = ["/stats.json", "/results/table/by-category.csv?period=2026"]
    files += [
        f"/results/table/{name}.csv" for name in ("after", "outcomes", "remedies")
    ]
    for address in (*pages, *files):
        shown = await site.get(address)
        assert shown.status_code == 200, address
        plain = re.sub(r"[.,]", "", shown.text)
        assert "424242" not in plain
        assert "৪২৪২৪২" not in plain


async def test_what_is_not_told_is_a_word_and_never_nought_or_blank(
    store: Store, site: httpx.AsyncClient
) -> None:
    await publish(store, lively())
    shown = (await site.get("/results/en")).text
    assert re.findall(r"<td[^>]*>\s*<(?:td|tr|/table)", shown) == []
    assert len(re.findall(r"<td[^>]*>\s*[\w<]", shown)) > 200
    assert "fewer than 10" in shown
    file = (await site.get("/results/table/by-category.csv")).text
    rows = list(csv.DictReader(io.StringIO(file)))
    untold = [row for row in rows if row["told"] != "exact"]
    assert untold
    assert {row["number"] for row in untold} == {"fewer than 10"}
    assert all(row["number"] for row in rows)


async def test_a_page_is_light_and_private(
    store: Store, site: httpx.AsyncClient
) -> None:
    await publish(store, lively())
    for language in LANGUAGES:
        await is_light_and_private(site, language)


async def is_light_and_private(site: httpx.AsyncClient, language: str) -> None:
    shown = await site.get(f"/results/{language}")
    style = await site.get(look.style_path())
    sent = shown.num_bytes_downloaded + style.num_bytes_downloaded
    assert sent < _MOST
    if language in ("en", "nl"):
        assert len(shown.content) + len(style.content) < _MOST
    assert "set-cookie" not in shown.headers
    assert "<script" not in shown.text
    assert re.findall(r'(?:src|href)="https?:', shown.text) == []
    policy = shown.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert shown.headers["content-language"] == language
    assert f'<html lang="{language}">' in shown.text


async def test_a_browser_that_has_it_is_not_sent_it_again(
    store: Store, site: httpx.AsyncClient
) -> None:
    await publish(store, lively())
    first = await site.get("/results/en")
    again = await site.get(
        "/results/en", headers={"If-None-Match": first.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    newer = replace(lively(), number=4, sha256="0a" * 32, cells=founding().cells)
    await publish(store, newer)
    shown = await site.get(
        "/results/en", headers={"If-None-Match": first.headers["etag"]}
    )
    assert shown.status_code == 200
    assert "83 of 83" in shown.text


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        pytest.param("nl-NL,nl;q=0.9,en;q=0.8", "nl", id="dutch"),
        pytest.param("fr,ta;q=0.5", "ta", id="the-first-that-is-spoken"),
        pytest.param("fr", "en", id="none-of-ours"),
        pytest.param("", "en", id="nothing-asked"),
        pytest.param("x" * 5000, "en", id="nonsense"),
    ],
)
def test_the_language_that_the_browser_asks_for(asked: str, language: str) -> None:
    headers = [(b"accept-language", asked.encode())]
    assert spoken_by(Request({"type": "http", "headers": headers})) == language


async def test_what_there_is_not_is_kindly_refused(
    store: Store, site: httpx.AsyncClient
) -> None:
    await publish(store, lively())
    for address in (
        "/results/xx",
        "/results/en?period=2026-Q9",
        "/results/en?period=1999",
        "/results/en?year=..%2F..",
        "/results/table/nothing.csv",
        "/results/table/by-category.csv?period=1999",
        "/results/en/charts/nothing.svg",
        "/results/xx/report.pdf",
    ):
        shown = await site.get(address)
        assert shown.status_code == 404, address
        assert "Nothing was published of this" in shown.text


async def test_stats_json_keeps_to_its_closed_schema(
    store: Store, site: httpx.AsyncClient
) -> None:
    await publish(store, lively())
    schema = (await site.get("/stats.schema.json")).json()
    stats = (await site.get("/stats.json")).json()
    jsonschema.validate(stats, schema)
    assert stats["release"]["number"] == 3
    assert stats["programme"]["2026"]["complaints"]["number"] == 214
    assert stats["programme"]["2026"]["withdrawn"] == {
        "told": "fewer",
        "number": None,
        "as_of": None,
        "has_history": False,
    }
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**stats, "more": 1}, schema)


async def test_every_definition_can_be_linked_to(site: httpx.AsyncClient) -> None:
    shown = (await site.get("/results/definitions")).text
    assert [figure for figure in FIGURES if f'id="{figure}"' not in shown] == []
    machine = (await site.get("/results/definitions.json")).json()
    assert {figure["id"] for figure in machine["figures"]} == set(FIGURES)


async def test_every_figure_of_a_page_links_to_its_definition(
    store: Store, site: httpx.AsyncClient
) -> None:
    await publish(store, lively())
    shown = (await site.get("/results/en")).text
    linked = set(re.findall(r'href="/results/definitions#(\w+)"', shown))
    assert len(linked) > 80
    assert linked <= set(FIGURES)
    written = document(lively(), "2026", words_in("en"), PLACES)
    told = {cell.figure for table in written.tables for cell in table.cells}
    assert {cell for cell in told if cell in FIGURES} <= linked
    assert set(written.figures) == linked


def test_a_number_is_linked_where_neither_its_row_nor_its_column_is() -> None:
    written = document(lively(), "2026", words_in("en"), PLACES)
    tables = {table.name: table for table in written.tables}
    kept = tables["kept"]
    assert [kept.own_figure(kept.rows[0], n) for n in range(4)] == [
        *("", "acknowledge_late", "acknowledge_running", "acknowledge_on_time_share"),
    ]
    remedies = tables["remedies"]
    assert remedies.own_figure(remedies.rows[0], 1) == "remedy_esi_registration"
    severity = tables["times-acknowledge-severity"]
    assert [severity.own_figure(severity.rows[0], n) for n in range(4)] == [""] * 4


def test_all_that_a_release_tells_of_its_year_stands_in_some_table() -> None:
    """A real release, with remedies and indicators: nothing is told and not shown."""
    published = built()
    said = document(published, "2025", words_in("en"), {})
    shown = {cell for table in said.tables for cell in table.cells}
    told = {
        cell
        for cell in published.cells
        if cell.period == "2025" and cell.told is Told.EXACT and cell.number
    }
    assert {(cell.by, cell.figure) for cell in told - shown} == set()
    assert {cell.by for cell in told} >= {"", "country", "channel", "site", "currency"}
    assert {"remedy_repair", "amount_back_pay"} <= {cell.figure for cell in shown}


def test_a_made_up_release_has_no_shape_that_a_real_one_has_not() -> None:
    for published in (lively(), founding()):
        strange = {cell.figure for cell in published.cells} - set(FIGURES)
        assert strange == set()
        counts = [
            cell.number
            for cell in published.cells
            if FIGURES[cell.figure].way is Way.SUM and cell.number
        ]
        assert min(counts) >= published.threshold
        by = {cell.by for cell in published.cells}
        assert by <= {"", "currency", "topic", *Dimension}
    numbers = {
        cell.figure: cell.number
        for cell in lively().cells
        if (cell.period, cell.by) == ("2026", "") and cell.number is not None
    }
    assert numbers["cases"] + numbers["parts"] == numbers["complaints"]
    assert numbers["confirmed"] + numbers["declared"] == numbers["resolved"]
    assert numbers["resolved"] + numbers["not_resolved"] == numbers["complaints"]
    for stage in Stage:
        kept = [numbers[f"{stage}_{how}"] for how in ("in_time", "late", "running")]
        assert sum(kept) == numbers["cases"]
        share = rate(int(kept[0]), int(kept[0] + kept[1]), 100)
        assert numbers[f"{stage}_on_time_share"] == share


@pytest.mark.parametrize(
    ("quarters", "is_a_gap"),
    [
        pytest.param((0, 0, 0, 0), True, id="no-quarter-has-any"),
        pytest.param((), True, id="no-quarter-is-spoken-of"),
        pytest.param((40, 20), True, id="some-are-of-no-quarter"),
        pytest.param((43, 20, 0, 20), False, id="all-are-of-quarters"),
        pytest.param((43, 20, None), False, id="a-quarter-is-not-told"),
    ],
)
def test_where_only_the_year_is_known_that_is_said(
    quarters: tuple[int | None, ...], is_a_gap: bool
) -> None:
    published = founding()
    others = [each for each in published.cells if "-Q" not in each.period]
    told = [
        cell("complaints", number, f"2019-Q{at}", has_history=True)
        for at, number in enumerate(quarters, start=1)
    ]
    written = document(
        replace(published, cells=(*others, *told)), "2019", words_in("en"), PLACES
    )
    gaps = next(each for each in written.sections if each.id == "gaps")
    assert ("on which day of the year" in gaps.said[0]) is is_a_gap


def test_a_silent_site_is_spoken_of_where_they_are_counted() -> None:
    def places(published: Issue, period: str) -> tuple[str, ...]:
        written = document(published, period, words_in("en"), PLACES)
        return next(each for each in written.sections if each.id == "places").said

    assert places(lively(), "2026")[0].startswith("A silent site is one to visit")
    assert places(founding(), "2019") == ()


@pytest.mark.parametrize(
    ("number", "told", "said"),
    [
        pytest.param(
            1209, Told.EXACT, "Nine in ten resolved within 51 days", id="told"
        ),
        pytest.param(
            None, Told.WITHHELD, "Nine in ten resolved within: not told", id="not-told"
        ),
        pytest.param(
            None,
            Told.NONE,
            "Nine in ten resolved within: nothing to measure",
            id="nothing",
        ),
    ],
)
def test_no_time_is_within_a_word(number: int | None, told: Told, said: str) -> None:
    published = lively()
    cells = [each for each in published.cells if each.figure != "resolve_hours_p90"]
    times = cell("resolve_hours_p90", number, told=told)
    one = replace(published, cells=(*cells, times))
    written = document(one, "2026", words_in("en"), PLACES)
    table = next(table for table in written.tables if table.name == "ungp")
    parts = [part.text for row in table.rows for part in row.said[0].parts]
    assert said in parts


async def test_a_column_of_figures_stays_one_where_none_is_told(
    store: Store, site: httpx.AsyncClient
) -> None:
    """Every column of figures is set at the right; of words, at the left."""
    published = lively()
    cells = [
        replace(each, number=None, told=Told.WITHHELD)
        if each.figure.startswith("escalated")
        else each
        for each in published.cells
    ]
    await publish(store, replace(published, cells=tuple(cells)))
    shown = (await site.get("/results/en?period=2026")).text
    at = shown.index('aria-label="Escalation, and the answers of brands"')
    table = shown[at : shown.index("</table>", at)]
    assert '<td class="w"' not in table
    assert re.findall(r'<th scope="col"([^>]*)>\s*Number', table) == [""]
    written = document(published, "2026", words_in("en"), PLACES)
    of_words = {
        (table.name, table.columns[n].label)
        for table in written.tables
        for n in range(len(table.columns))
        if table.is_of_words(n)
    }
    assert of_words == {
        *(("indicators", "Period"), ("indicators", "Where it can be looked up")),
        *(("others", "What it published"), ("others", "Source")),
        ("ungp", "What speaks of it"),
    }


async def test_what_is_long_stands_under_its_row_on_a_small_screen(
    store: Store, site: httpx.AsyncClient
) -> None:
    await publish(store, lively())
    shown = (await site.get("/results/en?period=2026")).text
    at = shown.index('aria-label="What the programme did"')
    table = shown[at : shown.index("</table>", at)]
    assert '<table class="stack">' in table
    long = re.findall(r'<td class="w long">\s*(\w+)', table)
    assert sorted(long) == ["Attendance", "asked"]
    assert ".stack .long{flex: 1 0 100%" in look.style().decode()


@pytest.mark.parametrize(
    ("period", "said"),
    [
        pytest.param("2025", "fewer than 10", id="a-year-with-remedies"),
        pytest.param("2025-Q3", "Remedies are told of whole years", id="its-quarter"),
        pytest.param(
            "2026-Q1",
            "of 2026 are told when that year has ended",
            id="running",
        ),
    ],
)
def test_why_there_is_no_remedy_is_said(period: str, said: str) -> None:
    written = document(built(), period, words_in("en"), {})
    section = next(each for each in written.sections if each.id == "remedies")
    words = [*section.said, *(table.title for table in section.tables)]
    cells = [each.text for t in section.tables for row in t.rows for each in row.said]
    assert said in " ".join([*words, *cells])
    is_running = any("when that year has ended" in each for each in written.headline)
    assert is_running is (period == "2026-Q1")


def test_a_year_of_indicators_alone_is_no_point_of_the_trend() -> None:
    published = founding()
    later = replace(published, cells=(*published.cells, cell("complaints", 12, "2021")))
    written = document(later, "2019", words_in("en"), PLACES)
    years = next(table for table in written.tables if table.name == "years")
    assert [row.label for row in years.rows] == ["2019", "2021"]


def test_the_eight_criteria_name_what_speaks_of_them() -> None:
    written = document(lively(), "2026", words_in("en"), PLACES)
    table = next(table for table in written.tables if table.name == "ungp")
    said = {row.label.partition(":")[0]: row.said[0] for row in table.rows}
    assert "whose committee knows of complaints: 19" in said["Accessible"].text
    assert "health insurance (ESI): 412" in said["Compatible with rights"].text
    assert said["A source of learning"].text == "Workers trained: Child rights: 812"
    assert said["Based on dialogue"].text.startswith("Workers' committees set up: 17")
    assert "not measured" in {each.text for each in said.values()}
    for each in said.values():
        assert all(part.figure in FIGURES for part in each.parts)


async def test_the_schema_takes_nothing_that_is_not_meant(
    store: Store, site: httpx.AsyncClient
) -> None:
    await publish(store, lively())
    schema = (await site.get("/stats.schema.json")).json()
    stats = (await site.get("/stats.json")).json()
    exact = {"told": "exact", "number": 4, "as_of": None, "has_history": False}
    wrong = (
        {"soon": {"complaints": exact}},
        {"2026-Q5": {"complaints": exact}},
        {"2026": {"anything": exact}},
        {"2026": {"complaints": {**exact, "number": None}}},
        {"2026": {"complaints": {**exact, "told": "fewer"}}},
        {"2026": {"complaints": {"told": "exact"}}},
        {"2026": {"complaints": {**exact, "more": 1}}},
    )
    jsonschema.validate({**stats, "programme": {"2026": {"complaints": exact}}}, schema)
    for programme in wrong:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**stats, "programme": programme}, schema)


def test_two_sites_under_one_os_id_are_both_told_of() -> None:
    meghna = PLACES["482170"]
    places = {
        **PLACES,
        "482171": replace(meghna, code="482171", name="Meghna Knit, unit 2"),
    }
    told = stats_of(lively(), places).sites[meghna.os_id]
    assert [each.name for each in told] == ["Meghna Knit", "Meghna Knit, unit 2"]
    assert told[0].periods["2026"]["complaints"].number == 31
    assert told[1].periods == {}


async def test_charts_and_papers_are_those_that_were_drawn(
    store: Store, site: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.reports.render.LANGUAGES", {"en": "English"})
    bare = (await site.get("/results/en")).text
    await publish(store, lively(), is_drawn=True)
    shown = (await site.get("/results/en")).text
    assert "<img" not in bare
    pictures = re.findall(r'src="(/results/en/charts/[^"]+)"', shown)
    assert len(pictures) > 10
    for address in pictures:
        picture = await site.get(address.replace("&amp;", "&"))
        assert picture.status_code == 200
        assert picture.headers["content-type"] == "image/svg+xml"
    paper = await site.get("/results/en/report.pdf?period=2026")
    assert paper.content.startswith(b"%PDF")
    dutch = (await site.get("/results/nl")).text
    assert "<img" not in dutch


async def test_a_part_is_told_no_more_than_its_whole(
    store: Store, site: httpx.AsyncClient
) -> None:
    """Where a release has no cell of a part, its row still says why."""
    published = lively()
    bare = tuple(
        cell
        for cell in published.cells
        if (cell.by, cell.value) not in (("category", "DORM"), ("category", "WASH"))
        or cell.figure == "complaints"
    )
    sites = tuple(cell for cell in bare if (cell.by, cell.value) != ("site", "482170"))
    await publish(store, replace(published, cells=sites))
    shown = text_of((await site.get("/results/en")).text)
    few = "fewer than 10"
    assert f"Hostel and transport {few} {few} {few} {few}" in shown
    assert "Water, toilets, food 19 not told not told not told" in shown
    assert "Nothing can be told of the other 1." in shown
