"""A folder of a speaker's files, made ready for the line one by one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from app.domain.errors import BadInput
from app.store.prompts import Spoken, spoken_from
from app.wording.audio import BadAudio
from app.wording.sounds import Book, Sound

READ = (".wav", ".flac", ".ogg", ".mp3")  # the best first
# Sound that phones like to make and that is not read here.
UNREAD = (".m4a", ".aac", ".amr", ".opus", ".wma", ".3gp", ".aiff", ".aif", ".webm")
LARGEST = 20_000_000  # bytes: minutes of the best WAV, and no prompt is that long


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one file; `spoken` is None where it could not be used."""

    file: str
    language: str
    spoken: Spoken | None
    remark: str  # why not, or a warning


def folders(root: Path, languages: Iterable[str], chosen: str) -> dict[str, Path]:
    """Return the folder of each language that is to be read.

    DIR/bn, DIR/hi …, or DIR itself where one language was chosen. Raise
    BadInput where there is none.
    """
    if not root.is_dir():
        raise BadInput(f"{root}: there is no such folder.")
    if chosen:
        inner = root / chosen
        return {chosen: inner if inner.is_dir() else root}
    found = {code: root / code for code in languages if (root / code).is_dir()}
    if not found:
        raise BadInput(
            f"{root}: holds no folder named {', '.join(languages)}."
            " Name the language of its files with --language."
        )
    return found


def take_files(folder: Path, language: str, voice: str, book: Book) -> Iterator[Taken]:
    """Read every sound file of a folder; a bad one says why and stops nothing."""
    seen: dict[str, str] = {}
    for path in sorted(folder.iterdir(), key=_place):
        suffix = path.suffix.lower()
        if not path.is_file() or suffix not in (*READ, *UNREAD):
            continue
        prompt = path.stem.lower()
        first = seen.setdefault(prompt, path.name)
        if first != path.name:
            yield Taken(path.name, language, None, f"{first} is there as well")
        elif suffix in UNREAD:
            wanted = "save it as WAV, MP3, OGG or FLAC"
            yield Taken(path.name, language, None, wanted)
        elif prompt not in book.texts[language]:
            unknown = "no prompt has this name: the file names are in the script"
            yield Taken(path.name, language, None, unknown)
        else:
            yield _take(path, prompt, language, voice, book)


def _place(path: Path) -> tuple[str, int, str]:
    """Put the better of two files of a prompt first."""
    suffix = path.suffix.lower()
    rank = READ.index(suffix) if suffix in READ else len(READ)
    return path.stem.lower(), rank, path.name


def _take(path: Path, prompt: str, language: str, voice: str, book: Book) -> Taken:
    try:
        if path.stat().st_size > LARGEST:
            raise BadAudio("it is larger than 20 MB")
        spoken = spoken_from(path.read_bytes(), prompt, language, voice, book)
    except BadAudio as problem:
        return Taken(path.name, language, None, str(problem))
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        return Taken(path.name, language, None, reason)
    return Taken(path.name, language, spoken, _doubt(spoken.sound, book))


def _doubt(sound: Sound, book: Book) -> str:
    """Return a warning where the length does not fit the words."""
    usual = _usual_seconds(sound, book)
    if sound.seconds < 0.4 * usual:
        short = f"only {sound.seconds:.1f} s, about {usual:.0f} s are usual"
        return f"{short}: is it cut off?"
    if sound.seconds > 2.5 * usual + 2:
        long = f"{sound.seconds:.1f} s, about {usual:.0f} s are usual"
        return f"{long}: is it the right sentence?"
    return ""


def _usual_seconds(sound: Sound, book: Book) -> float:
    machine = book.manifest.synthetic.get((sound.language, sound.prompt))
    return machine.seconds if machine else 0.5 + len(sound.text) / 13
