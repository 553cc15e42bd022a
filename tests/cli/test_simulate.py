"""`threadline simulate` on the demo's programme, as a script and a person see it."""

import asyncio
import json
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.demo.programme import files
from tests.cli.test_verbs import Command, threadline
from tests.conftest import Ground, on_server

__all__ = ["threadline"]  # the command on a database with the demo's programme

QUICK = ("simulate", "--cases", "200", "--months", "3", "--start", "2027-01-01")

STRICT = """
version = "2027-01-01"
[[category]]
code = "WAGE"
severity = "S3"
route = "committee"
acknowledge = "4h"
first_action = "1wd"
resolve = "3d"
"""


@pytest.fixture
def strict(tmp_path: Path) -> str:
    file = tmp_path / "strict.toml"
    file.write_text(STRICT, "utf-8")
    return str(file)


@pytest.fixture
def bare(ground: Ground, root: Path, tmp_path: Path) -> Iterator[Command]:
    """The command on a database into which nothing was imported."""
    name = f"cli_{uuid.uuid4().hex[:10]}"
    asyncio.run(on_server(ground, f'CREATE DATABASE "{name}"'))
    yield Command(tmp_path, ground.database(name), ground.redis_url, root)
    asyncio.run(on_server(ground, f'DROP DATABASE "{name}" WITH (FORCE)'))


def test_a_year_is_the_same_in_every_process(threadline: Command) -> None:
    one, two = (threadline(*QUICK, "--json") for _ in range(2))
    assert one.returncode == 0, one.stderr
    assert one.stdout == two.stdout
    # Nobody looks at a bar here, and nothing else has a place on stderr.
    assert one.stderr == ""


def test_everything_is_there_as_data(threadline: Command) -> None:
    year = threadline.json(*QUICK)
    assert (year["policy"], year["start"][:10]) == ("2026-01-01", "2027-01-01")
    assert (year["months"], year["cases"], year["seed"]) == (3, 200, 1)
    assert sum(year["states"].values()) == 200
    assert year["sites"] == {"well": 8, "late": 4, "never": 1}
    desks = {load["desk"] for load in year["loads"]}
    assert {f"{kind}" for kind in desks} >= {
        *("brand noorderkade", "brand tuinkers", "brand blauwvoet"),
        *("brand lichtspoor", "brand sturmwiese", "partner Dhaka", "secretariat"),
    }
    for clock in year["clocks"]:
        counted = clock["in_time"] + clock["missed"] + clock["open"]
        if counted:
            share = round(100 * clock["in_time"] / counted, 1)
            assert clock["in_time_per_cent"] == share
    assert year["busiest"] <= sum(year["messages"].values())


def test_a_year_leaves_nothing_behind(threadline: Command) -> None:
    before = threadline.json("cases", "list")
    threadline.json(*QUICK)
    assert threadline.json("cases", "list") == before


def test_a_year_reads_as_tables_that_fit(threadline: Command) -> None:
    done = threadline(*QUICK)
    assert done.returncode == 0, done.stderr
    for said in (
        "200 cases in 3 months from 2027-01-01, played until",
        "Sites whose committees answer: 8 well, 4 late, 1 never. Seed 1.",
        *("Promises", "Days until declared solved", "Escalations", "Load"),
        *("second_miss", "brand noorderkade", "Messages owed", "closed_confirmed"),
        "on the busiest day",
    ):
        assert said in done.stdout
    tables = [line for line in done.stdout.splitlines() if "│" in line]
    assert max(map(len, tables)) <= 100


def test_a_policy_is_tried_beside_the_one_in_force(
    threadline: Command, strict: str
) -> None:
    both = threadline.json(*QUICK, "--policy", strict)
    assert both["before"]["label"] == "in force"
    assert (both["after"]["label"], both["after"]["policy"]) == (
        "strict.toml",
        "2027-01-01",
    )
    assert both["before"] == {"label": "in force", **threadline.json(*QUICK)}
    rows = {(row["group"], row["name"]): row for row in both["differences"]}
    solved = rows["kept in time", "resolve S3"]
    assert solved["change"] < -10
    assert solved["change"] == round(solved["after"] - solved["before"], 2)
    assert rows["escalations", "brand: missed"]["change"] > 0


def test_two_policies_stand_side_by_side(
    threadline: Command, strict: str, root: Path
) -> None:
    shipped = root / "app" / "data" / "policy-default.toml"
    done = threadline(*QUICK, "--policy", str(shipped), "--policy", strict)
    assert done.returncode == 0, done.stderr
    for said in ("policy-default.toml", "strict.toml", "difference", "in time"):
        assert said in done.stdout
    (kept,) = [line for line in done.stdout.splitlines() if "resolve S3" in line]
    assert "-" in kept.split("│")[5]


def test_whoever_never_answers_keeps_nothing(threadline: Command) -> None:
    nobody = ("--never", "100", "--partners", "0/0/100", "--above", "0/0/100")
    year = threadline.json(*QUICK, *nobody)
    assert {clock["in_time_per_cent"] for clock in year["clocks"]} <= {0, None}


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        pytest.param(("--well", "60"), "these are 60 + 0 + 0", id="60-of-a-hundred"),
        pytest.param(("--partners", "often"), "such as 60/30/10", id="no-numbers"),
        pytest.param(("--above", "90/20/-10"), "none below 0", id="less-than-none"),
        pytest.param(("--start", "soon"), "write a date", id="no-date"),
        pytest.param(("--cases", "0"), "write 1 to", id="no-case"),
        pytest.param(("--policy", "/nowhere.toml"), "No such file", id="no-file"),
        pytest.param(
            ("--policy", "a", "--policy", "b", "--policy", "c"),
            "two policies",
            id="three-policies",
        ),
    ],
)
def test_what_cannot_be_played_says_what_to_do(
    threadline: Command, argv: tuple[str, ...], said: str
) -> None:
    done = threadline(*QUICK, *argv)
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr


def test_a_wrong_policy_is_named_with_its_problems(
    threadline: Command, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(STRICT.replace("3d", "soon"), "utf-8")
    done = threadline(*QUICK, "--policy", str(wrong))
    assert done.returncode == 1
    assert "wrong.toml" in done.stderr
    assert "'soon' is not a duration" in done.stderr


def test_without_a_programme_it_says_how_to_get_one(bare: Command) -> None:
    done = bare(*QUICK)
    assert (done.returncode, done.stdout) == (1, "")
    assert "threadline import sites" in done.stderr
    assert "threadline run" in done.stderr


def test_sites_alone_are_a_programme(bare: Command) -> None:
    """Nobody sits anywhere: all falls to a secretariat in which nobody sits."""
    sites = bare.home / "sites.csv"
    sites.write_text(files()["sites"], "utf-8")
    bare.json("import", "sites", str(sites))
    done = bare(*QUICK, "--json")
    assert done.returncode == 0, done.stderr
    year = json.loads(done.stdout)
    # What is left is the law: a worker hears that a right of hers runs out.
    assert set(year["carriers"]) <= {"worker"}
    assert {clock["in_time"] for clock in year["clocks"]} == {0}
