"""Our files of carriers against the carriers as their papers have them.

Each side was written without the other: what one says the other must take.
"""

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit

import httpx
import pytest

from app.carriers.door import is_let_in, path_of
from app.carriers.inbound import rang_in, reports_in, texts_in
from app.carriers.model import Carrier
from app.carriers.sending import found_in, outcome_of, request_for, search_for
from app.carriers.shelf import on_shelf
from app.carriers.wire import Arrived, Knock, Outgoing, Rang, Refused, Taken, Why
from app.simulator.carrier.faults import Fault
from app.simulator.dialects import exotel, infobip, jasmin, kannel
from app.simulator.dialects.agreed import calls_url, texts_url
from app.simulator.dialects.wires import Asked, Phoned
from tests.simulator.dialect_box import API, AT, INDIAN, LINE, PUBLIC, WORKER, Box

VARIABLES: dict[str, dict[str, str]] = {
    "exotel": {
        "ACCOUNT_SID": "threadline1",
        "API_KEY": "k",
        "API_TOKEN": "t",
        "SENDER": "THRDLN",
        "ENTITY_ID": "1101",
    },
    "infobip": {"API_KEY": "k", "ENTITY_ID": "1101"},
    "jasmin": {"USER": "u", "PASSWORD": "p"},
    "kannel": {"USER": "u", "PASSWORD": "p"},
    "sslwireless": {"API_TOKEN": "t", "SID": "THREADLINE"},
}
NAMES = [name for name in VARIABLES if name in on_shelf()]
OURS = "0199a0c0-0000-7000-8000-000000000001"
WORDS = {
    "gsm": "Case 4821: solved? Reply 1 or 2 {yes} €",
    "bengali": "আপনার বার্তা পেয়েছি। নম্বর ৪৮২১।",
    "hindi": "आपका संदेश मिला & दर्ज हुआ + १००%",
    "tamil": "உங்கள் செய்தி கிடைத்தது",
    "emoji": "ধন্যবাদ 🙏🏽 é",
    "lines": "এক\nদুই",
}


def carrier_of(name: str) -> tuple[Carrier, Mapping[str, str]]:
    variables = {"API_BASE": API, "SECRET": "s3cret", "SENDER": LINE}
    return on_shelf()[name], variables | VARIABLES[name]


def box_of(name: str, *faults: Fault) -> Box:
    """Return a box whose carrier was told what infra/carriers.md says."""
    _, variables = carrier_of(name)
    return Box(
        name,
        *faults,
        entity=variables.get("ENTITY_ID", ""),
        texts_url=texts_url(name, PUBLIC, variables),
        calls_url=calls_url(name, PUBLIC, variables),
    )


def knock_of(asked: Asked | httpx.Request) -> Knock:
    parts = urlsplit(str(asked.url))
    return Knock(
        method=asked.method,
        query=parts.query.encode(),
        headers=[(n.lower(), v) for n, v in asked.headers.items()],
        body=asked.content,
        secret=parts.path.partition("/k/")[2],
    )


def outgoing(name: str, text: str, attempt: int = 1) -> Outgoing:
    carrier, variables = carrier_of(name)
    return Outgoing(
        id=OURS,
        attempt=attempt,
        to=INDIAN if name == "exotel" else WORKER,
        sender=variables["SENDER"],
        text=text,
        template="1107",
        report_url=PUBLIC
        + path_of(carrier, variables, "reports")
        + f"?m={OURS}&a={attempt}",
    )


async def handed_over(box: Box, one: Outgoing) -> Taken | Refused:
    carrier, variables = carrier_of(box.carrier.name)
    request = request_for(carrier, one, variables)
    assert request.url.startswith(API)
    answer = await box.ask(
        request.method,
        request.url.removeprefix(API),
        headers=list(request.headers),
        content=request.content,
    )
    return outcome_of(carrier, answer.status_code, answer.content)


@pytest.mark.parametrize("text", WORDS.values(), ids=WORDS)
@pytest.mark.parametrize("name", NAMES)
async def test_what_we_write_is_what_stands_on_the_phone(name: str, text: str) -> None:
    box, one = box_of(name), outgoing(name, text)
    outcome = await handed_over(box, one)
    await box.carrier.settle()
    assert isinstance(outcome, Taken), outcome
    assert box.carrier.at_phone(one.to) == [text]
    assert box.carrier.refusals == []


@pytest.mark.parametrize("name", NAMES)
async def test_what_the_carrier_reports_we_read_as_delivered(name: str) -> None:
    box = box_of(name)
    carrier, variables = carrier_of(name)
    outcome = await handed_over(box, outgoing(name, WORDS["bengali"], 3))
    await box.carrier.settle()
    knocks = [knock_of(asked) for asked in box.service.asked]
    assert all(is_let_in(carrier, knock, variables, at=AT) for knock in knocks)
    told = [report for knock in knocks for report in reports_in(carrier, knock).found]
    if not carrier.has_reports:
        assert told == []
        return
    assert told[-1].status == "delivered"
    assert {(report.ours, report.attempt) for report in told} == {(OURS, 3)}
    assert isinstance(outcome, Taken)
    named = {report.provider_id for report in told} - {None}
    assert named <= {outcome.provider_id}
    assert "delivered" not in [report.status for report in told[:-1]]


@pytest.mark.parametrize(
    ("name", "fate", "status", "why"),
    [
        ("exotel", exotel.DND, "failed", Why.CONFIG),
        ("exotel", exotel.STOPPED, "failed", Why.OPTED_OUT),
        ("exotel", exotel.BAD_NUMBER, "failed", Why.NUMBER),
        ("exotel", exotel.NO_TEMPLATE, "failed", Why.CONTENT),
        ("exotel", exotel.NO_ENTITY, "failed", Why.CONFIG),
        ("exotel", exotel.AWAY, "undelivered", Why.BUSY),
        ("infobip", infobip.DND, "failed", Why.OPTED_OUT),
        ("infobip", infobip.UNDELIVERED, "undelivered", Why.BUSY),
        ("infobip", infobip.EXPIRED, "undelivered", Why.BUSY),
        ("jasmin", jasmin.UNDELIVERED, "undelivered", None),
        ("jasmin", jasmin.REFUSED, "failed", None),
        ("kannel", kannel.UNDELIVERED, "undelivered", None),
        ("kannel", kannel.REJECTED, "failed", None),
    ],
)
async def test_what_the_carrier_says_of_a_failure_we_read(
    name: str, fate: str, status: str, why: Why | None
) -> None:
    if name not in NAMES:
        pytest.skip(f"{name}: no file yet")
    box, one = box_of(name), outgoing(name, WORDS["bengali"])
    box.carrier.fates[one.to] = fate
    await handed_over(box, one)
    await box.carrier.settle()
    carrier, _ = carrier_of(name)
    knocks = [knock_of(asked) for asked in box.service.asked]
    last = reports_in(carrier, knocks[-1]).found[-1]
    assert (last.status, last.ours) == (status, OURS)
    assert why is None or last.why is why
    assert last.why is not None
    assert box.carrier.arrived == []


@pytest.mark.parametrize("text", WORDS.values(), ids=WORDS)
@pytest.mark.parametrize("name", [name for name in NAMES if on_shelf()[name].hears])
async def test_what_a_phone_writes_we_read(name: str, text: str) -> None:
    box = box_of(name)
    carrier, variables = carrier_of(name)
    phone = INDIAN if name == "exotel" else WORKER
    phoned = Phoned("5c3a0b1e-6f0a-4d0b-9a0f-1c2d3e4f5a6b", phone, LINE, text, AT)
    knock = knock_of(box.carrier.text_request(phoned))
    assert is_let_in(carrier, knock, variables, at=AT)
    (arrived,) = texts_in(carrier, knock).found
    expected = Arrived(phoned.id, phone, LINE, text, arrived.stamp)
    assert arrived == expected
    assert knock.method in carrier.methods


@pytest.mark.parametrize("name", [name for name in NAMES if on_shelf()[name].rings])
async def test_who_rings_is_read(name: str) -> None:
    box = box_of(name)
    carrier, variables = carrier_of(name)
    phoned = Phoned("e12e0187v", INDIAN, "+918047000000", at=AT)
    knock = knock_of(box.carrier.call_request(phoned))
    assert is_let_in(carrier, knock, variables, at=AT)
    assert rang_in(carrier, knock) == Rang("e12e0187v", INDIAN, "+918047000000")


@pytest.mark.parametrize(
    "name", [name for name in NAMES if on_shelf()[name].can_search]
)
async def test_a_text_is_found_again_by_our_id_alone(name: str) -> None:
    box, one = box_of(name), outgoing(name, WORDS["bengali"])
    taken = await handed_over(box, one)
    assert isinstance(taken, Taken)
    await box.carrier.settle()
    (found,) = await looked_up(box, one)
    assert (found.provider_id, found.status) == (taken.provider_id, "delivered")
    assert await looked_up(box, replace(one, id=OURS[:-1] + "2")) == ()


async def looked_up(box: Box, one: Outgoing) -> tuple[Taken, ...]:
    carrier, variables = carrier_of(box.carrier.name)
    request = search_for(carrier, one, variables)
    assert request is not None
    answer = await box.ask(
        request.method,
        request.url.removeprefix(API),
        headers=list(request.headers),
        content=request.content,
    )
    found = found_in(carrier, answer.status_code, answer.content)
    assert not isinstance(found, Refused), found
    return found


@pytest.mark.parametrize(
    "name", [name for name in NAMES if on_shelf()[name].is_idempotent]
)
async def test_a_repeat_under_our_id_lands_once_and_counts_as_taken(name: str) -> None:
    box, one = box_of(name), outgoing(name, WORDS["bengali"])
    first, again = await handed_over(box, one), await handed_over(box, one)
    await box.carrier.settle()
    assert isinstance(first, Taken)
    assert isinstance(again, Taken)
    assert len(box.carrier.at_phone(one.to)) == 1


@pytest.mark.parametrize("name", NAMES)
def test_what_an_operator_enters_is_where_we_listen(name: str) -> None:
    carrier, variables = carrier_of(name)
    for kind, entered in (("texts", texts_url), ("calls", calls_url)):
        path = urlsplit(entered(name, PUBLIC, variables)).path
        assert path == path_of(carrier, variables, kind) or not carrier.hears


@pytest.mark.parametrize("text", WORDS.values(), ids=WORDS)
async def test_our_answer_to_kannel_stands_on_the_phone_as_it_was(text: str) -> None:
    box = box_of("kannel")
    carrier, _ = carrier_of("kannel")
    headers = {"content-type": "text/plain; charset=utf-8"}
    headers |= carrier.reply_headers(text)
    answer = httpx.Response(200, headers=headers, content=text.encode())
    box.service.answers["/sms/kannel/k/s3cret"] = [answer]
    await box.carrier.text(WORKER, LINE, "x")
    assert box.carrier.at_phone(WORKER) == [text]


@pytest.mark.parametrize("name", NAMES)
async def test_who_does_not_know_the_secret_stays_outside(name: str) -> None:
    carrier, variables = carrier_of(name)
    if not carrier.door:
        return
    knock = Knock("POST", b"", (), b"", secret="s3cre")
    assert not is_let_in(carrier, knock, variables, at=AT)
