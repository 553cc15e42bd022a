"""A page as a browser sends it: fields and files, never on a disk."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from app.channels.form import read_form
from app.scrubbing.verdict import MOST_BYTES, MOST_FILES

# Five files, the words, and what a browser writes between them.
LARGEST_PAGE = MOST_FILES * MOST_BYTES + 512 * 1024
_LARGEST_FORM = 256 * 1024  # without files
_MOST_PARTS = 40
_DRAINED = 2 * LARGEST_PAGE
AT_ONCE = 256 * 1024 * 1024  # bytes of all pages with files that are read at a time

_ACCEPTED = 16  # languages looked at


class TooLarge(Exception):
    """The page brought more than we take; what was sent is read and thrown away."""


class Malformed(Exception):
    """The body is no form."""


class Crowded(Exception):
    """So many files are being sent just now that there is no room for more."""


@dataclass(frozen=True, slots=True)
class Form:
    """The inputs by name, the first of each, and the files; empty ones left out."""

    fields: Mapping[str, str] = field(repr=False)
    files: tuple[bytes, ...] = field(default=(), repr=False)


class Room:
    """Memory for pages with files: they are held until they are sealed."""

    def __init__(self, size: int = AT_ONCE) -> None:
        self._left = size

    def take(self, size: int) -> None:
        if size > self._left:
            raise Crowded
        self._left -= size

    def give_back(self, size: int) -> None:
        self._left += size


class _InMemory(MultiPartParser):
    """The library's parser would put a larger file on the disk, readable."""

    spool_max_size = LARGEST_PAGE


async def read_page(request: Request, room: Room) -> Form:
    """Read one page. Raise `TooLarge`, `Malformed` or `Crowded`."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    stated = request.headers.get("content-length", "")
    size = int(stated) if stated.isdigit() and len(stated) < 16 else LARGEST_PAGE
    if kind == "multipart/form-data":
        return await _read_with_files(request, room, size)
    if kind != "application/x-www-form-urlencoded":
        raise Malformed
    body = b"".join([chunk async for chunk in _counted(request, _LARGEST_FORM)])
    return Form(_first(read_form(body)))


async def _read_with_files(request: Request, room: Room, size: int) -> Form:
    if size > LARGEST_PAGE:
        await _drain(request)
        raise TooLarge
    try:
        room.take(size)
    except Crowded:
        await _drain(request)
        raise
    try:
        parser = _InMemory(
            request.headers,
            _counted(request, LARGEST_PAGE),
            max_files=_MOST_PARTS,
            max_fields=_MOST_PARTS,
            max_part_size=_LARGEST_FORM,
        )
        form = await parser.parse()
        return await _form(form.multi_items())
    except (MultiPartException, KeyError, UnicodeDecodeError):
        raise Malformed from None
    finally:
        room.give_back(size)


async def _form(items: list[tuple[str, Any]]) -> Form:
    fields: list[tuple[str, str]] = []
    files: list[bytes] = []
    for name, value in items:
        if isinstance(value, str):
            fields.append((name, value))
        elif isinstance(value, UploadFile):
            content = await value.read()
            await value.close()
            if content or value.filename:
                files.append(content)
    return Form(_first(fields), tuple(files))


def _first(pairs: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in pairs:
        found.setdefault(name, value.replace("\x00", "").replace("\r\n", "\n"))
    return found


async def _counted(request: Request, most: int) -> AsyncGenerator[bytes, None]:
    taken = 0
    async for chunk in request.stream():
        taken += len(chunk)
        if taken > most:
            await _drain(request)
            raise TooLarge
        yield chunk


async def _drain(request: Request) -> None:
    """Read on for a while, so that the browser comes to read the answer."""
    taken = 0
    async for chunk in request.stream():
        taken += len(chunk)
        if taken > _DRAINED:
            return


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
