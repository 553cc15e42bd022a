"""The example for operators says what our own description of Kannel reads."""

import re
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from app.carriers.door import is_let_in, path_of
from app.carriers.inbound import texts_in
from app.carriers.shelf import on_shelf
from app.carriers.wire import Arrived, Knock
from tests.kannel.gateway import EXAMPLE, SECRET

AT = datetime(2026, 12, 1, tzinfo=UTC)
KANNEL = on_shelf()["kannel"]
VARIABLES = {"USER": "threadline", "PASSWORD": "a password", "SECRET": SECRET}
# Kannel's own signs, and what it wrote for them (1.4.5, 2026-12-01).
WIRE = {
    "%I": "155dc464-6103-4354-85a4-dcb650f2f664",
    "%p": "%2B8801712345678",
    "%P": "16000",
    "%T": "1796145706",
    "%C": "UTF-8",
    "%b": quote("বেতন বাকি").replace("%20", "+"),
}


def groups() -> list[dict[str, str]]:
    """Return the example's groups; a name that is there twice in one is wrong."""
    text = re.sub(r"^#.*\n", "", EXAMPLE.read_text("utf-8"), flags=re.MULTILINE)
    found = []
    for block in filter(None, re.split(r"\n{2,}", text.strip())):
        pairs = [line.split(" = ", 1) for line in block.splitlines()]
        group = dict(pairs)
        assert len(group) == len(pairs), block
        found.append(group)
    return found


def group(name: str) -> dict[str, str]:
    (found,) = [each for each in groups() if each["group"] == name]
    return found


def test_its_address_is_let_in_and_read() -> None:
    template = group("sms-service")["get-url"].strip('"')
    filled = re.sub(
        "%[A-Za-z]",
        lambda sign: WIRE[sign[0]],
        template.replace("CHANGE-secret", SECRET),
    )
    address = urlsplit(filled)
    assert address.path == path_of(KANNEL, VARIABLES, "texts")
    knock = Knock(
        method="GET",
        query=address.query.encode(),
        headers=(),
        body=b"",
        secret=address.path.rsplit("/", 1)[1],
    )
    assert is_let_in(KANNEL, knock, VARIABLES, at=AT)
    assert texts_in(KANNEL, knock).found == (
        Arrived(
            message_id=WIRE["%I"],
            sender="+8801712345678",
            recipient="16000",
            text="বেতন বাকি",
            stamp="1796145706",
        ),
    )


def test_its_ports_and_names_are_those_that_we_send_to() -> None:
    smsbox, user = group("smsbox"), group("sendsms-user")
    assert KANNEL.defaults["API_BASE"] == (
        f"http://{smsbox['sendsms-interface']}:{smsbox['sendsms-port']}"
    )
    assert smsbox["bearerbox-port"] == group("core")["smsbox-port"]
    assert user["user-deny-ip"] == '"*.*.*.*"'
    assert user["user-allow-ip"] == '"127.0.0.1"'


def test_it_loses_and_tells_as_little_as_kannel_can() -> None:
    core, smsbox, service = group("core"), group("smsbox"), group("sms-service")
    assert (core["store-type"], core["dlr-storage"]) == ("spool", "spool")
    assert int(smsbox["http-request-retry"]) * int(smsbox["http-queue-delay"]) > (
        7 * 24 * 3600
    )
    # The smsbox must name no id: it would then get no texts without a route.
    assert "smsbox-id" not in smsbox
    assert (core["log-level"], smsbox["log-level"]) == ("4", "4")
    assert "access-log" not in smsbox
    # An answer goes back whole and in its own letters; what is no answer does not.
    assert service["accept-x-kannel-headers"] == "true"
    assert int(service["max-messages"]) >= KANNEL.rules.most_parts
    own_words = [name for name in smsbox if name.startswith("reply-")]
    assert sorted(own_words) == [
        "reply-couldnotfetch",
        "reply-couldnotrepresent",
        "reply-emptymessage",
        "reply-requestfailed",
    ]
    assert {smsbox[name] for name in own_words} == {'""'}
