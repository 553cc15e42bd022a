"""Whatever is posted: no fault of ours, and what is answered is TwiML."""

import asyncio
import random
import xml.etree.ElementTree as ET
from collections.abc import Callable
from urllib.parse import quote_from_bytes, urlencode

import pytest
from hypothesis import HealthCheck, example, given, settings, strategies as st

from app.channels.form import read_form
from tests.channels.conftest import ACCOUNT, BASE, CAPTURED, Front, captured, sign

EXAMPLES = 300
MUTATIONS = 1000
SID = "SMe287d7109a5a925f182f0e07fe5b223b"
STANDARD = (
    ("AccountSid", ACCOUNT),
    ("MessageSid", SID),
    ("From", "+8801712345678"),
    ("To", "+12028831111"),
    ("NumMedia", "0"),
)

bounded = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
anything = st.binary(max_size=40).map(quote_from_bytes)
odd_texts = st.sampled_from(
    [
        "%ED%A0%80",  # a lone surrogate
        "%C0%AF",  # overlong
        "%00",
        "%E2%80%AE",  # right to left
        "%E0%A6%95%E0%A7%8D%E2%80%8D%E0%A6%B7",  # a Bengali joiner
        "%F0%9F%9B%91",  # an emoji
        "<Response><Say>x</Say>",
        "anonymous",
        "%2B266696687",
        "-1",
        "999",
        "*#",
    ]
)
names = st.sampled_from(
    ["Body", "From", "To", "NumMedia", "MessageSid", "MediaUrl0", "ToCity", "X"]
)
pair = st.tuples(names | anything, anything | odd_texts).map("=".join)


@bounded
@given(body=st.binary(max_size=300) | st.lists(pair, max_size=9).map("&".join))
def test_no_signed_body_is_a_fault(
    make_front: Callable[..., Front], body: bytes | str
) -> None:
    raw = body.encode() if isinstance(body, str) else body
    for path in ("/twilio/sms", "/twilio/sms/status?m=x"):
        answer = asyncio.run(make_front().post(raw, path=path))
        assert answer.status_code in (200, 204, 400), answer.status_code
        if answer.content:
            assert ET.fromstring(answer.content).tag == "Response"


texts = st.text(max_size=200) | st.binary(max_size=200).map(
    lambda raw: raw.decode("utf-8", "replace")
)


@bounded
@given(text=texts)
@example("a" * 1600)
@example("বেতন " * 320)
@example("\x00\ud800".encode("utf-8", "replace").decode())
@example("</Message></Response><!--")
def test_whatever_a_worker_writes_is_heard_and_can_be_said_back(
    make_front: Callable[..., Front], text: str
) -> None:
    sent = text.encode("utf-8", "replace").decode()
    front = make_front(said=("{echo}",))
    front.said = (sent.replace("{", "{{").replace("}", "}}"),)
    body = urlencode([*STANDARD, ("Body", sent)]).encode()
    answer = asyncio.run(front.post(body))
    assert answer.status_code == 200
    ((_, heard),) = front.heard
    assert "\x00" not in heard.body
    root = ET.fromstring(answer.content)
    assert root.tag == "Response"
    assert [child.tag for child in root] in ([], ["Message"])


async def test_ten_thousand_fields_are_no_fault(front: Front) -> None:
    body = urlencode([*STANDARD, *((f"X{n}", "") for n in range(10_000))]).encode()
    assert (await front.post(body)).status_code == 200


CAPTURES = sorted(path.stem for path in CAPTURED.glob("*.txt"))


def mutated(body: bytes, path: str, dice: random.Random) -> tuple[bytes, str, str]:
    """Change a captured request in one of the ways of SECURITY.md F9."""
    kind = dice.choice(
        ["bit", "bit", "shift", "shift", "double", "drop", "add", "path"]
    )
    fields = body.split(b"&")
    if kind == "bit":
        at = dice.randrange(len(body))
        flipped = body[at] ^ (1 << dice.randrange(8))
        body = body[:at] + bytes([flipped]) + body[at + 1 :]
    elif kind == "cut":
        body = b"&".join(shifted(fields, dice))
    elif kind == "double":
        body = b"&".join([*fields, dice.choice(fields)])
    elif kind == "drop":
        fields.pop(dice.randrange(len(fields)))
        body = b"&".join(fields)
    elif kind == "add":
        body += dice.choice([b"&X=", b"&X=1", b"&Body=1", b"&=1"])
    else:
        path = dice.choice([f"{path}/", f"{path}?a=1", f"{path}?bodySHA256=0", "//x"])
    return body, path, kind


def shifted(fields: list[bytes], dice: random.Random) -> list[bytes]:
    """Cut a signed form elsewhere: what is signed stays the same."""
    fields = sorted(fields)
    at = dice.randrange(len(fields) - 1)
    name, _, value = fields[at].partition(b"=")
    match dice.choice(["into the value", "into the name", "swallow"]):
        case "into the value":
            fields[at] = name[:-1] + b"=" + name[-1:] + value
        case "into the name" if value[:1].isalnum():
            fields[at] = name + value[:1] + b"=" + value[1:]
        case _:
            following = fields.pop(at + 1)
            fields[at] += following.replace(b"=", b"", 1)
    return fields


def is_heard_alike(one: bytes, other: bytes) -> bool:
    """Some bytes spell the same form, e.g. %2b and %2B: that is a repeat."""
    return set(read_form(one)) == set(read_form(other))


async def test_no_mutation_of_a_captured_request_is_accepted(
    make_front: Callable[..., Front],
) -> None:
    dice = random.Random(20260903)
    tried = 0
    while tried < MUTATIONS:
        original, path = captured(dice.choice(CAPTURES)), "/twilio/sms"
        signature = sign(BASE + path, original)
        body, changed, kind = mutated(original, path, dice)
        is_same = is_heard_alike(body, original) and len(read_form(body)) == len(
            read_form(original)
        )
        if is_same and changed == path:
            continue
        tried += 1
        front = make_front()
        answer = await front.post(body, path=changed, signed=signature)
        assert answer.status_code in (400, 403, 404), (kind, answer.status_code)
        assert not front.heard
    print(f"{tried} mutations, none of them heard")


@pytest.mark.parametrize("name", CAPTURES)
async def test_the_same_bytes_again_are_a_repeat(front: Front, name: str) -> None:
    first, second = [await front.post(captured(name)) for _ in range(2)]
    assert (first.status_code, second.status_code) == (200, 200)
    repeats = [
        front.counted("threadline_repeats_total", channel=channel)
        for channel in ("sms", "whatsapp")
    ]
    assert sum(repeats) == 1
