"""A person's message to a worker, as far as three parts of a text hold it."""

from zoneinfo import ZoneInfo

import pytest

from app.channels.sms.render import twiml
from app.conversation import lines
from app.wording.line import Line
from app.wording.segments import segments


class Plain:
    """Words every sentence as it is written."""

    def render(self, line: Line, language: str, zone: ZoneInfo | None = None) -> str:
        return line.message.format_map(line.params)


def texted(words: str) -> str:
    said = twiml(Plain())([lines.MESSAGE.using(words=words)], "en", ZoneInfo("UTC"))
    return said.decode().partition("<Message>")[2].partition("</Message>")[0]


def test_a_short_message_comes_whole() -> None:
    assert texted("Day or night?").endswith("for you: Day or night?")


@pytest.mark.parametrize("letter", ["a", "কি", "நி"])
def test_of_a_long_one_its_beginning_fills_three_parts(letter: str) -> None:
    said = texted(f"{letter} " * 400)
    assert "open our page or call us" in said
    assert segments(said).parts == 3
    longer = said.replace(" ...", f" {letter * 3} {letter * 3} ...")
    assert segments(longer).parts == 4 or letter != "a"
