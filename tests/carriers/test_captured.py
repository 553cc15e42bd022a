"""Documented payloads in, whole meanings out; our texts in, whole requests out."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest

from app.carriers.door import is_let_in, path_of
from app.carriers.inbound import rang_in, reports_in, texts_in
from app.carriers.model import Carrier
from app.carriers.sending import found_in, outcome_of, request_for, search_for
from app.carriers.shelf import on_shelf
from app.carriers.wire import (
    Arrived,
    Outgoing,
    Rang,
    Refused,
    Reported,
    Request,
    Taken,
    Told,
    Why,
)
from tests.carriers.captures import Capture, all_captures, captures, variables_of

AT = datetime(2026, 12, 1, tzinfo=UTC)
OURS = Outgoing("0190d9a4-0000-7000-8000-000000000001", 2, "+8801712345678", "", "x")


def each(*kinds: str) -> Any:
    found = captures(*kinds)
    assert found
    ids = [f"{one.carrier}-{one.name}" for one in found]
    return pytest.mark.parametrize("capture", found, ids=ids)


def answers(kind: str) -> Any:
    found = [(one, answer) for one in captures(kind) for answer in one.data["answer"]]
    ids = [f"{one.carrier}-{answer['name']}" for one, answer in found]
    return pytest.mark.parametrize(("capture", "answer"), found, ids=ids)


def carrier_of(capture: Capture) -> Carrier:
    return on_shelf()[capture.carrier]


def reported(expected: dict[str, Any]) -> Reported:
    blanks = {"provider_id": None, "ours": None}
    why = Why(expected["why"]) if "why" in expected else None
    return Reported(**{**blanks, **expected, "why": why})


@each("texts")
def test_texts_come_in(capture: Capture) -> None:
    blanks = {"message_id": None}
    wanted = tuple(Arrived(**{**blanks, **one}) for one in capture.data["expected"])
    passed_by = capture.data.get("passed_by", 0)
    told = Told(wanted, tuple(capture.data.get("unfit", ())), passed_by)
    assert texts_in(carrier_of(capture), capture.knock()) == told


@each("reports")
def test_reports_come_in(capture: Capture) -> None:
    wanted = tuple(reported(one) for one in capture.data["expected"])
    told = Told(wanted, passed_by=capture.data.get("passed_by", 0))
    assert reports_in(carrier_of(capture), capture.knock()) == told


@each("calls")
def test_calls_come_in(capture: Capture) -> None:
    wanted = [Rang(**one) for one in capture.data["expected"]]
    found = rang_in(carrier_of(capture), capture.knock())
    assert ([] if found is None else [found]) == wanted


@each("texts", "reports", "calls")
def test_what_comes_in_is_let_in_where_we_say_it_comes(capture: Capture) -> None:
    carrier, variables = carrier_of(capture), variables_of(capture.carrier)
    assert is_let_in(carrier, capture.knock(), variables, at=AT)
    path = urlsplit(capture.target).path
    assert path == path_of(carrier, variables, capture.kind)
    assert capture.method in carrier.methods


@each("send")
def test_our_texts_go_out(capture: Capture) -> None:
    outgoing = Outgoing(**capture.data["outgoing"])
    carrier, variables = carrier_of(capture), variables_of(capture.carrier)
    assert request_for(carrier, outgoing, variables) == request(capture)


@each("search")
def test_our_texts_are_asked_after(capture: Capture) -> None:
    outgoing = Outgoing(**capture.data["outgoing"])
    carrier, variables = carrier_of(capture), variables_of(capture.carrier)
    assert search_for(carrier, outgoing, variables) == request(capture)


def request(capture: Capture) -> Request:
    wanted = capture.data["expected"]
    return Request(
        wanted["method"],
        wanted["url"],
        tuple((name, value) for name, value in wanted["headers"]),
        wanted["content"].encode(),
    )


@answers("answers")
def test_an_answer_means(capture: Capture, answer: dict[str, Any]) -> None:
    found = outcome_of(carrier_of(capture), answer["status"], answer["body"].encode())
    if "taken" in answer:
        assert found == Taken(answer["taken"] or None)
    else:
        assert found == Refused(Why(answer["why"]), answer["code"])


@answers("found")
def test_a_look_up_finds(capture: Capture, answer: dict[str, Any]) -> None:
    carrier = carrier_of(capture)
    found = found_in(carrier, answer["status"], answer["body"].encode())
    if "found" not in answer:
        assert found == Refused(Why(answer["why"]), answer["code"])
        return
    wanted = [
        Taken(**{**one, "why": Why(one["why"]) if "why" in one else None})
        for one in answer["found"]
    ]
    assert found == tuple(wanted)


def test_every_part_of_every_shipped_file_is_held_against_payloads() -> None:
    there = {(one.carrier, one.kind) for one in all_captures()}
    described = {
        (name, kind)
        for name, carrier in on_shelf().items()
        for kind, is_described in (
            ("texts", carrier.texts),
            ("reports", carrier.reports),
            ("calls", carrier.calls),
            ("send", carrier.sending),
            ("answers", carrier.sending),
            ("search", carrier.search),
            ("found", carrier.search),
        )
        if is_described
    }
    assert there == described


def test_every_payload_says_where_it_is_documented() -> None:
    for capture in all_captures():
        assert capture.data["source"].startswith("https://"), capture
