"""A complaint on paper, and files from the web, as a partner has them."""

import json

import pytest

from tests.cli.test_verbs import MEMBER, PARTNER, Command, threadline

__all__ = ["threadline"]  # the module's own database and home

WORDS = "No drinking water on the third floor since May."


def test_a_paper_becomes_a_case_with_a_pin_for_the_worker(threadline: Command) -> None:
    entered = threadline.json(
        *("cases", "enter", "--as", PARTNER, "--site", "482170"),
        *("--words", WORDS, "--language", "bn", "--conflict", "no"),
    )
    assert set(entered) == {"number", "pin", "news_by"}
    shown = threadline.json(
        *("cases", "show", entered["number"], "--as", PARTNER, "--reason", "to check")
    )
    assert (shown["channel"], shown["category"], shown["route"]) == (
        "paper",
        "WASH",
        "committee",
    )
    assert shown["text"] == WORDS
    facts = [event.get("facts", {}) for event in shown["events"]]
    assert {"by": "partner"}.items() <= next(f for f in facts if "by" in f).items()
    assert entered["pin"] not in json.dumps(shown)


@pytest.mark.parametrize(
    ("argv", "code", "said"),
    [
        (("--as", MEMBER, "--words", WORDS), 1, "Only a partner of that place"),
        (("--as", PARTNER), 1, "--words TEXT"),
        (("--as", PARTNER, "--words", WORDS, "--site", "999999"), 1, "No site"),
        (("--as", PARTNER, "--words", WORDS, "--channel", "fax"), 2, "paper or visit"),
        (("--as", PARTNER, "--file", "/nowhere.txt"), 2, "/nowhere.txt"),
    ],
)
def test_what_cannot_be_entered_says_what_to_do(
    threadline: Command, argv: tuple[str, ...], code: int, said: str
) -> None:
    site = () if "--site" in argv else ("--site", "482170")
    done = threadline("cases", "enter", *argv, *site)
    assert done.returncode == code
    assert said in " ".join((done.stdout + done.stderr).split())


def test_files_are_for_the_partner_alone(threadline: Command) -> None:
    entered = threadline.json(
        *("cases", "enter", "--as", PARTNER, "--site", "482170", "--words", WORDS)
    )
    number = entered["number"]
    none = threadline("cases", "files", number, "--as", PARTNER, "--reason", "to look")
    assert none.returncode == 0
    assert "Nothing was sent along" in none.stdout
    other = threadline("cases", "files", number, "--as", MEMBER, "--reason", "to look")
    assert other.returncode == 1
    closed = threadline(
        *("cases", "files", number, "--as", PARTNER, "--reason", "x"), CLI_MAY_READ="0"
    )
    assert closed.returncode == 1
    assert "CLI_MAY_READ" in closed.stderr
