"""A page as a browser sends it: fields and files, never on a disk."""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from app.channels.form import read_form
from app.scrubbing.verdict import MOST_BYTES, MOST_FILES

_LARGEST_FORM = 256 * 1024  # all the inputs of a page that are no files
_MOST_PARTS = 200
# A film is read to its end and let go of, so that the words beside it arrive.
MOST_READ = 256 * 1024 * 1024
AT_ONCE = 256 * 1024 * 1024  # bytes of files that are held at a time, by all pages
_SILENCE = 60.0  # seconds without a byte, on the slowest line
_ACCEPTED = 16  # languages looked at


class TooLarge(Exception):
    """The page brought more than anybody reads."""


class Malformed(Exception):
    """The body is no form."""


@dataclass(frozen=True, slots=True)
class Form:
    """The inputs by name, the first of each, and the files; empty ones left out.

    A file that is too large is there with one byte more than is taken; None
    stands for one for which there was no room.
    """

    fields: Mapping[str, str] = field(repr=False)
    files: tuple[bytes | None, ...] = field(default=(), repr=False)


class Room:
    """Memory for files: they are held until they are sealed."""

    def __init__(self, size: int = AT_ONCE) -> None:
        self.left = size

    @contextmanager
    def seat(self) -> Iterator["Seat"]:
        """Take room as bytes arrive, and give it back when the page is done with."""
        seat = Seat(self)
        try:
            yield seat
        finally:
            self.left += seat.taken


class Seat:
    """What one page holds of the room."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self.taken = 0

    def take(self, size: int) -> bool:
        """Take room; False where so much is not left."""
        if size > self._room.left:
            return False
        self._room.left -= size
        self.taken += size
        return True


class _InMemory(MultiPartParser):
    """Keeps what is taken of each file, and never on the disk.

    The library's parser would put a larger file there, readable.
    """

    spool_max_size = MOST_BYTES + 1

    def __init__(self, seat: Seat, *of: Any, **more: Any) -> None:
        super().__init__(*of, **more)
        self._seat = seat
        self._kept = 0
        self._files_begun = 0
        self.without_room: list[UploadFile] = []

    def on_headers_finished(self) -> None:
        super().on_headers_finished()
        self._kept = 0
        self._files_begun += self._current_part.file is not None

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        file = self._current_part.file
        if file is not None:
            most = MOST_BYTES + 1 if self._files_begun <= MOST_FILES else 1
            end = min(end, start + most - self._kept)
            if end <= start or file in self.without_room:
                return
            if not self._seat.take(end - start):
                self.without_room.append(file)
                return
            self._kept += end - start
        super().on_part_data(data, start, end)


async def read_page(request: Request, seat: Seat) -> Form:
    """Read one page. Raise `TooLarge` or `Malformed`.

    Raise `TimeoutError` where the other side has gone silent.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return await _read_with_files(request, seat)
    if kind != "application/x-www-form-urlencoded":
        raise Malformed
    body = b"".join([chunk async for chunk in _counted(request, _LARGEST_FORM)])
    return Form(_first(read_form(body)))


async def _read_with_files(request: Request, seat: Seat) -> Form:
    try:
        parser = _InMemory(
            seat,
            request.headers,
            _counted(request, MOST_READ),
            max_files=_MOST_PARTS,
            max_fields=_MOST_PARTS,
            max_part_size=_LARGEST_FORM,
        )
        form = await parser.parse()
        return await _form(form.multi_items(), parser.without_room)
    except (MultiPartException, KeyError, UnicodeDecodeError, LookupError):
        raise Malformed from None


async def _form(
    items: Iterable[tuple[str, Any]], without_room: Sequence[UploadFile]
) -> Form:
    fields: list[tuple[str, str]] = []
    files: list[bytes | None] = []
    for name, value in items:
        if isinstance(value, str):
            fields.append((name, value))
        elif isinstance(value, UploadFile):
            content = await value.read()
            await value.close()
            if value in without_room:
                files.append(None)
            elif content or value.filename:
                files.append(content)
    return Form(_first(fields), tuple(files))


def _first(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in pairs:
        found.setdefault(name, value.replace("\x00", "").replace("\r\n", "\n"))
    return found


async def _counted(request: Request, most: int) -> AsyncGenerator[bytes, None]:
    taken, chunks = 0, aiter(request.stream())
    while True:
        async with asyncio.timeout(_SILENCE):
            chunk = await anext(chunks, None)
        if chunk is None:
            return
        taken += len(chunk)
        if taken > most:
            raise TooLarge
        yield chunk


def is_of_ours(request: Request, base_url: str) -> bool:
    """Tell whether a page of ours sent it, as far as the browser says.

    Browsers of the last years say so in Sec-Fetch-Site. Older ones name the
    origin, or "null", since our pages let no referrer out: that says nothing.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin", "null")
    own = {_origin(base_url), f"{request.url.scheme}://{request.headers.get('host')}"}
    return origin == "null" or origin in own


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def accepted(header: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    """Return the languages that a browser asks for, of those given, best first."""
    ranked: list[tuple[float, str]] = []
    for part in header.split(",")[:_ACCEPTED]:
        tag, _, rest = part.partition(";")
        code = tag.strip().lower().partition("-")[0]
        try:
            quality = float(rest.partition("q=")[2] or 1)
        except ValueError:
            quality = 0.0
        if code in languages and quality > 0:
            ranked.append((quality, code))
    return tuple(dict.fromkeys(code for _, code in sorted(ranked, key=lambda r: -r[0])))
