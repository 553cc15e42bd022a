"""`threadline prompts …` on a real store, as a script sees it."""

import csv
import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from app.conversation.calls.spoken import PROMPTS
from app.wording.pieces import PIECES
from tests.cli.test_verbs import Command, threadline
from tests.wording.test_audio import as_wav, hum, silence

__all__ = ["threadline"]  # the command on a database with the demo's programme

SITE = "482170"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A speaker's folder: two good files, and some that are none."""
    bengali = tmp_path / "bn"
    bengali.mkdir()
    (bengali / "digit_1.wav").write_bytes(as_wav(silence(1) + hum(0.6) + silence(1)))
    (bengali / "Welcome.WAV").write_bytes(as_wav(hum(9), rate=8000))
    (bengali / "menu.wav").write_bytes(as_wav(hum(0.5)))
    (bengali / "speak.wav").write_bytes(as_wav(silence(3)))
    (bengali / "safe.mp3").write_bytes(b"this is no sound")
    (bengali / "after.m4a").write_bytes(b"\0" * 100)
    (bengali / "hello.wav").write_bytes(as_wav(hum(1)))
    (bengali / "digit_1.ogg").write_bytes(b"twice")
    (bengali / "script.csv").write_text("number,id\n")
    return tmp_path


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))


class _Seen(HTMLParser):
    """What a page shows and what it would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.fetched: list[str] = []

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.fetched += [v or "" for name, v in attrs if name in ("src", "href")]


def seen(path: Path) -> _Seen:
    page = _Seen()
    page.feed(path.read_text("utf-8"))
    return page


def test_the_script_holds_everything_for_a_speaker(
    threadline: Command, tmp_path: Path
) -> None:
    written = threadline.json("prompts", "export", str(tmp_path))
    assert [entry["language"] for entry in written] == ["bn", "hi", "ta", "en"]
    lines = rows(tmp_path / "bn" / "script.csv")
    assert [int(line["number"]) for line in lines] == list(range(1, len(lines) + 1))
    ids = [line["id"] for line in lines]
    assert ids[: len(PROMPTS) + len(PIECES)] == [*(p.id for p in PROMPTS), *PIECES]
    assert f"site_{SITE}" in ids
    by_id = {line["id"]: line for line in lines}
    assert by_id["welcome"]["english"].startswith("This is the workers' helpline.")
    assert by_id["welcome"]["file"] == "welcome.wav"
    assert all(line["note"] for line in lines)
    named = by_id[f"site_{SITE}"]
    assert any("\u0980" <= char <= "\u09ff" for char in named["text"])
    assert named["english"].isascii()

    page = seen(tmp_path / "bn" / "script.html")
    assert page.fetched == []  # it needs nothing but itself
    told = "".join(page.text)
    assert [i for i in lines if i["text"] not in told or i["file"] not in told] == []


def test_a_site_stands_only_in_the_scripts_of_its_languages(
    threadline: Command, tmp_path: Path
) -> None:
    threadline.json("prompts", "export", str(tmp_path))
    tamil = {line["id"] for line in rows(tmp_path / "ta" / "script.csv")}
    assert f"site_{SITE}" not in tamil


def test_one_language_is_exported_alone(threadline: Command, tmp_path: Path) -> None:
    threadline("prompts", "export", str(tmp_path), "--language", "hi")
    assert [path.name for path in tmp_path.iterdir()] == ["hi"]


def test_good_files_are_kept_and_each_bad_one_says_why(
    threadline: Command, folder: Path
) -> None:
    before = threadline.json("prompts", "status", "--language", "bn")[0]
    done = threadline("prompts", "import", str(folder), "--voice", "Rina", "--json")
    assert done.returncode == 1
    taken = {one["file"]: one for one in json.loads(done.stdout)}
    kept = {name for name, one in taken.items() if one["kept"]}
    assert kept == {"digit_1.wav", "Welcome.WAV", "menu.wav"}
    assert taken["digit_1.ogg"]["remark"] == "digit_1.wav is there as well"
    assert 0.6 <= taken["digit_1.wav"]["seconds"] < 1
    assert "is it cut off?" in taken["menu.wav"]["remark"]
    assert taken["Welcome.WAV"]["remark"] == ""
    assert taken["speak.wav"]["remark"] == "it is silent"
    assert "no WAV" in taken["safe.mp3"]["remark"]
    assert "save it as WAV" in taken["after.m4a"]["remark"]
    assert "no prompt has this name" in taken["hello.wav"]["remark"]
    assert "script.csv" not in taken

    after = threadline.json("prompts", "status", "--language", "bn", "--all")[0]
    assert after["recorded"] == before["recorded"] + 3
    assert after["synthetic"] == before["synthetic"] - 3
    standing = {one["id"]: one["status"] for one in after["prompts"]}
    assert standing["welcome"] == "recorded"
    assert standing["speak"] == "synthetic"


def test_bad_files_are_shown_in_a_table_that_fits(
    threadline: Command, folder: Path
) -> None:
    done = threadline("prompts", "import", str(folder))
    assert done.returncode == 1
    assert "3 kept, 5 not." in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 100


def test_files_of_one_language_may_lie_in_the_folder_itself(
    threadline: Command, tmp_path: Path
) -> None:
    (tmp_path / "one_moment.wav").write_bytes(as_wav(hum(1)))
    refused = threadline("prompts", "import", str(tmp_path))
    assert refused.returncode == 1
    assert "--language" in refused.stderr
    done = threadline("prompts", "import", str(tmp_path), "--language", "ta")
    assert (done.returncode, done.stdout) == (0, "1 kept, 0 not.\n")


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        pytest.param(("import", "/nowhere/at/all"), "no such folder", id="no-folder"),
        pytest.param(("status", "--language", "or"), "one of bn, hi", id="not-served"),
        pytest.param(
            *(("studio", "--language", "or", "--voice", "Rina"), "one of bn, hi"),
            id="a-studio-for-nobody",
        ),
    ],
)
def test_what_is_refused_says_why(
    threadline: Command, argv: tuple[str, ...], said: str
) -> None:
    done = threadline("prompts", *argv)
    assert done.returncode == 1
    assert said in done.stderr


def menus(status: list[dict]) -> dict[tuple[str, str], bool]:
    return {
        (entry["language"], menu["country"]): menu["is_open"]
        for entry in status
        for menu in entry["menus"]
    }


def test_status_says_where_callers_hear_a_menu(threadline: Command) -> None:
    leave = {"ALLOW_SYNTHETIC_PROMPTS": "0"}
    without = threadline.json("prompts", "status", **leave)
    opened = menus(without)
    assert not opened["bn", "BD"]
    assert opened["bn", "IN"]
    assert opened["en", "BD"]
    (bengali,) = [entry for entry in without if entry["language"] == "bn"]
    (why,) = [m["why"] for m in bengali["menus"] if m["country"] == "BD"]
    assert "not recorded" in why
    leave = {"ALLOW_SYNTHETIC_PROMPTS": "1"}
    assert menus(threadline.json("prompts", "status", **leave))["bn", "BD"]
    shown = threadline("prompts", "status", "--all").stdout
    assert max(map(len, shown.splitlines())) <= 100


@pytest.fixture
def studio_number(threadline: Command, tmp_path: Path) -> Iterator[str]:
    """A number that records prompts, besides those of the demo."""
    number = "+15550100999"
    header = (threadline.home / "numbers.csv").read_text("utf-8").splitlines()[0]
    path = tmp_path / "numbers.csv"
    path.write_text(f"{header}\n{number},IN,twilio,en,no,studio,,\n", "utf-8")
    assert threadline.json("import", "numbers", str(path))["added"] == 1
    return number


def test_a_speaker_gets_a_code_and_hears_whether_a_number_records(
    threadline: Command, studio_number: str
) -> None:
    opened = threadline.json("prompts", "studio", "--language", "bn", "--voice", "Rina")
    assert len(opened["code"]) == 6
    assert opened["code"].isdigit()
    assert opened["numbers"] == [studio_number]
    told = threadline("prompts", "studio", "--language", "bn", "--voice", "Rina")
    assert f"Call {studio_number}" in told.stdout
