"""The build step: only what changed is made anew, and nothing is left lying."""

import shutil
from pathlib import Path

import pytest

from app.cli import synthesis
from app.conversation.calls.spoken import PROMPTS
from app.domain.errors import BadInput
from app.wording.catalog import Catalog
from app.wording.sounds import Manifest, hash_of_text

LOCALES = Path(__file__).parents[2] / "locales"

needs_espeak = pytest.mark.skipif(
    shutil.which("espeak-ng") is None, reason="espeak-ng is not installed here"
)


@pytest.fixture
def locales(tmp_path: Path) -> Path:
    """A copy of what is committed."""
    copy = tmp_path / "locales"
    shutil.copytree(LOCALES, copy, ignore=shutil.ignore_patterns("*.mo"))
    return copy


def built(locales: Path) -> dict[str, tuple[int, int, int]]:
    catalog = Catalog.load(locales)
    return {code: rest for code, *rest in synthesis.build(locales, catalog, PROMPTS)}


@needs_espeak
def test_what_is_committed_needs_no_work(locales: Path) -> None:
    before = (locales / "bn" / "audio" / "manifest.json").read_bytes()
    assert [made for made, _, _ in built(locales).values()] == [0] * 5
    assert (locales / "bn" / "audio" / "manifest.json").read_bytes() == before


@needs_espeak
def test_only_a_changed_sentence_is_made_anew(locales: Path) -> None:
    words = locales / "hi" / "LC_MESSAGES" / "messages.po"
    text = words.read_text("utf-8")
    assert '"ज़रा रुकिए।"' in text
    words.write_text(text.replace('"ज़रा रुकिए।"', '"एक पल रुकिए।"'), "utf-8")
    old = Manifest.load(locales).synthetic["hi", "one_moment"]
    done = built(locales)
    assert done.pop("hi")[0::2] == [1, 1]
    assert {made for made, _, _ in done.values()} == {0}
    new = Manifest.load(locales).synthetic["hi", "one_moment"]
    assert new.text_hash == hash_of_text("एक पल रुकिए।") != old.text_hash
    assert new.file.startswith("one_moment.")
    assert (locales / "hi" / "audio" / new.file).stat().st_size > 500
    assert not (locales / "hi" / "audio" / old.file).exists()


@needs_espeak
def test_what_lies_about_is_taken_away_and_what_is_lost_made_again(
    locales: Path,
) -> None:
    folder = locales / "bn" / "audio"
    (folder / "old.0000.mp3").write_bytes(b"old")
    lost = Manifest.load(locales).synthetic["bn", "digit_3"]
    (folder / lost.file).unlink()
    made, _, removed = built(locales)["bn"]
    assert (made, removed) == (1, 1)
    assert len(list(folder.glob("*.mp3"))) == len(
        list((LOCALES / "bn/audio").glob("*.mp3"))
    )


def test_without_espeak_it_says_how_to_get_it(
    locales: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(BadInput, match="apt install espeak-ng"):
        built(locales)
