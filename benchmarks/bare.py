"""The baseline: an endpoint that does only what nobody could leave out.

FastAPI parses the form, Twilio's own validator checks the signature, asyncpg
inserts one row. No claim, no case, no sealing, no ledger, no words. Served by
the same uvicorn configuration as `threadline serve`.
"""

import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import uvicorn
from fastapi import FastAPI, Request, Response
from twilio.request_validator import RequestValidator

TABLE = """
CREATE TABLE bare_text (
  message_sid text PRIMARY KEY,
  sender text NOT NULL,
  dialled text NOT NULL,
  body text NOT NULL,
  at timestamptz NOT NULL DEFAULT now()
)
"""

_INSERT = """
INSERT INTO bare_text (message_sid, sender, dialled, body) VALUES ($1, $2, $3, $4)
"""
_ANSWER = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    "<Response><Message>Thank you.</Message></Response>"
)


def create_app(database_url: str, url: str, token: str) -> FastAPI:
    validator = RequestValidator(token)

    @asynccontextmanager
    async def opened(app: FastAPI) -> AsyncIterator[None]:
        # The same pool as the service's: ten connections, nothing to reset.
        async with asyncpg.create_pool(
            database_url, min_size=1, max_size=10, reset=_nothing
        ) as pool:
            app.state.pool = pool
            yield

    app = FastAPI(openapi_url=None, lifespan=opened)

    @app.post("/twilio/sms")
    async def hear(request: Request) -> Response:
        form = await request.form()
        signature = request.headers.get("x-twilio-signature", "")
        if not validator.validate(url, form, signature):
            return Response(status_code=403)
        await app.state.pool.execute(
            _INSERT, form["MessageSid"], form["From"], form["To"], form["Body"]
        )
        return Response(_ANSWER, media_type="text/xml")

    return app


async def _nothing(_connection: object) -> None:
    return None


def main() -> None:
    port, base = int(os.environ["PORT"]), os.environ["PUBLIC_BASE_URL"]
    listener = socket.create_server(("127.0.0.1", port), backlog=2048)
    config = uvicorn.Config(
        create_app(
            os.environ["DATABASE_URL"],
            f"{base}/twilio/sms",
            os.environ["TWILIO_AUTH_TOKEN"],
        ),
        log_config=None,
        access_log=False,
        server_header=False,
    )
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
