"""`threadline people`: the first of all is invited from a terminal."""

import asyncio
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.test_verbs import Command
from tests.conftest import Ground, on_server

CSV = """email,name,role,org,side,phone,languages,from,to
desk@programme.example,Desk,admin,,,,en,,
,Rina,partner,BD,,+8801711000001,bn,,
"""


@pytest.fixture(scope="module")
def threadline(
    ground: Ground, template: str, root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Command]:
    name = f"people_{uuid.uuid4().hex[:10]}"
    asyncio.run(on_server(ground, f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    home = tmp_path_factory.mktemp("people")
    command = Command(home, ground.database(name), ground.redis_url, root)
    people = home / "people.csv"
    people.write_text(CSV, encoding="utf-8")
    done = command("import", "people", str(people))
    assert done.returncode == 0, done.stderr
    yield command
    asyncio.run(on_server(ground, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


def test_the_link_is_printed_only_where_it_is_asked_for(threadline: Command) -> None:
    quiet = threadline("people", "invite", "+8801711000001")
    assert quiet.returncode == 0, quiet.stderr
    assert "/in/join" not in quiet.stdout
    said = threadline("people", "invite", "desk@programme.example", "--print-link")
    assert "/in/join?k=" in said.stdout
    listed = threadline.json("people", "list")
    assert {row["state"].split()[0] for row in listed} == {"invited"}
    assert "+880" not in str(listed)


def test_who_is_signed_in_nowhere_is_signed_out_nowhere(threadline: Command) -> None:
    done = threadline("people", "sign-out", "desk@programme.example")
    assert done.returncode == 0
    assert "Nobody was signed in" in done.stdout
    assert threadline("people", "sign-out", "nobody@example.org").returncode != 0
