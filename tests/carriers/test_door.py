"""Nobody comes in who does not know the secret, wherever it stands."""

import hmac
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from app.carriers import door
from app.carriers.door import path_of
from app.carriers.inbound import reports_in
from app.carriers.model import Carrier
from app.carriers.sending import request_for
from app.carriers.shelf import on_shelf
from app.carriers.wire import Knock, Outgoing
from tests.carriers.made_up import paper_plane

VARIABLES = {"USER": "u", "PASSWORD": "p", "SECRET": "s3cr3t-\u00e9"}
INSIDE = "10.1.2.3"
QUERY = '[door.secret]\nplace = "query"\nname = "key"\n'


# When the sealed request was made; a seal without its time is as good at any.
AT = datetime.fromtimestamp(17, UTC)


def is_let_in(carrier: Carrier, knock: Knock, variables: Mapping[str, str]) -> bool:
    return door.is_let_in(carrier, knock, variables, at=AT)


def knock(
    *,
    query: bytes = b"",
    headers: Sequence[tuple[str, str]] = (),
    body: bytes = b"<sms/>",
    secret: str = "",
    source: str = INSIDE,
) -> Knock:
    return Knock("POST", query, headers, body, secret, source)


def basic(pair: str) -> str:
    return f"Basic {b64encode(pair.encode()).decode()}"


def sealed(body: bytes, key: str = VARIABLES["SECRET"], at: str = "17") -> str:
    return "v1=" + hmac.digest(key.encode(), f"{at}:".encode() + body, "sha256").hex()


SEAL = (
    QUERY,
    '[door.seal]\nheader = "X-Seal"\nprefix = "v1="\n'
    'over = "{timestamp}:{body}"\ntimestamp = "X-Time"\n',
)
HEADER = (
    QUERY,
    '[door.secret]\nplace = "header"\nname = "X-Key"\nvalue = "App {SECRET}"\n',
)
PATH = (QUERY, '[door.secret]\nplace = "path"\n')
BASIC = (QUERY, '[door.secret]\nplace = "basic"\nvalue = "{USER}:{SECRET}"\n')

QUERY_SECRET = b"a=1&key=s3cr3t-%C3%A9"
GOOD: dict[str, tuple[Carrier, Knock]] = {
    "query": (paper_plane(), knock(query=QUERY_SECRET)),
    "path": (paper_plane(PATH), knock(secret=VARIABLES["SECRET"])),
    "header": (
        paper_plane(HEADER),
        knock(headers=[("x-key", f"App {VARIABLES['SECRET']}")]),
    ),
    "basic": (
        paper_plane(BASIC),
        knock(headers=[("authorization", basic(f"u:{VARIABLES['SECRET']}"))]),
    ),
    "seal": (
        paper_plane(SEAL),
        knock(headers=[("x-seal", sealed(b"<sms/>")), ("x-time", "17")]),
    ),
}


@pytest.mark.parametrize("kind", GOOD)
def test_who_knows_the_secret_comes_in(kind: str) -> None:
    carrier, good = GOOD[kind]
    assert is_let_in(carrier, good, VARIABLES)


@pytest.mark.parametrize("kind", GOOD)
@pytest.mark.parametrize("secret", ["", "other", "s3cr3t", "s3cr3t-\u00e9 "])
def test_another_secret_opens_nothing(kind: str, secret: str) -> None:
    carrier, good = GOOD[kind]
    assert not is_let_in(carrier, good, {**VARIABLES, "SECRET": secret})


@pytest.mark.parametrize("kind", GOOD)
def test_nothing_at_all_opens_nothing(kind: str) -> None:
    carrier, _ = GOOD[kind]
    assert not is_let_in(carrier, knock(), VARIABLES)
    assert not is_let_in(carrier, knock(), {})


@pytest.mark.parametrize("kind", GOOD)
def test_it_is_asked_beside_the_secret_where_a_request_comes_from(kind: str) -> None:
    carrier, good = GOOD[kind]
    for source in ("11.1.2.3", "", "nowhere", "::1"):
        assert not is_let_in(carrier, replace(good, source=source), VARIABLES)
    more = {**VARIABLES, "NETWORKS": "192.168.0.0/16 ::1"}
    assert is_let_in(carrier, replace(good, source="::1"), more)
    assert not is_let_in(carrier, knock(source=INSIDE), VARIABLES)


def test_networks_that_are_none_let_nobody_in() -> None:
    carrier, good = GOOD["path"]
    assert not is_let_in(
        carrier, replace(good, source="1.2.3.4"), {**VARIABLES, "NETWORKS": "1.2.3"}
    )


def changed(text: str, index: int, letter: str) -> str:
    return text[:index] + letter + text[index + 1 :]


@given(st.data())
def test_one_changed_letter_of_a_secret_opens_nothing(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from([kind for kind in GOOD if kind != "query"]))
    carrier, good = GOOD[kind]
    if kind == "path":
        index = data.draw(st.integers(0, len(good.secret) - 1))
        letter = data.draw(st.characters().filter(lambda c: c != good.secret[index]))
        wrong = replace(good, secret=changed(good.secret, index, letter))
    else:
        name, value = good.headers[0]
        # The last letter of base64 before its = has bits that nobody reads.
        first, last = (len("Basic "), len(value) - 3) if kind == "basic" else (0, -1)
        index = data.draw(st.integers(first, last % len(value)))
        letter = data.draw(
            st.characters(max_codepoint=255).filter(lambda c: c != value[index])
        )
        wrong = replace(
            good, headers=[(name, changed(value, index, letter)), *good.headers[1:]]
        )
    assert not is_let_in(carrier, wrong, VARIABLES)


@given(st.integers(0, len(QUERY_SECRET) - len(b"a=1&key=") - 1), st.integers(1, 255))
def test_one_changed_byte_of_a_query_opens_nothing(index: int, by: int) -> None:
    carrier, good = GOOD["query"]
    at = index + len(b"a=1&key=")
    byte = good.query[at] ^ by
    query = good.query[:at] + bytes([byte]) + good.query[at + 1 :]
    if query.lower() == good.query.lower():
        return  # %c3 and %C3 are the same escape.
    assert not is_let_in(carrier, replace(good, query=query), VARIABLES)


@given(st.binary(max_size=40), st.integers(0, 500), st.integers(1, 255))
def test_one_changed_byte_of_a_sealed_body_opens_nothing(
    body: bytes, index: int, by: int
) -> None:
    carrier, _ = GOOD["seal"]
    headers = [("x-seal", sealed(body)), ("x-time", "17")]
    assert is_let_in(carrier, knock(headers=headers, body=body), VARIABLES)
    if body:
        at = index % len(body)
        other = body[:at] + bytes([body[at] ^ by]) + body[at + 1 :]
        assert not is_let_in(carrier, knock(headers=headers, body=other), VARIABLES)
    assert not is_let_in(carrier, knock(headers=headers, body=body + b"x"), VARIABLES)
    timeless = [("x-seal", sealed(body, at=""))]
    assert not is_let_in(carrier, knock(headers=timeless, body=body), VARIABLES)
    late = [headers[0], ("x-time", "18")]
    assert not is_let_in(carrier, knock(headers=late, body=body), VARIABLES)


def test_a_secret_given_twice_opens_nothing() -> None:
    carrier, good = GOOD["query"]
    twice = good.query + b"&key=s3cr3t-%C3%A9"
    assert not is_let_in(carrier, replace(good, query=twice), VARIABLES)
    carrier, good = GOOD["header"]
    doubled = [*good.headers, *good.headers]
    assert not is_let_in(carrier, replace(good, headers=doubled), VARIABLES)


def test_half_a_pair_is_no_secret() -> None:
    carrier, _ = GOOD["basic"]
    for user, password in (("", "p"), ("u", ""), ("", "")):
        headers = [("authorization", basic(f"{user}:{password}"))]
        variables = {**VARIABLES, "USER": user, "SECRET": password}
        assert not is_let_in(carrier, knock(headers=headers), variables)


def test_a_carrier_of_twilios_dialect_has_no_such_door() -> None:
    assert not is_let_in(on_shelf()["somleng"], knock(), {"SECRET": ""})


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("texts", "/sms/paperplane/k/a%2Fb%20c"),
        ("reports", "/sms/paperplane/reports/k/a%2Fb%20c"),
        ("calls", "/calls/paperplane/k/a%2Fb%20c"),
    ],
)
def test_the_address_that_a_carrier_is_given(kind: str, path: str) -> None:
    assert path_of(paper_plane(PATH), {"SECRET": "a/b c"}, kind) == path
    plain = path.removesuffix("/k/a%2Fb%20c")
    assert path_of(paper_plane(), {"SECRET": "a/b c"}, kind) == plain


def test_a_secret_of_the_query_goes_with_the_address_of_the_report() -> None:
    outgoing = Outgoing("i", 1, "+8801712345678", "", "x", report_url="https://h/r?m=1")
    sent = request_for(paper_plane(), outgoing, {**VARIABLES, "SECRET": "a&b"})
    assert b"callback=https%3A%2F%2Fh%2Fr%3Fm%3D1%26key%3Da%2526b" in sent.content


@pytest.mark.parametrize(
    ("written", "seconds", "is_fresh"),
    [
        ("1796100000", 0, True),
        ("1796100000", 300, True),
        ("1796100000", -300, True),
        ("1796100000", 301, False),
        ("1796100000", -301, False),
        ("1796100000123", 10, True),
        ("1796100000123", 301, False),
        ("2026-12-01T04:40:00Z", 0, True),
        ("2026-12-01T10:10:00+05:30", 0, True),
        ("2026-12-01T04:40:00", 0, False),
        ("2026-12-01T03:00:00Z", 0, False),
        ("now", 0, False),
    ],
)
def test_a_sealed_request_opens_for_five_minutes(
    written: str, seconds: int, is_fresh: bool
) -> None:
    carrier, _ = GOOD["seal"]
    body = b"<sms/>"
    headers = [("x-seal", sealed(body, at=written)), ("x-time", written)]
    at = datetime.fromtimestamp(1796100000, UTC) + timedelta(seconds=seconds)
    asked = knock(headers=headers, body=body)
    assert door.is_let_in(carrier, asked, VARIABLES, at=at) is is_fresh


def test_under_a_seal_alone_the_body_names_the_debt_and_not_the_address() -> None:
    sealed_id = "0190d9a4-0000-7000-8000-000000000001"
    other = "0190d9a4-0000-7000-8000-00000000000f"
    body = f"<r><state>OK</state><reference>{sealed_id}.2</reference></r>".encode()
    asked = knock(query=f"m={other}&a=9".encode(), body=body)
    (told,) = reports_in(GOOD["seal"][0], asked).found
    assert (told.ours, told.attempt) == (sealed_id, 2)
    (told,) = reports_in(GOOD["path"][0], asked).found
    assert (told.ours, told.attempt) == (other, 9)
