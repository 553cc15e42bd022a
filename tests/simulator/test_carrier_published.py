"""The carrier's API against its published description."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from tests.simulator.carrier_box import (
    LINE,
    PUBLIC,
    WORKER,
    Box,
    get,
    response,
    sdk,
)

ROOT = Path(__file__).resolve().parents[2]
RECORD = response("<Record action='/said' timeout='5'/>")
OTHER = "+919555010002"


@pytest.fixture(scope="module")
def published() -> dict[str, Any]:
    """Twilio's own description of its API, or a skip that says why."""
    place = os.environ.get("TWILIO_OPENAPI", "../shared/twilio/api_v2010.slice.json")
    path = ROOT / place
    if not path.is_file():
        pytest.skip("no TWILIO_OPENAPI here: the published description is not checked")
    described: dict[str, Any] = _plain(json.loads(path.read_text(encoding="utf-8")))
    return described


def _plain(node: Any) -> Any:
    """Return OpenAPI 3.0 as JSON Schema: `nullable` is a second type."""
    if isinstance(node, list):
        return [_plain(part) for part in node]
    if not isinstance(node, dict):
        return node
    plain = {name: _plain(part) for name, part in node.items()}
    if plain.pop("nullable", False) is True and "type" in plain:
        plain["type"] = [plain["type"], "null"]
    return plain


def conforms(published: dict[str, Any], schema: dict[str, Any], given: Any) -> None:
    """Check types, patterns and that no key is missing or made up."""
    validator = Draft4Validator({**published, **schema})
    assert [f"{list(e.path)}: {e.message}" for e in validator.iter_errors(given)] == []
    name = schema["$ref"].rpartition("/")[2]
    assert set(given) == set(published["components"]["schemas"][name]["properties"])


def named(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/api.v2010.account.{name}"}


async def lived() -> Box:
    """Return a network with a call of each kind, texts and recordings."""
    box = Box({"/voice": RECORD, "/said": response("<Hangup/>")})
    await (await box.network.ring(WORKER, LINE)).speak(4)
    await (await box.network.ring(None, LINE)).wait()
    await box.network.text(WORKER, LINE, "তিন মাস")
    client = sdk(box)
    await client.calls.create_async(to=WORKER, from_=LINE, url=f"{PUBLIC}/out")
    await client.messages.create_async(to=WORKER, from_=LINE, body="hello")
    box.network.fates[OTHER] = 30003
    await client.messages.create_async(to=OTHER, from_=LINE, body="x")
    await client.messages.create_async(
        to=WORKER, messaging_service_sid="MG" + "0" * 32, body="y"
    )
    return box


@pytest.mark.parametrize("is_settled", [False, True], ids=["at-once", "settled"])
@pytest.mark.parametrize(
    ("path", "key", "name"),
    [
        pytest.param("/Messages.json", "messages", "message", id="messages"),
        pytest.param("/Calls.json", "calls", "call", id="calls"),
        pytest.param("/Recordings.json", "recordings", "recording", id="recordings"),
        pytest.param(
            "/Calls/{call}/Recordings.json",
            "recordings",
            "call.call_recording",
            id="recordings-of-a-call",
        ),
    ],
)
async def test_lists_are_as_published(
    published: dict[str, Any], path: str, key: str, name: str, is_settled: bool
) -> None:
    box = await lived()
    if is_settled:
        await box.clock.drain()
    call = box.network.callers[0].sid
    page = (await get(box, path.format(call=call))).json()
    assert page[key]
    for row in page[key]:
        conforms(published, named(name), row)
    template = f"/2010-04-01/Accounts/{{AccountSid}}{path}".replace("call", "CallSid")
    answer = published["paths"][template]["get"]["responses"]["200"]
    schema = answer["content"]["application/json"]["schema"]
    assert set(page) == set(schema["properties"])
    examples = answer["content"]["application/json"]["examples"].values()
    for example in examples:
        assert set(example["value"]) == set(page)
        for row in example["value"][key]:
            assert set(row) == set(page[key][0])


@pytest.mark.parametrize(
    ("path", "example"),
    [
        pytest.param("/Messages/{Sid}.json", "message", id="message"),
        pytest.param("/Calls/{Sid}.json", "call", id="call"),
        pytest.param("/Recordings/{Sid}.json", "recording", id="recording"),
    ],
)
async def test_one_is_as_published_and_as_its_examples(
    published: dict[str, Any], path: str, example: str
) -> None:
    box = await lived()
    await box.clock.drain()
    sid = {
        "message": box.network.messages[0].sid,
        "call": box.network.callers[0].sid,
        "recording": box.network.recordings[0].sid,
    }[example]
    row = (await get(box, path.format(Sid=sid))).json()
    conforms(published, named(example), row)
    template = f"/2010-04-01/Accounts/{{AccountSid}}{path}"
    answer = published["paths"][template]["get"]["responses"]["200"]
    for shown in answer["content"]["application/json"]["examples"].values():
        theirs = shown["value"]
        assert set(theirs) == set(row)
        assert set(row["subresource_uris"]) <= set(theirs["subresource_uris"])


async def test_a_date_that_is_none_is_refused() -> None:
    answer = await get(await lived(), "/Recordings.json", **{"DateCreated>": "today"})
    assert (answer.status_code, answer.json()["code"]) == (400, 20001)
