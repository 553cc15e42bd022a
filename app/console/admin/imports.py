"""Import a CSV file: what it would do first, then, if that is meant, now."""

import hmac
from collections.abc import Mapping

from starlette.responses import Response

from app.actions.import_directory import import_directory
from app.actions.import_preview import LARGEST_FILE, Preview, preview
from app.console.frame import Door, Place, Visit
from app.directory_files.kinds import Kind
from app.directory_files.problems import ImportRefused, Problem
from app.directory_files.record import Imported
from app.domain.errors import BadInput
from app.wording.line import N_, Line

PAGE = "/room/admin/import"

KINDS: Mapping[Kind, str] = {
    Kind.SITES: N_("Sites"),
    Kind.BRANDS: N_("Brands"),
    Kind.SOURCING: N_("Sourcing"),
    Kind.PEOPLE: N_("People"),
    Kind.HOLIDAYS: N_("Holidays"),
    Kind.NUMBERS: N_("Hotline numbers"),
    Kind.HELPLINES: N_("Helplines"),
    Kind.COMMITTEES: N_("Rules for committees"),
}
_DONE = N_("Rows added: {added}; changed: {changed}; as they were: {same}.")
_NO_TEXT = "this is not UTF-8: save the file as CSV UTF-8"
_MOST_SHOWN = 100


def places(_door: Door) -> tuple[Place, ...]:
    return (
        Place("GET", PAGE, "admin", _form),
        Place("POST", PAGE, "admin", _take),
    )


async def _form(visit: Visit) -> Response:
    asked = visit.asked("kind")
    return _page(visit, Kind(asked) if asked in set(Kind) else None)


async def _take(visit: Visit) -> Response:
    """Preview a file, or import the text that a preview gave back.

    The text comes back with its seal: what is imported is what was looked at.
    """
    kind = visit.said("kind")
    if kind not in set(Kind):
        raise BadInput("Choose what the file holds.")
    if visit.said("step") == "import":
        return await _import(visit, Kind(kind))
    content = await visit.file("file")
    if not content:
        raise BadInput("Choose a file.")
    if len(content) > LARGEST_FILE:
        raise BadInput(
            "The file is larger than 256 kB: cut it in two, or import it with the"
            " command line."
        )
    try:
        text = _plain(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        wrong = Preview(problems=(Problem(row, "", _NO_TEXT),))
        return _page(visit, Kind(kind), wrong)
    found = await _preview(visit, Kind(kind), text)
    return _page(visit, Kind(kind), found, text)


async def _import(visit: Visit, kind: Kind) -> Response:
    text = visit.words("text", most=LARGEST_FILE)
    if not hmac.compare_digest(visit.said("seal").encode(), _seal(visit, kind, text)):
        raise BadInput("This is not the file that was looked at: choose it again.")
    try:
        done = await import_directory(
            visit.store,
            kind,
            text.encode(),
            at=visit.at,
            by=visit.person.id,
            through="page",
            carriers=visit.carriers,
        )
    except ImportRefused:
        # Somebody changed the programme since it was looked at.
        found = await _preview(visit, kind, text)
        return _page(visit, kind, found, text)
    if done.secrets:
        return visit.page("admin_secrets.html", secrets=done.secrets)
    return visit.see_other(PAGE, _said(done))


async def _preview(visit: Visit, kind: Kind, text: str) -> Preview:
    return await preview(
        visit.store, kind, text.encode(), at=visit.at, carriers=visit.carriers
    )


def _said(done: Imported) -> Line:
    counts = {"added": done.added, "changed": done.changed, "same": done.unchanged}
    return Line(_DONE, counts)


def _plain(text: str) -> str:
    """Return the text as a browser will give it back."""
    return text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n").strip()


def _seal(visit: Visit, kind: Kind, text: str) -> bytes:
    said = f"import|{kind}|{text}".encode()
    return hmac.new(visit.token.encode(), said, "sha256").hexdigest().encode()


def _page(
    visit: Visit, kind: Kind | None, found: Preview | None = None, text: str = ""
) -> Response:
    return visit.page(
        "admin_import.html",
        status=400 if found and not found.is_fit else 200,
        kinds=KINDS,
        kind=kind,
        found=found,
        text=text,
        seal=_seal(visit, kind, text).decode() if kind and text else "",
        rows=found.rows[:_MOST_SHOWN] if found else (),
        problems=found.problems[:_MOST_SHOWN] if found else (),
        largest=LARGEST_FILE // 1024,
        action=PAGE,
    )
