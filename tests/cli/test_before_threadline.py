"""Old complaints, indicators and the founding programme, from the command line."""

from pathlib import Path

import pytest

from tests.cli.test_verbs import Command, threadline

__all__ = ["threadline"]  # the module's own database and home

ADDED = {"added": 2, "changed": 0, "unchanged": 0, "struck": 0}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("files") / "old.csv"
    path.write_text(
        "ref,received,site,country,category,outcome,confirmed\n"
        "1,2019-Q2,482170,,WAGE,resolved,yes\n"
        "2,2019,,BD,,open,\n"
    )
    return path


def test_old_complaints_are_imported_once_and_a_dry_run_does_nothing(
    threadline: Command, file: Path
) -> None:
    command = ("import", "history", str(file), "--source", "paper")
    assert threadline.json(*command, "--dry-run") == {**ADDED, "is_dry_run": True}
    assert threadline.json(*command) == {**ADDED, "is_dry_run": False}
    done = threadline(*command)
    assert done.stdout == "0 added, 0 changed, 2 unchanged, 0 struck out.\n"


def test_a_file_that_is_wrong_says_where(threadline: Command, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("ref,received,site,country,category,outcome\n1,soon,,,,open\n")
    done = threadline("import", "history", str(wrong))
    assert done.returncode == 1
    assert "nothing was imported:\nrow 2, received: 'soon' is no date" in done.stderr


def test_an_indicator_is_added_listed_and_withdrawn(threadline: Command) -> None:
    of = ("--from", "2026-01-01", "--to", "2026-06-30", "--evidence", "Lists, June")
    added = threadline.json("indicators", "add", "workers_reached", "1200", *of)
    (line,) = threadline.json("indicators", "list")
    assert (line["id"], line["kind"], line["value"]) == (
        added["id"],
        "workers_reached",
        1200,
    )
    assert threadline("indicators", "withdraw", added["id"]).returncode == 0
    listed = threadline("indicators", "list").stdout
    assert "workers_reached  1200  2026-01-01 to 2026-06-30  Lists, June" in listed
    assert "withdrawn 20" in listed


def test_figures_of_others_come_into_a_real_programme_only_when_it_is_meant(
    threadline: Command,
) -> None:
    done = threadline("demo-data", "agt")
    assert done.returncode == 1
    assert "This is a real programme" in done.stderr
    loaded = threadline.json("demo-data", "agt", "--yes")
    assert (loaded["added"], loaded["unchanged"], loaded["indicators"]) == (83, 0, 6)
    again = threadline("demo-data", "agt", "--yes")
    assert again.stdout.startswith("0 complaints added, 83 there already; 6 indicators")
    assert "how long it took, from complaint to solution" in again.stdout
