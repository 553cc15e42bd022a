"""Through whom a text goes, and that it never goes twice."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from app.gateways.texts import TextRouter
from app.outbox.owed import Receipt, Text
from app.outbox.settlement import (
    AccountBlocked,
    BadContent,
    GatewayError,
    Misconfigured,
    OptedOut,
    OutcomeUnknown,
    Permanent,
    Transient,
)

AT = datetime(2026, 12, 1, 4, tzinfo=UTC)
TEXT = Text(
    UUID("0190d9a4-0000-7000-8000-000000000001"),
    "+8801700000001",
    "There is news for you.",
)


@dataclass
class One:
    """A carrier that does as it is told and remembers what it was handed."""

    name: str
    fails: GatewayError | None = None
    repeats_safely: bool = False
    covers: str = "+"
    holds: tuple[Receipt, ...] = ()
    handed: list[Text] = field(default_factory=list)
    asked: int = 0

    def can_send(self, text: Text) -> bool:
        return text.to.startswith(self.covers)

    async def send(self, text: Text) -> Receipt:
        await text.on_try(self.name)
        self.handed.append(text)
        if self.fails is not None:
            raise self.fails
        return Receipt(f"{self.name}:1", "accepted")

    async def find(self, text: Text, since: datetime) -> tuple[Receipt, ...]:
        self.asked += 1
        return self.holds

    async def aclose(self) -> None: ...


def names(carriers: Sequence[One]) -> list[str]:
    return [one.name for one in carriers if one.handed]


@pytest.mark.parametrize(
    ("changes", "by"),
    [
        pytest.param({}, "kannel", id="its-country-has-a-route"),
        pytest.param({"provider": "exotel"}, "exotel", id="the-line-that-she-knows"),
        pytest.param({"to": "+919812345678"}, "exotel", id="the-other-country"),
        pytest.param({"to": "+31612345678"}, "twilio", id="anywhere-else"),
        pytest.param({"not_by": "kannel"}, "infobip", id="one-that-did-not-reach-her"),
        pytest.param({"is_whatsapp": True}, "whatsapp", id="she-writes-by-whatsapp"),
        pytest.param(
            {"to": "whatsapp:US.1234", "is_whatsapp": True}, "whatsapp", id="no-number"
        ),
    ],
)
async def test_a_text_goes_by(changes: dict[str, object], by: str) -> None:
    known = ("twilio", "whatsapp", "exotel", "kannel", "infobip")
    carriers = [One(n, covers="" if n == "whatsapp" else "+") for n in known]
    routes = {"BD": ("kannel", "infobip"), "IN": ("exotel",), "*": ("twilio",)}
    receipt = await TextRouter(carriers, routes).send(replace(TEXT, **changes))  # type: ignore[arg-type]
    assert receipt.carrier == by
    assert names(carriers) == [by]


@pytest.mark.parametrize(
    "refusal",
    [Transient("busy"), Misconfigured("key"), AccountBlocked("1"), BadContent("dlt")],
)
async def test_what_one_has_not_taken_goes_by_the_next(refusal: GatewayError) -> None:
    first, second = One("kannel", refusal), One("infobip")
    tried: list[str] = []

    async def mark(carrier: str) -> None:
        tried.append(carrier)

    router = TextRouter([first, second], {"BD": ("kannel", "infobip")})
    receipt = await router.send(replace(TEXT, on_try=mark))
    assert (receipt.provider_id, receipt.carrier) == ("infobip:1", "infobip")
    assert tried == ["kannel", "infobip"]


@pytest.mark.parametrize(
    "failure", [OutcomeUnknown("504"), OptedOut("dnd"), Permanent("landline")]
)
async def test_what_one_may_have_or_nobody_may_send_stops_there(
    failure: GatewayError,
) -> None:
    first, second = One("kannel", failure), One("infobip")
    router = TextRouter([first, second], {"BD": ("kannel", "infobip")})
    with pytest.raises(type(failure)):
        await router.send(TEXT)
    assert names([first, second]) == ["kannel"]


async def test_where_all_refuse_the_most_hopeful_refusal_counts() -> None:
    router = TextRouter(
        [
            One("a", BadContent("x")),
            One("b", Transient("y")),
            One("c", BadContent("z")),
        ],
        {"*": ("a", "b", "c")},
    )
    with pytest.raises(Transient) as refused:
        await router.send(TEXT)
    assert refused.value.code == "y"


async def test_who_was_passed_by_is_told_and_logged() -> None:
    kannel, infobip = One("kannel", Misconfigured("403")), One("infobip")
    routes = {"BD": ("kannel", "infobip")}
    with capture_logs() as logged:
        receipt = await TextRouter([kannel, infobip], routes).send(TEXT)
    assert receipt.refused == (("kannel", "config:403"),)
    assert logged == [
        {
            "event": "carrier.refused",
            "log_level": "warning",
            "carrier": "kannel",
            "kind": "config",
            "code": "403",
            "outbox_id": str(TEXT.owed_id),
        }
    ]


async def test_of_several_that_refuse_each_is_logged_and_the_raised_is_named() -> None:
    carriers = [One("kannel", Transient("busy")), One("infobip", BadContent("x"))]
    router = TextRouter(carriers, {"BD": ("kannel", "infobip")})
    with capture_logs() as logged, pytest.raises(Transient) as refused:
        await router.send(TEXT)
    assert refused.value.carrier == "kannel"
    assert [(line["carrier"], line["code"]) for line in logged] == [
        ("kannel", "busy"),
        ("infobip", "x"),
    ]


async def test_a_refusal_without_another_carrier_is_named_and_logged_once() -> None:
    """By whoever settles the message, as any failure is."""
    with capture_logs() as logged, pytest.raises(Transient) as refused:
        await TextRouter([One("kannel", Transient("busy"))], {}).send(TEXT)
    assert (refused.value.carrier, logged) == ("kannel", [])


async def test_who_may_have_a_text_is_named() -> None:
    with pytest.raises(OutcomeUnknown) as lost:
        await TextRouter([One("kannel", OutcomeUnknown("504"))], {}).send(TEXT)
    assert lost.value.carrier == "kannel"


async def test_where_nobody_can_it_waits_for_a_setting() -> None:
    router = TextRouter([One("exotel", covers="+91")], {})
    assert not router.can_send(TEXT)
    with pytest.raises(Misconfigured):
        await router.send(TEXT)


async def test_only_who_was_tried_is_asked() -> None:
    held = Receipt("exotel:9", "sent")
    exotel, kannel = One("exotel", holds=(held,)), One("kannel")
    router = TextRouter([kannel, exotel], {})
    assert await router.find(TEXT, AT) == ()
    found = await router.find(replace(TEXT, tried_by="exotel"), AT)
    assert found == (replace(held, carrier="exotel"),)
    assert (exotel.asked, kannel.asked) == (1, 0)


async def test_who_takes_an_id_once_is_handed_the_same_again() -> None:
    """And nobody else is, whatever the routes prefer now."""
    ssl, kannel = One("sslwireless", repeats_safely=True), One("kannel")
    router = TextRouter([kannel, ssl], {"BD": ("kannel",)})
    text = replace(TEXT, tried_by="sslwireless")
    assert await router.find(text, AT) == ()
    await router.send(text)
    assert names([kannel, ssl]) == ["sslwireless"]


async def test_a_carrier_that_was_taken_away_is_not_passed_over() -> None:
    router = TextRouter([One("kannel")], {})
    with pytest.raises(OutcomeUnknown):
        await router.find(replace(TEXT, tried_by="exotel"), AT)
