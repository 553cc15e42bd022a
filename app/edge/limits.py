"""How much a request may bring, settled before anybody parses it."""

from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 256 * 1024  # a text with every field escaped is under 30 kB


class TooLarge(Exception):
    """A body without a stated length went past the cap."""


class BodyCap:
    """Answers 413 to a larger body and 400 to a length that is no number.

    Pages that may bring files count for themselves: they answer with a page.
    `larger`: what single addresses may take beyond that.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        largest: int = LARGEST_BODY,
        but: frozenset[str] = frozenset(),
        larger: Mapping[str, int] | None = None,
    ) -> None:
        self._app = app
        self._largest = largest
        self._but = but
        self._larger = larger or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in self._but:
            await self._app(scope, receive, send)
            return
        largest = self._larger.get(scope["path"], self._largest)
        stated = [v for name, v in scope["headers"] if name == b"content-length"]
        if not stated:
            await self._counted(scope, receive, send, largest)
        elif len(stated) > 1 or not stated[0].isdigit():
            await _refuse(send, 400)
        elif len(stated[0]) > 18 or int(stated[0]) > largest:
            await _refuse(send, 413)
        else:
            # The server holds the body to its stated length.
            await self._app(scope, receive, send)

    async def _counted(
        self, scope: Scope, receive: Receive, send: Send, largest: int
    ) -> None:
        """Count a body that comes in chunks."""
        taken = 0
        has_started = False

        async def receive_counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > largest:
                raise TooLarge
            return message

        async def send_watched(message: Message) -> None:
            nonlocal has_started
            has_started = True
            await send(message)

        try:
            await self._app(scope, receive_counted, send_watched)
        except TooLarge:
            if has_started:
                raise
            await _refuse(send, 413)


async def _refuse(send: Send, status: int) -> None:
    headers = [(b"content-length", b"0"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
