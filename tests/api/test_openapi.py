"""The description is whole: every operation, answer and example, by its schema."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from jsonschema import Draft202012Validator

from app.api import examples, problems
from app.api.openapi import OPERATIONS, document
from tests.api.conftest import Desk

API = document()
Json = dict[str, Any]


def operations() -> Iterator[tuple[str, str, Json]]:
    for path, methods in API["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def bodies() -> Iterator[tuple[str, Json, Any]]:
    """Give each example with the schema that it must be of."""
    for path, method, operation in operations():
        name = f"{method} {path}"
        parts = [(name, operation.get("requestBody", {}))]
        parts += [
            (f"{name} {status}", answer)
            for status, answer in operation["responses"].items()
        ]
        for title, part in parts:
            for content in part.get("content", {}).values():
                for key, example in content["examples"].items():
                    yield f"{title} {key}", content["schema"], example["value"]


def check(schema: Json, value: Any) -> list[str]:
    validator = Draft202012Validator({**schema, "components": API["components"]})
    return [error.message for error in validator.iter_errors(value)]


def test_it_is_of_openapi_3_1() -> None:
    assert API["openapi"].startswith("3.1")
    schemathesis.openapi.from_dict(API).validate()


@pytest.mark.parametrize(
    ("schema", "value"),
    [pytest.param(schema, value, id=title) for title, schema, value in bodies()],
)
def test_each_example_is_of_its_own_schema(schema: Json, value: Any) -> None:
    assert check(schema, value) == []


def test_a_wrong_example_would_be_seen() -> None:
    act = API["paths"]["/api/v1/cases/{number}/acts"]["post"]["requestBody"]
    schema = act["content"]["application/json"]["schema"]
    assert check(schema, {"verb": "dance"})


@pytest.mark.parametrize(
    ("path", "operation"),
    [pytest.param(path, o, id=o["operationId"]) for path, _, o in operations()],
)
def test_each_operation_says_all_of_itself(path: str, operation: Json) -> None:
    assert operation["summary"]
    assert operation["description"]
    assert operation["tags"]
    assert "token" in operation["security"][0]
    answers = operation["responses"]
    assert {"401", "422", "429", "503"} <= answers.keys()
    assert ("404" in answers) == ("{" in path)
    for parameter in operation.get("parameters", ()):
        assert parameter["description"]
    for status, answer in answers.items():
        assert answer["description"]
        kinds = [problems.MEDIA_TYPE] if status >= "400" else ["application/json"]
        assert list(answer["content"]) == kinds


def test_each_link_leads_to_an_operation_and_fills_what_it_names() -> None:
    known = {o["operationId"]: o for _, _, o in operations()}
    count = 0
    for _, _, operation in operations():
        for answer in operation["responses"].values():
            for link in answer.get("links", {}).values():
                target = known[link["operationId"]]
                names = {parameter["name"] for parameter in target["parameters"]}
                assert link["parameters"].keys() <= names
                count += 1
    assert count >= 8


def test_every_route_is_described_and_nothing_else() -> None:
    described = {path for path, _, _ in operations()}
    assert {getattr(route, "path", "") for route in OPERATIONS} == described
    names = {operation["operationId"] for _, _, operation in operations()}
    assert names == examples.ANSWERS.keys() == examples.SAYS.keys()


async def test_it_and_a_page_for_people_are_served_to_everybody(desk: Desk) -> None:
    served = await desk.client.get("/api/v1/openapi.json")
    assert served.json() == API
    page = await desk.client.get("/api/v1")
    assert page.status_code == 200
    assert len(page.content) < 60_000
    assert "<script" not in page.text
    assert "script-src" not in page.headers["content-security-policy"]
    for path, _, operation in operations():
        assert path in page.text
        assert f'id="{operation["operationId"]}"' in page.text
    for kind in problems.KINDS:
        assert f'id="{kind.name}"' in page.text


async def test_what_nobody_serves_is_a_problem_as_well(desk: Desk) -> None:
    for path in ("/api/v1/nothing", "/api/v2/cases"):
        answer = await desk.client.get(path)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == problems.MEDIA_TYPE
    wrong = await desk.client.put("/api/v1/cases")
    assert wrong.status_code == 405
    assert wrong.headers["allow"] == "GET"
