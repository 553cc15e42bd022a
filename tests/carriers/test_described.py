"""A carrier's file is read whole or refused with everything that is wrong in it."""

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from app.carriers import inbound
from app.carriers.enabled import enabled
from app.carriers.model import Carrier
from app.carriers.sending import NAMES
from app.carriers.shelf import BadCarrier, on_shelf, read_carrier
from app.outbox.settlement import DELIVERY_RANKS, UNDELIVERED
from tests.carriers.made_up import XML, changed, paper_plane

KANNEL = ("USER", "PASSWORD", "SECRET")
SECRET = '[door.secret]\nplace = "query"\nname = "key"\n'


def test_the_shelf_holds_the_shipped_ones() -> None:
    assert set(on_shelf()) == {
        *("twilio", "whatsapp", "somleng"),
        *("exotel", "sslwireless", "infobip", "kannel", "jasmin"),
    }


def test_what_others_ask_of_a_carrier() -> None:
    exotel, kannel = on_shelf()["exotel"], on_shelf()["kannel"]
    ssl, somleng = on_shelf()["sslwireless"], on_shelf()["somleng"]
    assert (exotel.reply, exotel.needs_template) == ("send", True)
    assert (kannel.reply, kannel.needs_template) == ("body", False)
    assert kannel.reply_headers("বেতন") == {"x-kannel-coding": "2"}
    assert kannel.reply_headers("wage") == {"x-kannel-coding": "0"}
    assert (ssl.hears, ssl.has_reports, ssl.can_send) == (False, False, True)
    assert (ssl.is_idempotent, ssl.idempotent_day) == (True, "Asia/Dhaka")
    assert on_shelf()["jasmin"].acknowledgement == b"ACK/Jasmin"
    assert [name for name, each in on_shelf().items() if each.can_search] == ["infobip"]
    assert [name for name, each in on_shelf().items() if each.rings] == ["exotel"]
    assert somleng.variables == ("ACCOUNT_SID", "AUTH_TOKEN", "API_BASE", "FROM")
    assert somleng.can_send


def test_rules_of_length_and_country() -> None:
    carrier = paper_plane()
    assert carrier.may_send_to("+8801712345678")
    assert not carrier.may_send_to("+31612345678")
    assert carrier.holds("a" * 300)
    assert not carrier.holds("a" * 301)
    assert not carrier.holds("ব" * 135)
    assert on_shelf()["kannel"].may_send_to("+31612345678")


def test_statuses_are_the_outboxes() -> None:
    assert set(DELIVERY_RANKS) == inbound.STATUSES
    assert UNDELIVERED < inbound.UNDELIVERED


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (('title = "Paper Plane"', ""), "title is missing"),
        (('dialect = "http"', 'dialect = "smpp"'), "dialect is none of http, twilio"),
        (('reply = "send"', 'reply = "maybe"'), "rules.reply is none of body, send"),
        (("most_parts = 2", "most_parts = -2"), "rules.most_parts is not a whole"),
        (("most_parts = 2", "most_part = 2"), "rules.most_part is unknown"),
        (
            ('to = "{to_national}"', 'to = "{to_moon}"'),
            "send asks for {to_moon}, which nothing gives",
        ),
        (
            ('variables = ["USER", ', 'variables = ["USER", "OTHER", '),
            "variables has OTHER, which nothing asks for",
        ),
        (
            ('variables = ["USER", ', 'variables = ["user", "USER", '),
            "variables has 'user': capital letters, digits and _",
        ),
        (('place = "query"', 'place = "attic"'), "door.secret.place is none of basic,"),
        (('name = "key"', ""), "door.secret.name is missing"),
        (('recipient = "to"', ""), "texts.recipient is missing"),
        (('decode = "ucs2-hex"', 'decode = "ebcdic"'), "texts.decode is none of gsm7,"),
        (('home = "BD"', 'home = "NL"'), "texts.home is none of"),
        (('read = "xml"\nitems', 'read = "yaml"\nitems'), "texts.read has 'yaml'"),
        (('delivered = "OK"', 'arrived = "OK"'), "reports.statuses.arrived is none of"),
        (('number = ["7"]', 'moon = ["7"]'), "reports.why.moon is none of account,"),
        (
            ('busy = ["7*"]', 'busy = ["7*", "7"]'),
            "reports.why.busy has '7', which is there already",
        ),
        (('number = ["7"]', "number = [7]"), "reports.why.number is not a list of"),
        (('body = "form"', 'body = "carrier pigeon"'), "send.body is none of form,"),
        (("statuses = [201]", 'statuses = ["201"]'), "send.answer.statuses is not a"),
        (
            ("statuses = [201]", "patterns = ['(?P<id']"),
            "send.answer.patterns has a bad pattern",
        ),
        (
            ("statuses = [201]", "patterns = ['x+']"),
            "send.answer.patterns has a pattern that names no field",
        ),
        (
            (SECRET, ""),
            "door has neither secret nor seal: anybody could come in",
        ),
        (
            (SECRET, '[door.seal]\nheader = "x"\nover = "{timestamp}.{body}"\n'),
            "door.seal.timestamp and {timestamp} in over go together",
        ),
        (
            (SECRET, '[door.seal]\nheader = "x"\nover = "body"\n'),
            "door.seal.over does not hold {body} once",
        ),
        (("[send.fields]", "[send.felds]"), "send.felds is unknown"),
        (
            ('body = "form"', 'body = "form"\nidempotent_day = "Dhaka"'),
            "send.idempotent_day is no time zone",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(
    change: tuple[str, str], problem: str
) -> None:
    with pytest.raises(BadCarrier) as refused:
        paper_plane(change)
    assert any(
        each.startswith(f"paperplane.toml: {problem}")
        for each in refused.value.problems
    ), refused.value.problems


SEAL = '[door.seal]\nheader = "x"\n'
NO_SECRET = (
    "paperplane.toml: door has no secret: a seal over the body says nothing of an"
    " address"
)


@pytest.mark.parametrize(
    "change",
    [
        ('methods = ["POST"]', 'methods = ["POST", "GET"]'),
        ('read = ["xml"]', 'read = ["xml", "query"]'),
    ],
)
def test_a_seal_alone_vouches_for_no_address(change: tuple[str, str]) -> None:
    """What stands in an address could be anybody's, under a seal of a body."""
    assert paper_plane((SECRET, SEAL)).is_sealed_alone
    with pytest.raises(BadCarrier) as refused:
        paper_plane((SECRET, SEAL), change)
    assert refused.value.problems == (NO_SECRET,)
    assert not paper_plane((SECRET, SECRET + SEAL), change).is_sealed_alone


def test_everything_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(BadCarrier) as refused:
        paper_plane(('title = "Paper Plane"', ""), ("most_parts = 2", "parts = 2"))
    assert refused.value.problems == (
        "paperplane.toml: title is missing",
        "paperplane.toml: rules.parts is unknown",
    )


def test_what_is_no_toml_is_refused() -> None:
    with pytest.raises(BadCarrier, match=r"^paperplane\.toml: "):
        read_carrier("paperplane", "title = ")


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_no_line_of_a_file_can_be_changed_into_a_crash(data: st.DataObject) -> None:
    """Whatever stands in a place, it is read or refused, never a fault of ours."""
    raw = tomllib.loads(XML)
    here = raw
    key = data.draw(st.sampled_from(sorted(here)))
    while isinstance(here[key], dict) and data.draw(st.booleans()):
        here = here[key]
        key = data.draw(st.sampled_from(sorted(here)))
    here[key] = data.draw(
        st.sampled_from(["", "x", 1, -1, 1.5, True, [], ["x", 1], {}, {"x": 1}, [{}]])
    )
    assert isinstance(read_or_refused(toml_of(raw)), Carrier | BadCarrier)


def read_or_refused(toml: str) -> Carrier | BadCarrier:
    try:
        return read_carrier("paperplane", toml)
    except BadCarrier as refused:
        return refused


def toml_of(tree: dict[str, object]) -> str:
    return "".join(f"{key} = {inline(value)}\n" for key, value in tree.items())


def inline(value: object) -> str:
    if isinstance(value, dict):
        inside = ", ".join(f'"{key}" = {inline(each)}' for key, each in value.items())
        return f"{{{inside}}}"
    if isinstance(value, list):
        return f"[{', '.join(inline(each) for each in value)}]"
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value) if isinstance(value, int | float) else f"'{value}'"


def test_an_operators_own_file_goes_before_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "paperplane.toml").write_text(XML)
    own = changed(('title = "Paper Plane"', 'title = "Our Kannel"'))
    (tmp_path / "kannel.toml").write_text(own)
    (tmp_path / "notes.txt").write_text("nothing")
    shelf = on_shelf(tmp_path)
    assert set(shelf) == {*on_shelf(), "paperplane"}
    assert (shelf["kannel"].title, on_shelf()["kannel"].title) == (
        *("Our Kannel", "Kannel"),
    )


def test_every_bad_file_of_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "one.toml").write_text("x = ")
    (tmp_path / "Two.toml").write_text(XML)
    with pytest.raises(BadCarrier) as refused:
        on_shelf(tmp_path)
    said = [problem.split(":")[0] for problem in refused.value.problems]
    assert said == ["Two.toml", "one.toml"]


def test_a_carrier_that_is_used_has_its_variables() -> None:
    variables = {"kannel": dict.fromkeys(KANNEL, "a-secret-of-the-door")}
    assert list(enabled(["kannel"], variables, None)) == ["kannel"]
    with pytest.raises(BadCarrier) as refused:
        enabled(["kannel", "pigeon"], {"kannel": {"USER": "secret-user"}}, None)
    text = str(refused.value)
    assert "SMS_KANNEL_PASSWORD is missing" in text
    assert "SMS_KANNEL_SECRET is missing" in text
    assert "pigeon" in text
    assert "secret-user" not in text


def test_no_module_asks_for_a_carriers_name() -> None:
    """Adding a carrier takes a file and payloads, no code."""
    folder = Path(inbound.__file__).parent
    names = {name for name, each in on_shelf().items() if each.dialect == "http"}
    for module in folder.glob("*.py"):
        text = module.read_text()
        found = {name for name in names if f'"{name}"' in text}
        assert not found, module.name


def test_every_key_of_a_file_is_described_for_who_writes_one() -> None:
    root = Path(inbound.__file__).parents[2]
    source = (root / "app/carriers/described.py").read_text()
    page = (root / "infra/carrier-files.md").read_text()
    keys = set(re.findall(r'(?:table|answer)\.\w+\(\s*"(\w+)"', source))
    parts = r'(?:part|_codes|_listed|_cell|_conditions)\((?:\w+, )?"(\w+)"'
    keys |= set(re.findall(parts, source))
    assert len(keys) > 60
    assert {key for key in keys if f"`{key}`" not in page} == set()
    names = {name for name in NAMES if f"{{{name}}}" not in page}
    assert names == set()
