"""The public addresses of the results."""

import asyncio
import csv
import io
import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.edge.deps import Parts
from app.reports.book import Issue, said
from app.reports.paper import METHOD
from app.reports.render import PDF_TYPE, chart_name, report_name
from app.reports.words import LANGUAGES, SOURCE, Words, words_in
from app.reports.write import document
from app.results import look, reading
from app.results.answer import FOR_GOOD, HTML, OF_PICTURES, Body, answer
from app.results.wire import PERIOD, schema, stats_of
from app.statistics.definitions import FIGURES, VERSION, as_json
from app.statistics.model import Cell, Told
from app.store import releases
from app.store.readers.issues import of_period, over_time, places_of

_JSON = "application/json"
_CSV = "text/csv; charset=utf-8"
_MOST_KEPT = 400  # answers in memory, all of one release
_QUARTERS_OFFERED = 12
_COLUMNS = (
    *("period", "by", "value", "figure", "number", "told", "as_of", "has_history"),
    "definitions",
)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ResultsRoom:
    """Where results are asked for; what was made of a release is kept for it.

    One thing is made at a time, beside the loop: whoever asks for a thousand pages
    at once keeps nobody waiting who asks for one that there is.
    """

    parts: Parts
    kept: dict[tuple[str, ...], Any] = field(default_factory=dict)
    making: asyncio.Lock = field(default_factory=asyncio.Lock)

    # --------------------------------------------------------------- pages

    async def results(self, request: Request) -> Response:
        """Show the period that is asked for, else the newest that has anything."""
        chosen = request.path_params.get("language") or spoken_by(request)
        period = asked_period(request)
        if period is None or chosen not in LANGUAGES:
            return self._unknown(request)
        words = words_in(chosen)
        header = await self._newest()
        if header is None:
            return answer(request, _nothing(words, is_early=True))
        told = await self._told(header)
        period = period or told.first
        if period not in told.periods:
            return self._unknown(request)
        async with self.parts.store.transaction() as tx:
            is_drawn = await reading.is_drawn(tx, header, words.language, period)
        # What was shown before its charts were there is made anew with them.
        key = ("page", words.language, period, "drawn" if is_drawn else "")
        page = await self._made(
            header, key, lambda h: self._page(h, words, period, told.periods)
        )
        return answer(request, page)

    async def _page(
        self,
        header: releases.Header,
        words: Words,
        period: str,
        periods: Sequence[str],
    ) -> Body:
        async with self.parts.store.transaction() as tx:
            issue = await of_period(tx, header, period)
            directory = await self.parts.store.directory_now(tx)
            drawn = await reading.drawn_of(tx, header, words.language, period)

        def written() -> Body:
            html = look.page(
                "results.html",
                words,
                document=document(issue, period, words, places_of(directory)),
                method_title=words.say(METHOD),
                periods=[(each, words.quarter(each)) for each in offered(periods)],
                drawn=reading.pictures(drawn, period),
                has_report=report_name(period) in drawn,
                release=header.number,
                known=FIGURES,
                asked=f"?period={period}",
                spoken=words.language,
            )
            return Body.of(html, HTML, Content_Language=words.language)

        return await asyncio.to_thread(written)

    def _unknown(self, request: Request) -> Response:
        asked = request.path_params.get("language", "")
        words = words_in(asked if asked in LANGUAGES else spoken_by(request))
        return answer(request, _nothing(words), status=404)

    async def definitions(self, request: Request) -> Response:
        """Show every definition; the exact wording is English."""
        html = look.page(
            "definitions.html",
            words_in(SOURCE),
            figures=list(FIGURES.values()),
            version=VERSION,
            asked="",
            spoken="",
        )
        return answer(request, Body.of(html, HTML, Content_Language=SOURCE))

    async def definitions_json(self, request: Request) -> Response:
        return answer(request, _json(as_json()))

    # --------------------------------------------------------------- files

    async def report(self, request: Request) -> Response:
        """Send the paper that was set when the release was published."""
        return await self._file(request, report_name, policy="default-src 'none'")

    async def chart(self, request: Request) -> Response:
        """Send a chart that was drawn when the release was published."""
        name = request.path_params["name"]
        return await self._file(
            request, lambda period: chart_name(period, name), policy=OF_PICTURES
        )

    async def _file(
        self, request: Request, name_of: Callable[[str], str], *, policy: str
    ) -> Response:
        language = request.path_params["language"]
        header = await self._newest()
        period = asked_period(request)
        if header is None or period is None or language not in LANGUAGES:
            return self._unknown(request)

        name = name_of(period or (await self._told(header)).first)
        found = await reading.file(self.parts.store, header, name, language)
        if found is None:
            return self._unknown(request)
        body = Body.of(
            found.content,
            found.kind,
            is_dense=found.kind == PDF_TYPE,
            Content_Disposition=f'inline; filename="threadline-{_flat(name)}"',
        )
        return answer(request, body, policy=policy)

    async def table(self, request: Request) -> Response:
        """Send the cells that a table is made of, in codes and plain numbers."""
        header = await self._newest()
        period = asked_period(request)
        if header is None or period is None:
            return self._unknown(request)
        told = await self._told(header)
        period = period or told.first
        if period not in told.periods:
            return self._unknown(request)
        tables = await self._made(
            header, ("tables", period), lambda h: self._tables(h, period)
        )
        body = tables.get(request.path_params["name"])
        return answer(request, body) if body else self._unknown(request)

    async def _tables(self, header: releases.Header, period: str) -> Mapping[str, Body]:
        """Return the files of all tables of a period, by name."""
        async with self.parts.store.transaction() as tx:
            issue = await of_period(tx, header, period)
            directory = await self.parts.store.directory_now(tx)

        def written() -> dict[str, Body]:
            places = places_of(directory)
            return {
                table.name: Body.of(
                    _csv(issue, table.cells),
                    _CSV,
                    Content_Disposition=(
                        f'attachment; filename="{table.name}-{period}.csv"'
                    ),
                )
                for table in document(issue, period, words_in(SOURCE), places).tables
                if table.cells
            }

        return await asyncio.to_thread(written)

    async def stats(self, request: Request) -> Response:
        """Send the newest release for machines."""
        header = await self._newest()
        if header is None:
            directory = await self.parts.store.directory()
            empty = stats_of(None, places_of(directory))
            return answer(request, _json(empty.model_dump(mode="json")))

        async def made(header: releases.Header) -> Body:
            async with self.parts.store.transaction() as tx:
                issue = await reading.everything(tx, header)
                directory = await self.parts.store.directory_now(tx)
            places = places_of(directory)
            return await asyncio.to_thread(
                lambda: _json(stats_of(issue, places).model_dump(mode="json"))
            )

        return answer(request, await self._made(header, ("stats",), made))

    async def schema(self, request: Request) -> Response:
        """Send the closed form of stats.json, as a JSON schema."""
        return answer(request, _json(schema()))

    async def style(self, request: Request) -> Response:
        body = Body.of(look.style(), "text/css; charset=utf-8")
        return answer(request, body, cache=FOR_GOOD)

    # -------------------------------------------------------------- keeping

    async def _newest(self) -> releases.Header | None:
        async with self.parts.store.transaction() as tx:
            return await reading.newest(tx)

    async def _told(self, header: releases.Header) -> "_Told":
        async def made(header: releases.Header) -> _Told:
            async with self.parts.store.transaction() as tx:
                told = await over_time(tx, header)
            return _Told(told.periods, told.first_to_show() or "")

        return await self._made(header, ("told",), made)

    async def _made(
        self,
        header: releases.Header,
        key: tuple[str, ...],
        make: Callable[[releases.Header], Awaitable[T]],
    ) -> T:
        """Return what was made of this release before, or make it now and keep it.

        A release never changes, so nothing of it grows old; what was made of an
        earlier one is forgotten.
        """
        release = (str(header.number), header.sha256.hex())
        whole = (*release, *key)
        if whole not in self.kept:
            async with self.making:
                if whole not in self.kept:  # nobody made it while we waited
                    made = await make(header)
                    if len(self.kept) >= _MOST_KEPT or not _is_of(self.kept, release):
                        self.kept.clear()
                    self.kept[whole] = made
                    return made
        found: T = self.kept[whole]
        return found


@dataclass(frozen=True, slots=True)
class _Told:
    """The periods that a release tells of, and which of them is shown unasked."""

    periods: Sequence[str]
    first: str  # blank: there is none


def _is_of(kept: dict[tuple[str, ...], Body], release: tuple[str, str]) -> bool:
    return all(key[:2] == release for key in kept)


def spoken_by(request: Request) -> str:
    """Return the first of the five languages that the browser asks for."""
    wanted = [
        part.partition(";")[0].strip().replace("-", "_")
        for part in request.headers.get("accept-language", "")[:200].split(",")
    ]
    for each in wanted:
        code = each.partition("_")[0].lower()
        if code in LANGUAGES:
            return code
    return SOURCE


def asked_period(request: Request) -> str | None:
    """Return the period of the address, blank for none, None for what is no period."""
    query = request.query_params
    period = query.get("period") or query.get("year") or ""
    return period if not period or re.fullmatch(PERIOD, period) else None


def offered(periods: Sequence[str]) -> tuple[str, ...]:
    """Return all years and the newest quarters, in the order given."""
    quarters = [period for period in periods if "-" in period][:_QUARTERS_OFFERED]
    return tuple(each for each in periods if "-" not in each or each in quarters)


def _nothing(words: Words, *, is_early: bool = False) -> Body:
    """Say kindly that there is nothing, or nothing yet."""
    html = look.page(
        "none.html", words, is_early=is_early, asked="", spoken=words.language
    )
    return Body.of(html, HTML, Content_Language=words.language)


def _json(value: object) -> Body:
    return Body.of(json.dumps(value, ensure_ascii=False).encode(), _JSON)


def _csv(issue: Issue, cells: Sequence[Cell]) -> bytes:
    """Return cells in long form; what is not told is a word, never blank or nought."""
    file = io.StringIO()
    lines = csv.writer(file, lineterminator="\r\n")
    lines.writerow(_COLUMNS)
    for cell in cells:
        lines.writerow(
            (
                cell.period,
                cell.by,
                _harmless(cell.value),
                cell.figure,
                _plain(cell, issue),
                cell.told.value,
                cell.as_of.isoformat() if cell.as_of else "",
                "yes" if cell.has_history else "no",
                issue.definitions,
            )
        )
    return file.getvalue().encode()


def _plain(cell: Cell, issue: Issue) -> str:
    if cell.told is Told.EXACT and cell.number is not None:
        return f"{cell.number:g}" if cell.number < 1e6 else f"{cell.number:.0f}"
    return said(cell, words_in(SOURCE), issue.threshold).text


def _flat(name: str) -> str:
    """Return a name as it may stand in a header."""
    return re.sub(r"[^A-Za-z0-9._-]", "-", name)


def _harmless(value: str) -> str:
    """Keep a spreadsheet from taking a name for a formula."""
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t")) else value


def results_routes(room: ResultsRoom) -> Sequence[BaseRoute]:
    """Return the addresses of the results; fixed names before those of languages."""
    get = ["GET"]
    return (
        Route("/results.css", room.style, methods=get),
        Route("/stats.json", room.stats, methods=get),
        Route("/stats.schema.json", room.schema, methods=get),
        Route("/results", room.results, methods=get),
        Route("/results/definitions", room.definitions, methods=get),
        Route("/results/definitions.json", room.definitions_json, methods=get),
        Route("/results/table/{name}.csv", room.table, methods=get),
        Route("/results/{language}", room.results, methods=get),
        Route("/results/{language}/report.pdf", room.report, methods=get),
        Route("/results/{language}/charts/{name}.svg", room.chart, methods=get),
    )
