"""The API's own description (OpenAPI 3.1), complete with problems and examples."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import lru_cache
from typing import Any

from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import BaseModel

from app.api import brand, examples, problems, v1
from app.api.door import MOST_A_MINUTE, scope_of
from app.api.problems import Kind
from app.api.wire import ProblemBody

Json = dict[str, Any]

# What the API serves, in the order of its description.
OPERATIONS = (*v1.router.routes, *brand.router.routes)

TITLE = "Threadline API"
VERSION = "1"
_ABOUT = f"""The verbs of the rooms for machines. A token acts as the person who made
it, sees what she sees and does what she may do. At most {MOST_A_MINUTE} requests a
minute and token. Times are RFC 3339 in UTC. Anything but a result is a problem of
RFC 9457 in {problems.MEDIA_TYPE}. What is not there and what is not yours are
answered alike. What a worker said leaves through no API."""

_SCHEMA = "#/components/schemas/"
_RETRY = {
    "Retry-After": {
        "description": "After how many seconds to try again.",
        "schema": {"type": "integer", "minimum": 1},
    }
}
_CHALLENGE = {
    "WWW-Authenticate": {
        "description": "How to come in.",
        "schema": {"type": "string", "const": "Bearer"},
    }
}
_HEADERS = {401: _CHALLENGE, 429: _RETRY, 503: _RETRY}

# From what an operation answers to those that go on from there.
_LINKS: Mapping[str, Json] = {
    "list_cases": {
        "case": {
            "operationId": "get_case",
            "parameters": {"number": "$response.body#/cases/0/number"},
        },
        "next": {
            "operationId": "list_cases",
            "parameters": {"after": "$response.body#/next"},
        },
    },
    "get_case": {
        "events": {
            "operationId": "list_events",
            "parameters": {"number": "$response.body#/number"},
        },
        "act": {
            "operationId": "act_on_case",
            "parameters": {"number": "$response.body#/number"},
        },
    },
    "act_on_case": {
        "case": {
            "operationId": "get_case",
            "parameters": {"number": "$response.body#/number"},
        }
    },
    "list_events": {
        "case": {
            "operationId": "get_case",
            "parameters": {"number": "$request.path.number"},
        }
    },
    "list_brand_cases": {
        "case": {
            "operationId": "get_brand_case",
            "parameters": {"handle": "$response.body#/cases/0/handle"},
        },
        "promise": {
            "operationId": "promise",
            "parameters": {"handle": "$response.body#/cases/0/handle"},
        },
        "next": {
            "operationId": "list_brand_cases",
            "parameters": {"after": "$response.body#/next"},
        },
    },
    "get_brand_case": {
        name: {
            "operationId": operation,
            "parameters": {"handle": "$response.body#/handle"},
        }
        for name, operation in (
            ("answer", "answer"),
            ("words", "list_words"),
            ("remedies", "list_remedies"),
        )
    },
    "list_remedies": {
        name: {
            "operationId": operation,
            "parameters": {
                "handle": "$request.path.handle",
                "remedy": "$response.body#/remedies/0/id",
            },
        }
        for name, operation in (("finish", "finish_remedy"), ("drop", "drop_remedy"))
    },
    "plan_remedy": {
        "finish": {
            "operationId": "finish_remedy",
            "parameters": {
                "handle": "$response.body#/handle",
                "remedy": "$response.body#/id",
            },
        }
    },
    "list_hook_attempts": {
        "replay": {
            "operationId": "replay_hook",
            "parameters": {"attempt": "$response.body#/attempts/0/id"},
        },
        "next": {
            "operationId": "list_hook_attempts",
            "parameters": {"after": "$response.body#/next"},
        },
    },
}


@lru_cache(maxsize=1)
def _made() -> Json:
    found: Json = get_openapi(
        title=TITLE,
        version=VERSION,
        openapi_version="3.1.0",
        description=_ABOUT.replace("\n", " "),
        routes=OPERATIONS,
        servers=[{"url": "/", "description": "This hotline."}],
    )
    schemas = found["components"]["schemas"]
    schemas.update(_schemas(ProblemBody))
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for route, operation in _operations(found):
        _complete(route, operation)
    return found


def document() -> Json:
    """Return the description; a copy, so that nobody writes in the one."""
    return deepcopy(_made())


def _operations(found: Json) -> Iterator[tuple[APIRoute, Json]]:
    for route in OPERATIONS:
        if isinstance(route, APIRoute):
            for method in route.methods or ():
                yield route, found["paths"][route.path][method.lower()]


def _complete(route: APIRoute, operation: Json) -> None:
    """Add what FastAPI cannot know: problems, examples, links, the scope."""
    name, scope = operation["operationId"], scope_of(route.endpoint)
    if scope is not None:
        operation["description"] += f"\n\nNeeds the scope `{scope.value}`."
    operation["description"] = operation["description"].strip()
    operation["security"] = [{"token": [scope.value] if scope else []}]
    answers: Json = operation["responses"]
    answers.pop("422", None)
    for status, answer in list(answers.items()):
        if status.startswith("2"):
            answer["description"] = examples.SAYS[name]
            content = answer["content"]["application/json"]
            content["examples"] = {"usual": {"value": examples.ANSWERS[name]}}
            if name in _LINKS:
                answer["links"] = _LINKS[name]
    if "requestBody" in operation:
        content = operation["requestBody"]["content"]["application/json"]
        content["examples"] = {
            key: {"value": value} for key, value in examples.REQUESTS[name].items()
        }
    for kind in _kinds(operation, needs_scope=scope is not None):
        answers[str(kind.status)] = _problem(kind)


def _kinds(operation: Json, *, needs_scope: bool) -> Iterator[Kind]:
    takes = operation.get("parameters", ())
    has_path = any(one["in"] == "path" for one in takes)
    acts = "requestBody" in operation or any(
        one["name"] == "Idempotency-Key" for one in takes
    )
    # A brand reads of a case when it has promised.
    needs_promise = any(one["name"] == "handle" for one in takes)
    for kind in problems.KINDS:
        match kind:
            case problems.FORBIDDEN if not needs_scope:
                continue
            case problems.NOT_FOUND if not has_path:
                continue
            case problems.REFUSED if not (acts or needs_promise):
                continue
            case problems.TOO_LARGE if not acts:
                continue
        yield kind


def _problem(kind: Kind) -> Json:
    answer: Json = {
        "description": kind.title,
        "content": {
            problems.MEDIA_TYPE: {
                "schema": {"$ref": f"{_SCHEMA}ProblemBody"},
                "examples": {"usual": {"value": problems.body_of(kind)}},
            }
        },
    }
    if kind.status in _HEADERS:
        answer["headers"] = _HEADERS[kind.status]
    return answer


def _schemas(model: type[BaseModel]) -> Json:
    """Return a model's schema and those that it is made of, by name."""
    made = model.model_json_schema(
        mode="serialization", ref_template=_SCHEMA + "{model}"
    )
    return {**made.pop("$defs", {}), model.__name__: made}
