"""What carriers send and answer, as it is documented, with what it must come to.

`captured/NAME/variables.toml` has the variables of a made-up installation; any
other file there is one capture of a `kind`:

texts, reports, calls   a request to us (`request`, `headers`, `body`), `expected`
send, search            a text of ours (`outgoing`), the whole request `expected`
answers, found          answers to these, each with what it means
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from app.carriers.wire import Knock

FOLDER = Path(__file__).parent / "captured"
VARIABLES = "variables.toml"


@dataclass(frozen=True)
class Capture:
    """One file."""

    carrier: str
    name: str
    data: Mapping[str, Any]

    @property
    def kind(self) -> str:
        return str(self.data["kind"])

    @property
    def method(self) -> str:
        return str(self.data["request"].split(" ")[0])

    @property
    def target(self) -> str:
        """Return path and query, as they stand in the request."""
        return str(self.data["request"].split(" ", 1)[1])

    @property
    def headers(self) -> list[tuple[str, str]]:
        return list(self.data.get("headers", {}).items())

    @property
    def body(self) -> bytes:
        if "body_hex" in self.data:
            return bytes.fromhex(self.data["body_hex"])
        return str(self.data.get("body", "")).encode()

    def knock(self) -> Knock:
        path, _, query = self.target.partition("?")
        _, has_secret, secret = path.partition("/k/")
        return Knock(
            method=self.method,
            query=query.encode(),
            headers=self.headers,
            body=self.body,
            secret=secret if has_secret else "",
            source="127.0.0.1",
        )


@cache
def all_captures() -> tuple[Capture, ...]:
    return tuple(
        Capture(path.parent.name, path.stem, tomllib.loads(path.read_text("utf-8")))
        for path in sorted(FOLDER.glob("*/*.toml"))
        if path.name != VARIABLES
    )


def captures(*kinds: str) -> list[Capture]:
    return [capture for capture in all_captures() if capture.kind in kinds]


@cache
def variables_of(carrier: str) -> Mapping[str, str]:
    return tomllib.loads((FOLDER / carrier / VARIABLES).read_text("utf-8"))
