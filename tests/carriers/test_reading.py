"""Whatever is posted is read or refused; words come through every alphabet."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote_from_bytes, urlencode

import pytest
from hypothesis import example, given, settings, strategies as st

from app.carriers.inbound import rang_in, reports_in, texts_in
from app.carriers.letters import DECODINGS, decoded, is_gsm7
from app.carriers.numbers import number_from
from app.carriers.sending import found_in, id20, outcome_of, request_for
from app.carriers.shelf import on_shelf
from app.carriers.wire import (
    Arrived,
    Knock,
    Outgoing,
    Refused,
    Reported,
    Request,
    Taken,
    Told,
    Why,
)
from app.domain.errors import BadInput
from app.wording.segments import GSM7_BASIC, GSM7_EXTENDED
from tests.carriers.captures import all_captures, captures
from tests.carriers.made_up import paper_plane

ID = "0190d9a4-0000-7000-8000-000000000001"
XML_TYPE = [("content-type", "text/xml")]
WORDS = st.text(
    st.sampled_from("আমার বেতন मेरा वेतन கூலி 😟👩🏽‍🏭 abc \n\t₹€é?&=+%<>\"'\\{}"),
    max_size=40,
)
READERS = (texts_in, reports_in, rang_in)


def posted(body: str, query: bytes = b"") -> Knock:
    return Knock("POST", query, XML_TYPE, body.encode())


TYPES = st.sampled_from(
    ["", "application/json", "application/x-www-form-urlencoded", "text/xml", "\xff"]
)
PIECES = st.sampled_from(
    [
        *(
            b"{",
            b"}",
            b"[",
            b"]",
            b'"results"',
            b":",
            b",",
            b"null",
            b"1e999",
            b"\\ud800",
        ),
        *(b"&", b"=", b"%", b"%0", b"%FF", b"+", b"id", b"text", b"from", b"to", b"m="),
        *(
            b"<sms>",
            b"</sms>",
            b"<id>",
            b"&amp;",
            b"<!DOCTYPE x>",
            b"\x00",
            b"9" * 5000,
        ),
        *(
            b"SmsSid=1&From=1&To=2&Body=",
            b"coding=%08&binary=",
            b"status=1",
            b"Status=sent",
        ),
    ]
)


@given(
    name=st.sampled_from(sorted(on_shelf())),
    method=st.sampled_from(["GET", "POST", "HEAD"]),
    kind=TYPES,
    query=st.one_of(st.binary(max_size=80), st.lists(PIECES, max_size=8).map(b"".join)),
    body=st.one_of(st.binary(max_size=80), st.lists(PIECES, max_size=8).map(b"".join)),
)
@settings(max_examples=200, deadline=None)
@example("infobip", "POST", "application/json", b"", b"[" * 100_000)
@example("infobip", "POST", "application/json", b"", b'{"results":' * 90_000)
@example("infobip", "POST", "application/json", b"", b'{"results":[{"messageId":NaN}]}')
def test_whatever_comes_in_is_read_or_refused(
    name: str, method: str, kind: str, query: bytes, body: bytes
) -> None:
    knock = Knock(method, query, [("content-type", kind)], body)
    for read in READERS:
        with suppress(BadInput):
            read(on_shelf()[name], knock)


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_a_payload_that_is_cut_or_bent_is_read_or_refused(data: st.DataObject) -> None:
    capture = data.draw(st.sampled_from(captures("texts", "reports", "calls")))
    knock = capture.knock()
    where = "body" if knock.body else "query"
    raw = bytes(getattr(knock, where))
    at = data.draw(st.integers(0, len(raw)))
    piece = data.draw(PIECES | st.binary(max_size=4))
    bent = raw[:at] + piece + raw[at + data.draw(st.integers(0, 30)) :]
    read = {"texts": texts_in, "reports": reports_in, "calls": rang_in}[capture.kind]
    with suppress(BadInput):
        read(on_shelf()[capture.carrier], replace(knock, **{where: bent}))


@given(
    name=st.sampled_from([n for n, each in on_shelf().items() if each.sending]),
    status=st.integers(100, 599),
    body=st.one_of(st.binary(max_size=80), st.lists(PIECES, max_size=8).map(b"".join)),
)
@settings(max_examples=200, deadline=None)
def test_whatever_is_answered_has_a_meaning(
    name: str, status: int, body: bytes
) -> None:
    carrier = on_shelf()[name]
    outcome = outcome_of(carrier, status, body)
    assert isinstance(outcome, Taken | Refused)
    if isinstance(outcome, Refused):
        assert 0 < len(outcome.code) <= 64
    if carrier.search:
        found = found_in(carrier, status, body)
        assert isinstance(found, tuple | Refused)


@pytest.mark.parametrize("name", sorted(n for n, c in on_shelf().items() if c.sending))
@pytest.mark.parametrize("status", [200, 202, 408, 500, 502, 504])
@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b"[]", b"null", b'"x"'])
def test_an_answer_that_says_nothing_may_have_been_taken(
    name: str, status: int, body: bytes
) -> None:
    found = outcome_of(on_shelf()[name], status, body)
    assert isinstance(found, Refused)
    assert found.why is Why.UNKNOWN


def refusals() -> Iterator[tuple[str, Knock, str]]:
    base = {"SmsSid": "1", "Sender": "+919", "ReceivedOn": "1", "MessageBody": "x"}
    json_type = [("content-type", "application/json")]
    for name, value, said in (
        ("Sender", None, "Sender is missing"),
        ("ReceivedOn", None, "ReceivedOn is missing"),
        ("Sender", {"number": "+919876500001"}, "Sender is not one value"),
        ("Sender", "+9198765" * 50, "Sender is too long"),
        ("SmsSid", "1" * 257, "SmsSid is too long"),
    ):
        fields = {k: v for k, v in {**base, name: value}.items() if v is not None}
        yield "exotel", Knock("POST", b"", json_type, json.dumps(fields).encode()), said
    hidden = b"id=1&from=&to=3&coding=8&binary=0g"
    yield "jasmin", Knock("POST", b"", (), hidden), "binary is not hexadecimal"
    yield "infobip", Knock("POST", b"", json_type, b"{}"), "results is missing"
    yield "infobip", Knock("POST", b"", json_type, b"x"), "the body is not JSON"
    yield "infobip", Knock("GET", b"a=1", (), b""), "nothing is read from the address"
    yield "sslwireless", Knock("POST", b"", (), b""), "this carrier brings no texts"
    twice = b"id=1&from=2&from=3&to=3&text=x"
    yield "kannel", Knock("GET", twice, (), b""), "from is not one value"


@pytest.mark.parametrize(("name", "knock", "said"), list(refusals()))
def test_what_is_refused_is_named_and_never_shown(
    name: str, knock: Knock, said: str
) -> None:
    assert unfit(name, knock) == (said,)


def unfit(name: str, knock: Knock) -> tuple[str, ...]:
    """Return what is wrong with a request, or with each thing that it tells."""
    try:
        told = texts_in(on_shelf()[name], knock)
    except BadInput as refused:
        return (str(refused),)
    assert told.found == ()
    return told.unfit


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("jasmin", b"coding=8&binary=0g", "binary is not hexadecimal"),
        ("jasmin", b"coding=8&binary=090", "binary is not hexadecimal"),
        ("jasmin", b"coding=8&content=x", "binary is missing"),
        ("kannel", b"words=x", "text is missing"),
        ("kannel", b"text=x&text=y", "text is not one value"),
    ],
)
def test_who_wrote_what_cannot_be_read_is_heard_all_the_same(
    name: str, body: bytes, said: str
) -> None:
    form = [("content-type", "application/x-www-form-urlencoded")]
    knock = Knock("POST", b"", form, b"id=1&from=2&to=3&" + body)
    wanted = Told((Arrived("1", "2", "3", "", unread=said),))
    assert texts_in(on_shelf()[name], knock) == wanted


def test_what_cannot_be_read_of_several_spoils_no_other() -> None:
    texts = [
        {"messageId": "1", "from": "8801712345678", "to": "16263", "text": "one"},
        {"messageId": "2", "to": "16263", "text": "two"},
        {"messageId": "3", "from": "919876500001", "to": "16263"},
        "nothing",
        {"messageId": "5", "from": "6591234567", "to": "16263", "text": "five"},
    ]
    body = json.dumps({"results": texts}).encode()
    assert texts_in(on_shelf()["infobip"], Knock("POST", b"", (), body)) == Told(
        (
            Arrived("1", "+8801712345678", "16263", "one"),
            Arrived("3", "+919876500001", "16263", "", unread="text is missing"),
            Arrived("5", "+6591234567", "16263", "five"),
        ),
        ("from is missing", "from is missing"),
    )
    states = [
        {"messageId": "1"},
        {"messageId": "2", "status": {"id": 5, "groupName": "DELIVERED"}},
    ]
    body = json.dumps({"results": states}).encode()
    assert reports_in(on_shelf()["infobip"], Knock("POST", b"", (), body)) == Told(
        (Reported("2", None, "delivered"),), ("status.id is missing",)
    )


@pytest.mark.parametrize(
    ("direction", "is_heard"),
    [
        *((word, True) for word in ("", "incoming", "Inbound", "INCOMING", "mo")),
        *((word, False) for word in ("outgoing", "Outbound-API", "outbound")),
    ],
)
def test_only_what_is_known_to_be_something_else_is_passed_by(
    direction: str, is_heard: bool
) -> None:
    text = {"SmsSid": "1", "Sender": "2", "ReceivedOn": "3", "MessageBody": "x"}
    form = urlencode({**text, "Direction": direction}).encode()
    kind = [("content-type", "application/x-www-form-urlencoded")]
    told = texts_in(on_shelf()["exotel"], Knock("POST", b"", kind, form))
    assert (len(told.found), told.passed_by) == ((1, 0) if is_heard else (0, 1))


@pytest.mark.parametrize(
    ("said", "is_missed"),
    [
        ({"CallType": "client-hangup"}, True),
        ({"CallType": "voicemail"}, True),
        ({"Status": "Missed-Call"}, True),
        ({"Status": "cancelled", "Direction": "Incoming"}, True),
        ({"CallType": "completed"}, False),
        ({"Direction": "Outbound-Dial"}, False),
        ({"Status": "Completed"}, False),
    ],
)
def test_a_call_is_missed_unless_it_is_known_not_to_be(
    said: dict[str, str], is_missed: bool
) -> None:
    call = {"CallSid": "1", "CallFrom": "09876543210", "CallTo": "08047000000"}
    query = urlencode({**call, **said}).encode()
    rang = rang_in(on_shelf()["exotel"], Knock("GET", query, (), b""))
    assert (rang is not None) is is_missed


def test_a_blank_text_and_a_withheld_number_are_no_fault() -> None:
    query = b"id=1&from=&to=16000&charset=UTF-8&text="
    found = texts_in(on_shelf()["kannel"], Knock("GET", query, (), b""))
    assert found == Told((Arrived("1", "", "16000", ""),))


def test_marks_around_the_values_of_a_form_are_taken_off() -> None:
    change = ('read = "xml"\nitems = "sms"', 'read = "form"\nquoted = true')
    sender = ('sender = "from.number"', 'sender = "from"')
    body = b"id=%221%22&from=%2201712345678%22&to=16263&body=%2209AC09C7%22"
    found = texts_in(paper_plane(change, sender), Knock("POST", b"", (), body))
    assert found == Told((Arrived("1", "+8801712345678", "16263", "বে"),))


@given(WORDS)
def test_words_come_through_json(text: str) -> None:
    fields = {"results": [{"messageId": "1", "from": "1", "to": "2", "text": text}]}
    for body in (json.dumps(fields), json.dumps(fields, ensure_ascii=False)):
        knock = Knock(
            "POST", b"", [("content-type", "application/json")], body.encode()
        )
        assert texts_in(on_shelf()["infobip"], knock).found[0].text == text


@given(WORDS)
def test_words_come_through_a_form_and_a_query(text: str) -> None:
    form = urlencode({"SmsSid": "1", "From": "1", "To": "2", "Body": text}).encode()
    kind = [("content-type", "application/x-www-form-urlencoded")]
    for knock in (Knock("POST", b"", kind, form), Knock("GET", form, (), b"")):
        assert texts_in(on_shelf()["exotel"], knock).found[0].text == text


@given(WORDS)
def test_words_come_through_bytes_of_utf_16(text: str) -> None:
    raw = quote_from_bytes(text.encode("utf-16-be"), safe="")
    query = f"id=1&from=1&to=2&charset=UTF-16BE&text={raw}".encode()
    found = texts_in(on_shelf()["kannel"], Knock("GET", query, (), b""))
    assert found.found[0].text == text


@given(WORDS)
def test_words_come_through_hex(text: str) -> None:
    raw = text.encode("utf-16-be").hex()
    body = f"id=1&from=1&to=2&coding=%08&binary={raw}".encode()
    (arrived,) = texts_in(on_shelf()["jasmin"], Knock("POST", b"", (), body)).found
    assert arrived.text == text
    sender = "<from><number>1</number></from>"
    xml = f"<r><sms><id>1</id>{sender}<to>2</to><body>{raw}</body></sms></r>"
    found = texts_in(paper_plane(), posted(xml)).found if text else ()
    assert [each.text for each in found] == ([text] if text else [])


@given(st.text(st.sampled_from(sorted(GSM7_BASIC | GSM7_EXTENDED)), max_size=40))
def test_words_of_gsm_7_come_back(text: str) -> None:
    assert is_gsm7(text)
    assert decoded(gsm7(text).hex(), "gsm7-hex", "x") == text


def gsm7(text: str) -> bytes:
    """Write as a phone does, by the tables of GSM 03.38 in their own order."""
    basic = (
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x00ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
        "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
    )
    escaped = dict(
        zip("\f^{}\\[~]|€", (10, 20, 40, 41, 47, 60, 61, 62, 64, 101), strict=True)
    )
    return b"".join(
        bytes([27, escaped[c]]) if c in escaped else bytes([basic.index(c)])
        for c in text
    )


def test_what_calls_itself_gsm_7_and_is_not_is_read_as_it_may_be() -> None:
    assert decoded("বেতন".encode().hex(), "gsm7-hex", "x") == "বেতন"
    assert decoded("café".encode("latin-1").hex(), "gsm7-hex", "x") == "café"
    assert decoded("1b41", "gsm7-hex", "x") == "A"
    assert decoded("1b1b28", "gsm7-hex", "x") == "\ufffd("


@given(st.sampled_from(sorted(DECODINGS)), st.text(max_size=20))
def test_every_alphabet_makes_text_that_can_be_kept(alphabet: str, raw: str) -> None:
    with suppress(BadInput):
        decoded(raw, alphabet, "x").encode()


@given(WORDS)
def test_our_words_go_out_whole(text: str) -> None:
    """Each carrier gets letters from which the words can be had back."""
    for name, carrier in on_shelf().items():
        if carrier.sending is None:
            continue
        variables = dict.fromkeys(carrier.variables, "v")
        outgoing = Outgoing(ID, 1, "+8801712345678", "1", text, "T", "https://h/r?m=1")
        sent = request_for(carrier, outgoing, variables)
        assert any(form in written(sent) for form in forms(text)), name


def written(sent: Request) -> str:
    return f"{sent.url} {sent.content.decode()}"


def forms(text: str) -> tuple[str, ...]:
    return (
        json.dumps(text, ensure_ascii=False),
        urlencode({"x": text})[1:],
        text.encode("utf-16-be").hex().upper(),
    )


@pytest.mark.parametrize(
    ("raw", "home", "number"),
    [
        ("+8801712345678", "", "+8801712345678"),
        ("8801712345678", "", "+8801712345678"),
        ("008801712345678", "IN", "+8801712345678"),
        ("01712345678", "", "+8801712345678"),
        ("1712345678", "BD", "+8801712345678"),
        ("09876543210", "IN", "+919876543210"),
        ("9876543210", "", "9876543210"),
        ("09876543210", "", "09876543210"),
        ("919876543210", "", "+919876543210"),
        ("6591234567", "", "6591234567"),
        ("6591234567", "abroad", "+6591234567"),
        ("8801712345678", "abroad", "+8801712345678"),
        ("917012345678", "abroad", "+917012345678"),
        ("01712345678", "abroad", "01712345678"),
        ("16263", "abroad", "16263"),
        ("08045678900", "IN", "+918045678900"),
        ("09612345678", "BD", "+8809612345678"),
        (" 919876543210", "IN", "+919876543210"),
        ("+91 98765-43210", "IN", "+919876543210"),
        ("31612345678", "BD", "+31612345678"),
        ("16263", "BD", "16263"),
        ("56070", "IN", "56070"),
        ("bKash", "BD", "bKash"),
        ("AD-EXOTEL", "IN", "AD-EXOTEL"),
        ("", "BD", ""),
        ("+", "BD", "+"),
        ("+911140XXXXXX", "IN", "+911140XXXXXX"),
        ("১৬২৬৩", "BD", "১৬২৬৩"),
    ],
)
def test_numbers_are_read_as_their_country_writes_them(
    raw: str, home: str, number: str
) -> None:
    assert number_from(raw, home) == number


def report(
    state: str, reason: str = "", reference: str = ID, query: bytes = b""
) -> tuple[Reported, ...]:
    told = {"state": state, "reason": reason, "reference": reference}
    fields = "".join(f"<{name}>{text}</{name}>" for name, text in told.items())
    body = f"<r>{fields}</r>"
    return reports_in(paper_plane(), posted(body, query)).found


@pytest.mark.parametrize(
    ("reason", "why", "code"),
    [
        ("7", Why.NUMBER, "7"),
        ("72", Why.BUSY, "72"),
        ("711", Why.CONTENT, "711"),
        ("8", Why.UNKNOWN, "8"),
        ("", Why.UNKNOWN, ""),
        ("call 01712345678", Why.UNKNOWN, ""),
        ("0x01712345678", Why.UNKNOWN, ""),
        ("0x00000045", Why.UNKNOWN, "0x00000045"),
        ("x" * 65, Why.UNKNOWN, ""),
        ("বেতন", Why.UNKNOWN, ""),
    ],
)
def test_a_code_means_what_the_longest_match_says(
    reason: str, why: Why, code: str
) -> None:
    wanted = Reported(None, ID, "failed", why=why, code=code)
    assert report("NOT THERE", reason) == (wanted,)


def test_our_own_address_goes_before_what_a_report_says() -> None:
    other = "0190d9a4-0000-7000-8000-00000000000F"
    query = f"m={other}&a=3&key=x".encode()
    assert report("OK", query=query) == (
        Reported(None, other.lower(), "delivered", attempt=3),
    )
    assert report("OK", reference=f"{ID}.4") == (
        Reported(None, ID, "delivered", attempt=4),
    )
    twice = f"m={other}&m={ID}&a=3".encode()
    assert report("OK", query=twice) == (Reported(None, ID, "delivered"),)
    assert report("OK", reference="x") == (Reported(None, None, "delivered"),)


def test_a_word_that_means_nothing_is_passed_by() -> None:
    assert report("THINKING") == ()
    bare = posted("<r><reason>1</reason></r>")
    assert reports_in(paper_plane(), bare) == Told((), ("state is missing",))
    odd = posted(f"<r><state>THINKING</state><reference>{ID}</reference></r>")
    assert reports_in(paper_plane(), odd) == Told((), passed_by=1)


@pytest.mark.parametrize(
    "body",
    [
        '<!DOCTYPE r [<!ENTITY a "a">]><r><state>&a;</state></r>',
        "<r><state>OK</r>",
        "",
        "\x00",
        "<?xml version='1.0' encoding='nothing'?><r/>",
    ],
)
def test_xml_that_could_do_harm_or_is_none_is_refused(body: str) -> None:
    with pytest.raises(BadInput):
        reports_in(paper_plane(), posted(body))


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (201, "<r><id>7</id></r>", Taken("7")),
        (200, "<r><id>7</id></r>", Refused(Why.UNKNOWN, "http 200")),
        (201, "<r><id/></r>", Refused(Why.UNKNOWN, "no_id")),
        (201, f"<r><id>{'7' * 201}</id></r>", Refused(Why.UNKNOWN, "no_id")),
        (503, "<r><error>later</error></r>", Refused(Why.BUSY, "later")),
        (503, "oops", Refused(Why.BUSY, "http 503")),
        (500, "oops", Refused(Why.UNKNOWN, "http 500")),
        (402, "oops", Refused(Why.ACCOUNT, "http 402")),
        (302, "", Refused(Why.CONFIG, "http 302")),
        (404, "", Refused(Why.CONFIG, "http 404")),
        (429, "", Refused(Why.BUSY, "http 429")),
        (408, "", Refused(Why.UNKNOWN, "http 408")),
    ],
)
def test_answers_in_xml_and_by_their_number(
    status: int, body: str, outcome: Taken | Refused
) -> None:
    assert outcome_of(paper_plane(), status, body.encode()) == outcome


def test_a_request_as_a_form_with_a_pair_of_credentials() -> None:
    outgoing = Outgoing(ID, 1, "+919876500001", "", "a&b", report_url="")
    variables = {"USER": "u/s", "PASSWORD": "p", "SECRET": "s"}
    assert request_for(paper_plane(), outgoing, variables) == Request(
        "POST",
        "https://paperplane.example/u%2Fs/send",
        (
            ("authorization", "Basic dS9zOnA="),
            ("content-type", "application/x-www-form-urlencoded"),
        ),
        b"to=09876500001&text=a%26b&ref=0190d9a4000070008000000000000001&callback=",
    )


@given(st.uuids(), st.uuids())
def test_twenty_letters_stand_for_an_id(one: object, other: object) -> None:
    short = id20(str(one))
    assert (len(short), short.isascii(), short.isalnum()) == (20, True, True)
    assert (short == id20(str(other))) == (one == other)


@given(st.integers(1, 30), st.integers(1, 30))
def test_after_a_refusal_an_id_is_another_and_after_a_lost_answer_the_same(
    one: int, other: int
) -> None:
    def handed_over(attempt: int, first: int) -> bytes:
        outgoing = Outgoing(ID, attempt, "+8801712345678", "", "x", first=first)
        variables = {"API_TOKEN": "t", "SID": "s"}
        return request_for(on_shelf()["sslwireless"], outgoing, variables).content

    assert handed_over(one, one) == handed_over(one + 1, one) == handed_over(31, one)
    assert (handed_over(one, one) == handed_over(other, other)) is (one == other)
    assert id20(ID).encode() in handed_over(1, 1)


@pytest.mark.parametrize(
    ("name", "hours", "knows"),
    [
        ("infobip", 0, True),
        ("infobip", 47, True),
        ("infobip", 48, False),
        ("infobip", 72, False),
        ("kannel", 1000, True),
    ],
)
def test_a_log_is_asked_no_longer_than_it_is_kept(
    name: str, hours: int, knows: bool
) -> None:
    since = datetime(2026, 12, 1, tzinfo=UTC)
    at = since + timedelta(hours=hours)
    assert on_shelf()[name].still_knows(since, at) is knows


def test_nothing_that_must_not_be_seen_shows_in_a_repr() -> None:
    seen = ""
    for capture in all_captures():
        carrier = on_shelf()[capture.carrier]
        if capture.kind == "texts":
            seen += repr(texts_in(carrier, capture.knock()))
        if capture.kind == "send":
            outgoing = Outgoing(**capture.data["outgoing"])
            seen += repr(outgoing)
            seen += repr(
                request_for(
                    carrier, outgoing, dict.fromkeys(carrier.variables, "s3cr3t")
                )
            )
    assert seen
    for hidden in ("8801712345678", "919876500001", "বেতন", "Thank you", "s3cr3t"):
        assert hidden not in seen
