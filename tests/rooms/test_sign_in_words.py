"""What a password must be, how tries are slowed, and what the messages say."""

from datetime import UTC, datetime, timedelta

import pytest

from app.actions.hashing import weakness_of
from app.console.devices import device_of
from app.console.frame import way_back
from app.conversation.lines import STAFF_NOTICE
from app.domain.passwords import Weakness, is_weak_pin, may_try, weakness
from app.domain.taxonomy import Role
from app.outbox.messages import word
from app.outbox.owed import Channel
from tests.builders import person

AT = datetime(2026, 12, 1, 4, 0, tzinfo=UTC)
_STOLEN = frozenset({"password", "qwertyuiop", "iloveyou2"})


@pytest.mark.parametrize(
    ("password", "weak"),
    [
        pytest.param("correct horse battery", None, id="some words"),
        pytest.param("রেশমি সুতা লাল মেঘ", None, id="some words in Bengali"),
        pytest.param("kkkkwwzq-93-lamp", None, id="no kind of character is asked for"),
        pytest.param("eleven char", Weakness.SHORT, id="eleven characters"),
        pytest.param("n" * 200 + "mo" * 29, Weakness.LONG, id="258 characters"),
        pytest.param("Password", Weakness.SHORT, id="short before anything else"),
        pytest.param("PASSWORD2026", Weakness.KNOWN, id="a stolen one with a year"),
        pytest.param("passwordpassword", Weakness.KNOWN, id="a stolen one twice"),
        pytest.param("!!qwertyuiop!!", Weakness.KNOWN, id="a stolen one decorated"),
        pytest.param("abcabcabcabcab", Weakness.KNOWN, id="three letters again"),
        pytest.param("123456789012345", Weakness.KNOWN, id="a row of digits"),
        pytest.param("zyxwvutsrqponm", Weakness.KNOWN, id="a row of letters"),
        pytest.param("Rina.Akter.2026", Weakness.OWN, id="her name"),
        pytest.param("rina@mill.example", Weakness.OWN, id="her address"),
        pytest.param("threadline-1234", Weakness.OWN, id="the programme"),
        pytest.param("threadline purple horse", None, id="the programme among words"),
    ],
)
def test_a_password(password: str, weak: Weakness | None) -> None:
    own = ("Rina Akter", "rina@mill.example")
    assert weakness(password, own=own, is_known=_STOLEN.__contains__) is weak


def test_the_list_of_stolen_passwords_is_there() -> None:
    somebody = person("somebody", Role.PARTNER)
    assert weakness_of(somebody, "1qaz2wsx3edc") is Weakness.KNOWN
    assert weakness_of(somebody, "four kites above the river") is None


@pytest.mark.parametrize(
    ("pin", "is_weak"),
    [
        *((pin, True) for pin in ("123456", "111111", "654321", "121212", "482482")),
        *((pin, True) for pin in ("4826", "48261", "9044172", "12a456", "")),
        *((pin, True) for pin in ("２８４９１７",)),
        *((pin, False) for pin in ("482613", "904417")),
    ],
)
def test_a_pin(pin: str, is_weak: bool) -> None:
    assert is_weak_pin(pin) is is_weak


@pytest.mark.parametrize(
    ("tries", "seconds", "may"),
    [
        (4, 0, True),
        (5, 0, False),
        (5, 1, True),
        (6, 1, False),
        (6, 2, True),
        (10, 31, False),
        (10, 32, True),
        (11, 59, False),
        (11, 60, True),
        (100_000, 60, True),
    ],
)
def test_tries_are_slowed(tries: int, seconds: int, may: bool) -> None:
    assert may_try(tries, AT, AT + timedelta(seconds=seconds)) is may


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (
            "Mozilla/5.0 (Linux; Android 11; K) AppleWebKit/537.36 Chrome/130.0.0.0",
            "Chrome, Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) Version/17 Safari",
            "Safari, iPhone",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130 Safari/5 Edg/130", "Edge, Windows"),
        ("curl/8.0", ""),
        ("", ""),
    ],
)
def test_a_device_is_named_coarsely(agent: str, device: str) -> None:
    assert device_of(agent) == device


def test_the_messages_at_the_door_say_it_whole_by_text_too() -> None:
    invite = {"link": "https://x.example/in/join?k=abc", "until": AT.isoformat()}
    for channel in (Channel.SMS, Channel.MAIL):
        said = word("room_invite", invite, channel)
        assert any("link" in line.params for line in said.lines)
        assert (said.subject is None) is (channel is Channel.SMS)
        assert said.lines != (STAFF_NOTICE,)
    assert word("room_code", {"code": "123456"}, Channel.SMS).lines[0].params == {
        "code": "123456"
    }
    for template in ("pin_stopped", "signed_by_text"):
        assert word(template, {}, Channel.MAIL).subject is not None
        assert word(template, {}, Channel.SMS).subject is None


@pytest.mark.parametrize(
    ("to", "is_ours"),
    [
        *((to, True) for to in ("/room", "/room/me", "/room?x=1", "/room#a")),
        ("/room/cases?state=open&after=a%20b", True),
        *((to, False) for to in ("", "/", "/in", "/roomy", "/room.evil.example")),
        *((to, False) for to in ("//evil.example", "/\\evil.example", "/room\\x")),
        *((to, False) for to in ("/room/\\evil", "/room/a b", "/room/\r\nX: y")),
        *((to, False) for to in ("/room/\t", "/room/\x00", "/room/é", "/room/\x7f")),
        *((to, False) for to in ("https://evil.example/room", " /room", "/room\n")),
    ],
)
def test_the_way_back_is_a_page_of_the_rooms(to: str, is_ours: bool) -> None:
    assert way_back(to) == (to if is_ours else "/room")
