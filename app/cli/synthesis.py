"""The build step of the prompts: a machine's voice for development and demo.

espeak-ng reads, LAME encodes: both are tools of a developer's machine. What
they make is committed, so that nothing that answers a call needs them.
"""

from __future__ import annotations  # array[int] is no type at run time

import json
import shutil
import subprocess
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from app.domain.errors import BadInput
from app.wording.audio import RATE, decode, level, seconds_of, trim, two_notes
from app.wording.catalog import Catalog
from app.wording.prompt import Prompt
from app.wording.sounds import (
    SYNTHETIC,
    TONE,
    Manifest,
    Sound,
    audio_folder,
    hash_of_audio,
    hash_of_text,
    manifest_entry,
    texts_of,
)

# A language's own voice each: never one that reads another's letters.
VOICES = {"bn": "bn+f3", "hi": "hi+f3", "ta": "ta+f3", "en": "en-gb+f3"}
WORDS_A_MINUTE = 140
KILOBITS = 16
# A single figure or name stands longer, so that it can be written down.
REST_AFTER = 0.15

NO_ESPEAK = (
    "espeak-ng is not installed; only this verb needs it."
    " Debian, Ubuntu: apt install espeak-ng; macOS: brew install espeak-ng."
)
NO_LAME = "lameenc is not installed; it comes with the tools for development."


def build(
    locales: Path, catalog: Catalog, prompts: Sequence[Prompt]
) -> Iterator[tuple[str, int, int, int]]:
    """Make what is missing or changed; yield language, made, kept and removed.

    Raise BadInput where a tool is not installed.
    """
    if shutil.which("espeak-ng") is None:
        raise BadInput(NO_ESPEAK)
    known = Manifest.load(locales).synthetic
    for language in catalog.languages:
        texts = texts_of(catalog, prompts, language)
        yield _build_language(locales, language, texts, known)
    yield _build_tone(locales, known)


def _build_language(
    locales: Path,
    language: str,
    texts: Mapping[str, str],
    known: Mapping[tuple[str, str], Sound],
) -> tuple[str, int, int, int]:
    folder = audio_folder(locales, language)
    folder.mkdir(parents=True, exist_ok=True)
    sounds, made = [], 0
    for prompt, text in texts.items():
        old = known.get((language, prompt))
        if old is None or not _stands(old, text, folder):
            old = _speak(folder, prompt, language, text)
            made += 1
        sounds.append(old)
    removed = _finish(folder, sounds)
    return language, made, len(sounds) - made, removed


def _stands(sound: Sound, text: str, folder: Path) -> bool:
    return (
        sound.text_hash == hash_of_text(text)
        and sound.voice == _voice_name(sound.language)
        and (folder / sound.file).is_file()
    )


def _speak(folder: Path, prompt: str, language: str, text: str) -> Sound:
    samples = level(trim(_read_aloud(text, language)))
    samples.extend([0] * int(REST_AFTER * RATE))
    sound = Sound(
        prompt=prompt,
        language=language,
        text=text,
        text_hash=hash_of_text(text),
        hash="",
        file="",
        seconds=seconds_of(samples),
        voice=_voice_name(language),
        status=SYNTHETIC,
    )
    return _written(folder, sound, samples)


def _build_tone(
    locales: Path, known: Mapping[tuple[str, str], Sound]
) -> tuple[str, int, int, int]:
    folder = audio_folder(locales, "")
    folder.mkdir(parents=True, exist_ok=True)
    old = known.get(("", TONE))
    if old is not None and (folder / old.file).is_file():
        return "", 0, 1, _finish(folder, [old])
    samples = two_notes()
    seconds = seconds_of(samples)
    new = Sound(TONE, "", "", hash_of_text(""), "", "tone.mp3", seconds, "", SYNTHETIC)
    return "", 1, 0, _finish(folder, [_written(folder, new, samples)])


def _written(folder: Path, sound: Sound, samples: array[int]) -> Sound:
    content = _to_mp3(samples)
    digest = hash_of_audio(sound.language, sound.prompt, content)
    named = replace(
        sound, hash=digest, file=sound.file or f"{sound.prompt}.{digest[:8]}.mp3"
    )
    (folder / named.file).write_bytes(content)
    return named


def _finish(folder: Path, sounds: Sequence[Sound]) -> int:
    """Write the manifest and take away what it no longer names."""
    entries = [manifest_entry(sound) for sound in sounds]
    text = json.dumps(entries, ensure_ascii=False, indent=1) + "\n"
    (folder / "manifest.json").write_text(text, "utf-8")
    named = {sound.file for sound in sounds}
    unused = [path for path in folder.glob("*.mp3") if path.name not in named]
    for path in unused:
        path.unlink()
    return len(unused)


def _voice_name(language: str) -> str:
    return f"espeak-ng {VOICES[language]}"


def _read_aloud(text: str, language: str) -> array[int]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "said.wav"
        subprocess.run(
            [
                *("espeak-ng", "-v", VOICES[language], "-s", str(WORDS_A_MINUTE)),
                *("-w", str(path), "--stdin"),
            ],
            input=text.encode(),
            check=True,
        )
        return decode(path.read_bytes())


def _to_mp3(samples: array[int]) -> bytes:
    try:
        import lameenc
    except ImportError:
        raise BadInput(NO_LAME) from None
    encoder = lameenc.Encoder()
    encoder.silence()
    encoder.set_bit_rate(KILOBITS)
    encoder.set_in_sample_rate(RATE)
    encoder.set_channels(1)
    encoder.set_quality(2)
    return bytes(encoder.encode(samples.tobytes())) + bytes(encoder.flush())
