"""Through whom a text goes: the line that she knows, then the country's routes.

The next carrier is tried only after a refusal which says that the one before has
not taken the text; what may have been taken is asked after where it went.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

import structlog

from app.domain.phones import country_of
from app.outbox.owed import Receipt, Text
from app.outbox.settlement import (
    AccountBlocked,
    BadContent,
    GatewayError,
    Misconfigured,
    OutcomeUnknown,
    Transient,
)

log = structlog.get_logger(__name__)

EVERYWHERE = "*"
WHATSAPP = "whatsapp"
# Not taken, and another carrier may take it; the most hopeful first.
_NEXT = (Transient, Misconfigured, AccountBlocked, BadContent)


class Sms(Protocol):
    """One carrier of texts."""

    @property
    def name(self) -> str: ...

    @property
    def repeats_safely(self) -> bool:
        """Tell whether it takes the same text under the same id only once."""

    def can_send(self, text: Text) -> bool: ...

    async def send(self, text: Text) -> Receipt:
        """Hand it over, having told `text.on_try`; raise why it was not taken."""

    async def find(self, text: Text, since: datetime) -> tuple[Receipt, ...]:
        """Return what it holds that may be this text.

        Raise `OutcomeUnknown` where it can tell nobody, now or later.
        """

    async def aclose(self) -> None: ...


class TextRouter:
    """Sends each text by the first carrier that takes it, never by two."""

    def __init__(
        self, carriers: Sequence[Sms], routes: Mapping[str, Sequence[str]]
    ) -> None:
        self._carriers = {carrier.name: carrier for carrier in carriers}
        self._routes = routes

    def can_send(self, text: Text) -> bool:
        """Tell whether any carrier could take it."""
        return any(True for _ in self._in_order(text))

    async def send(self, text: Text) -> Receipt:
        """Hand it to the first that takes it; raise the most hopeful refusal.

        Who was passed by is logged and told with the receipt: a carrier that takes
        nothing any more would else be seen only when the last one fails as well.
        """
        refusals: list[GatewayError] = []
        carriers = list(self._in_order(text))
        for carrier in carriers:
            try:
                receipt = await carrier.send(text)
            except GatewayError as failure:
                failure.carrier = carrier.name
                if not isinstance(failure, _NEXT):
                    raise
                refusals.append(failure)
                if len(carriers) > 1:
                    _note_refusal(text, failure)
                continue
            refused = tuple((each.carrier, str(each)) for each in refusals)
            return replace(receipt, carrier=carrier.name, refused=refused)
        if not refusals:
            raise Misconfigured("no_carrier")
        raise min(refusals, key=lambda refusal: _NEXT.index(type(refusal)))

    async def find(self, text: Text, since: datetime) -> tuple[Receipt, ...]:
        """Ask the carrier that was tried; without one nothing was handed over."""
        if not text.tried_by:
            return ()
        carrier = self._carriers.get(text.tried_by)
        if carrier is None:
            raise OutcomeUnknown("carrier_gone")
        found = await carrier.find(text, since)
        return tuple(replace(receipt, carrier=carrier.name) for receipt in found)

    def _in_order(self, text: Text) -> Iterator[Sms]:
        tried = self._carriers.get(text.tried_by)
        if tried is not None and tried.repeats_safely:
            # It may have it: whoever else got it would send it a second time.
            yield tried
            return
        names = self._names(text)
        # What one carrier did not bring to the phone, another may.
        for name in sorted(names, key=lambda name: name == text.not_by):
            carrier = self._carriers.get(name)
            if carrier is not None and carrier.can_send(text):
                yield carrier

    def _names(self, text: Text) -> list[str]:
        if text.is_whatsapp:
            return [WHATSAPP]
        routes = self._routes
        chosen = routes.get(country_of(text.to)) or routes.get(EVERYWHERE)
        others = chosen or [name for name in self._carriers if name != WHATSAPP]
        return list(dict.fromkeys((text.provider, *others)))

    async def aclose(self) -> None:
        for carrier in self._carriers.values():
            await carrier.aclose()


def _note_refusal(text: Text, refusal: GatewayError) -> None:
    log.warning(
        "carrier.refused",
        carrier=refusal.carrier,
        kind=refusal.kind,
        code=refusal.code,
        outbox_id=str(text.owed_id),
    )
