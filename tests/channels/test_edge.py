"""The layers that every answer passes, on an application of the tests' own."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from structlog.testing import capture_logs

from app.domain.errors import BadInput, Busy, NotFound, Refused
from app.edge.application import bare_application
from app.edge.limits import LARGEST_BODY
from app.edge.metrics import Metrics

SECRET = "she said +8801712345678"


def raising(error: Exception) -> Any:
    async def endpoint(_request: Request) -> Response:
        raise error

    return endpoint


async def echo(request: Request) -> Response:
    return Response(await request.body())


async def page(_request: Request) -> Response:
    policy = {"Content-Security-Policy": "default-src 'self'"}
    return PlainTextResponse("a page", headers=policy)


async def half(_request: Request) -> Response:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"half"
        raise ValueError(SECRET)

    from starlette.responses import StreamingResponse

    return StreamingResponse(pieces())


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
async def client(metrics: Metrics) -> AsyncIterator[httpx.AsyncClient]:
    app = bare_application(metrics)
    app.router.routes.extend(
        [
            Route("/cases/{number}", page),
            Route("/echo", echo, methods=["POST"]),
            Route("/half", half),
            Route("/refused", raising(Refused("a partner may do that"))),
            Route("/not-found", raising(NotFound(SECRET))),
            Route("/bad-input", raising(BadInput("row 2: no code"))),
            Route("/busy", raising(Busy(SECRET))),
            Route("/fault", raising(ValueError(SECRET))),
        ]
    )
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as opened:
        yield opened


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        pytest.param(
            "/refused",
            409,
            '{"problem":"refused","detail":"a partner may do that"}',
            id="the-rules-say-why",
        ),
        pytest.param("/not-found", 404, '{"problem":"not-found"}', id="nothing-there"),
        pytest.param(
            "/bad-input",
            400,
            '{"problem":"bad-input","detail":"row 2: no code"}',
            id="what-is-malformed",
        ),
        pytest.param("/busy", 503, '{"problem":"busy"}', id="come-again"),
        pytest.param("/fault", 500, "", id="a-fault-says-nothing"),
        pytest.param("/nowhere", 404, "", id="an-unknown-path"),
        pytest.param("/docs", 404, "", id="no-docs"),
        pytest.param("/openapi.json", 404, "", id="no-schema"),
        pytest.param("/cases/1/", 404, "", id="no-redirect-of-slashes"),
    ],
)
async def test_a_refusal_has_one_status(
    client: httpx.AsyncClient, path: str, status: int, body: str
) -> None:
    answer = await client.get(path)
    assert (answer.status_code, answer.text) == (status, body)
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_busy_says_when_to_come_again(client: httpx.AsyncClient) -> None:
    assert int((await client.get("/busy")).headers["retry-after"]) > 0


@pytest.mark.parametrize("path", ["/cases/1", "/fault", "/nowhere", "/refused"])
async def test_every_answer_carries_the_headers(
    client: httpx.AsyncClient, path: str
) -> None:
    headers = (await client.get(path)).headers
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    assert headers["content-security-policy"].startswith("default-src")
    assert len(headers.get_list("content-security-policy")) == 1
    assert len(headers["x-request-id"]) == 16


async def test_a_page_keeps_its_own_policy(client: httpx.AsyncClient) -> None:
    headers = (await client.get("/cases/1")).headers
    assert headers["content-security-policy"] == "default-src 'self'"


async def test_one_line_an_outcome_without_what_was_asked_for(
    client: httpx.AsyncClient,
) -> None:
    with capture_logs() as lines:
        await client.get("/cases/48211234?pin=123456")
        await client.get("/nowhere/48211234")
    assert [(line["event"], line["route"], line["status"]) for line in lines] == [
        ("request.done", "/cases/{number}", 200),
        ("request.done", "unmatched", 404),
    ]
    assert "48211234" not in str(lines)


async def test_a_fault_is_told_by_type_and_place_alone(
    client: httpx.AsyncClient, metrics: Metrics
) -> None:
    with capture_logs() as lines:
        answer = await client.get("/fault")
    assert answer.status_code == 500
    failed = next(line for line in lines if line["event"] == "request.failed")
    assert failed["error"] == "ValueError"
    assert failed["place"].startswith("test_edge.py:")
    assert (
        SECRET
        not in str(lines) + answer.text + metrics.page(None, bell_failures=0).decode()
    )


async def test_a_fault_half_way_breaks_the_answer_off_without_its_message(
    client: httpx.AsyncClient,
) -> None:
    with pytest.raises(ConnectionAbortedError) as broken:
        await client.get("/half")
    assert broken.value.__cause__ is None
    assert broken.value.__suppress_context__


@pytest.mark.parametrize(
    ("headers", "size", "status"),
    [
        pytest.param({}, LARGEST_BODY, 200, id="the-largest"),
        pytest.param({}, LARGEST_BODY + 1, 413, id="a-byte-more"),
        pytest.param({"content-length": "-1"}, 1, 400, id="less-than-nothing"),
        pytest.param({"content-length": "1e3"}, 1, 400, id="no-number"),
        pytest.param({"content-length": "9" * 40}, 1, 413, id="a-number-of-40-digits"),
    ],
)
async def test_a_body_is_held_to_its_cap(
    client: httpx.AsyncClient, headers: dict[str, str], size: int, status: int
) -> None:
    answer = await client.post("/echo", content=b"a" * size, headers=headers)
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("pieces", "status"),
    [pytest.param(256, 200, id="the-largest"), pytest.param(257, 413, id="more")],
)
async def test_so_is_one_that_comes_in_chunks(
    client: httpx.AsyncClient, pieces: int, status: int
) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(pieces):
            yield b"a" * 1024

    answer = await client.post("/echo", content=chunks())
    assert answer.status_code == status
