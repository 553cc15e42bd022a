"""`threadline prompts …`: what the line says aloud, and who lends it a voice."""

import secrets
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from app.cli.ground import LOCALES, Ground, catalog, console, on_ground, print_json, say
from app.cli.prompt_files import Taken, folders, take_files
from app.cli.prompt_sheet import as_csv, as_html, sheet
from app.cli.synthesis import build as build_sounds
from app.conversation.calls.spoken import PROMPTS
from app.domain.errors import BadInput
from app.domain.taxonomy import LANGUAGES
from app.store.prompts import Sounds, StudioPass, keep, open_studio
from app.wording.catalog import Catalog
from app.wording.pieces import site_id
from app.wording.sounds import Book, Manifest, Standing, is_site
from app.wording.voices import voice_for

STUDIO_OPEN = timedelta(hours=24)

prompts = typer.Typer(
    help="The spoken prompts: build, export, import, record, status.",
    no_args_is_help=True,
)

AsJson = Annotated[bool, typer.Option("--json", help="Print as JSON.")]
Language = Annotated[str, typer.Option("--language", help="bn, hi, ta or en.")]


def add_to(app: typer.Typer) -> None:
    app.add_typer(prompts, name="prompts")


@prompts.command()
def build() -> None:
    """Make the machine's voice anew where a sentence changed (development)."""
    words = catalog()
    for language, made, kept, removed in build_sounds(LOCALES, words, PROMPTS):
        name = words.language_name(language) if language else "tone"
        say(f"{name}: {made} made, {kept} as before, {removed} removed.")


@prompts.command("export")
def export_(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]")] = Path("prompts"),
    language: Language = "",
    as_json: AsJson = False,
) -> None:
    """Write a script for each language to hand to a speaker: a page and a table."""
    chosen, words = _languages(language), catalog()

    async def work(ground: Ground) -> tuple[Book, dict[str, str]]:
        sites = (await ground.directory()).sites.values()
        return await _book(ground, words), {site_id(s.code): s.name for s in sites}

    book, names = on_ground(work)
    written = []
    for code in chosen:
        lines = sheet(book, code, names)
        target = folder / code
        target.mkdir(parents=True, exist_ok=True)
        (target / "script.html").write_text(as_html(lines, code, words), "utf-8")
        (target / "script.csv").write_text(as_csv(lines), "utf-8", newline="")
        written.append({"language": code, "folder": str(target), "lines": len(lines)})
    if as_json:
        print_json(written)
        return
    for entry in written:
        say(f"{entry['folder']}: script.html and script.csv, {entry['lines']} pieces.")
    say(f"Put the recordings beside them, then: threadline prompts import {folder}")


@prompts.command("import")
def import_(
    folder: Annotated[Path, typer.Argument(metavar="DIR")],
    voice: Annotated[str, typer.Option(help="Whose voice it is.")] = "unnamed",
    language: Language = "",
    as_json: AsJson = False,
) -> None:
    """Take in recordings named after their prompts, from DIR/bn, DIR/hi …"""
    found = folders(folder, _languages(language), language)

    async def work(ground: Ground) -> list[Taken]:
        book = await _book(ground, catalog())
        taken = [
            one
            for code, place in found.items()
            for one in take_files(place, code, voice, book)
        ]
        spoken = [one.spoken for one in taken if one.spoken]
        if spoken:
            async with ground.store.transaction() as tx:
                await keep(tx, spoken, at=ground.at)
        return taken

    taken = on_ground(work)
    if as_json:
        print_json([_taken_as_json(one) for one in taken])
    else:
        _print_taken(taken)
    if any(one.spoken is None for one in taken):
        raise typer.Exit(1)


@prompts.command()
def status(
    as_json: AsJson = False,
    every: Annotated[bool, typer.Option("--all", help="List every prompt.")] = False,
    language: Language = "",
) -> None:
    """Say which voices there are, and in which languages callers hear a menu."""
    chosen, words = _languages(language), catalog()

    async def work(ground: Ground) -> list[dict[str, Any]]:
        book = await _book(ground, words)
        directory = await ground.directory()
        answering = [n for n in directory.numbers.values() if n.voice != "none"]
        return [
            _standing(
                book,
                code,
                sorted({n.country for n in answering if code in n.languages}),
                every,
            )
            for code in chosen
        ]

    found = on_ground(work)
    if as_json:
        print_json(found)
    else:
        _print_standing(found, words)


@prompts.command()
def studio(
    language: Annotated[str, typer.Option("--language", help="bn, hi, ta or en.")],
    voice: Annotated[str, typer.Option("--voice", help="Who is going to speak.")],
    as_json: AsJson = False,
) -> None:
    """Let a speaker record the prompts by phone: a code that holds for a day."""
    (code_of_language,) = _languages(language or "none")

    async def work(ground: Ground) -> dict[str, Any]:
        until = ground.at + STUDIO_OPEN
        numbers = (await ground.directory()).numbers.values()
        lent = StudioPass(code_of_language, voice)
        async with ground.store.transaction() as tx:
            code = ""
            while not code:
                drawn = f"{secrets.randbelow(1_000_000):06d}"
                tag = ground.store.keyring.pin_hash("studio", drawn)
                if await open_studio(tx, tag, lent, at=ground.at, to=until):
                    code = drawn
        return {
            "code": code,
            "language": code_of_language,
            "voice": voice,
            "until": until.isoformat(timespec="minutes"),
            "numbers": [n.number for n in numbers if n.voice == "studio"],
        }

    opened = on_ground(work)
    if as_json:
        print_json(opened)
        return
    say(f"The code of {voice} is {opened['code']}, shown this once, for 24 hours.")
    if opened["numbers"]:
        say(f"Call {' or '.join(opened['numbers'])} with the printed script at hand.")
    else:
        say(
            "No number records prompts yet: in numbers.csv set one's voice to"
            " `studio`, then: threadline import numbers numbers.csv"
        )


def _languages(chosen: str) -> tuple[str, ...]:
    if not chosen:
        return LANGUAGES
    if chosen not in LANGUAGES:
        raise BadInput(f"--language {chosen}: one of {', '.join(LANGUAGES)}.")
    return (chosen,)


async def _book(ground: Ground, words: Catalog) -> Book:
    allowed = ground.settings.allow_synthetic_prompts
    sounds = Sounds(Manifest.load(LOCALES), words, PROMPTS, allow_synthetic=allowed)
    async with ground.store.transaction() as tx:
        return await sounds.now(tx)


def _taken_as_json(one: Taken) -> dict[str, Any]:
    sound = one.spoken.sound if one.spoken else None
    return {
        "language": one.language,
        "file": one.file,
        "kept": sound is not None,
        "seconds": sound.seconds if sound else None,
        "remark": one.remark,
    }


def _print_taken(taken: Iterable[Taken]) -> None:
    taken = list(taken)
    kept = [one for one in taken if one.spoken]
    remarked = [one for one in taken if one.remark]
    if remarked:
        table = Table("language", "file", "kept", "remark")
        for one in remarked:
            kept_word = "yes" if one.spoken else "no"
            table.add_row(one.language, one.file, kept_word, one.remark)
        console.print(table)
    say(f"{len(kept)} kept, {len(taken) - len(kept)} not.")
    if not taken:
        say("There is no sound file: name them after their prompts, bn/welcome.wav.")
        raise typer.Exit(1)


def _standing(
    book: Book, language: str, countries: list[str], every: bool
) -> dict[str, Any]:
    ids = [p for p in book.script(language) if not is_site(p)]
    standings = {p: book.standing(p, language) for p in ids}
    places = [p for p in book.script(language) if is_site(p)]
    spoken = sum(book.sound(p, language) is not None for p in places)
    found: dict[str, Any] = {
        "language": language,
        **{s.value: list(standings.values()).count(s) for s in Standing},
        "places": len(places),
        "places_recorded": spoken,
        "menus": [_menu(book, language, country) for country in countries],
    }
    if every:
        found["prompts"] = [
            {"id": p, "status": book.standing(p, language).value}
            for p in book.script(language)
        ]
    return found


def _menu(book: Book, language: str, country: str) -> dict[str, Any]:
    silent = book.closed(language, country)
    voice = voice_for(language, country)
    unrecorded = [
        p for p in book.needed if book.standing(p, language) != Standing.RECORDED
    ]
    if silent:
        why = f"{len(silent)} not recorded"
    elif not unrecorded:
        why = "recorded"
    elif book.allow_synthetic and not any(
        book.sound(p, language) is None for p in unrecorded
    ):
        why = "machine's voice"
    else:
        why = voice.name if voice else ""
    return {"country": country, "is_open": not silent, "why": why}


def _print_standing(found: list[dict[str, Any]], words: Catalog) -> None:
    table = Table(*("language", *(s.value for s in Standing), "places", "menus"))
    for entry in found:
        menus = [
            f"{m['country']} {'open' if m['is_open'] else 'closed'}: {m['why']}"
            for m in entry["menus"]
        ]
        table.add_row(
            words.language_name(entry["language"]),
            *(str(entry[s.value]) for s in Standing),
            f"{entry['places_recorded']}/{entry['places']}",
            "\n".join(menus) or "no number answers in it",
        )
    console.print(table)
    for entry in found:
        for line in entry.get("prompts", ()):
            say(f"{entry['language']}  {line['status']:<9}  {line['id']}")
