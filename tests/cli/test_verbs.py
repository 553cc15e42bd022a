"""The command line as a script sees it: shapes, exit codes, whole stories."""

import asyncio
import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from app.demo.programme import files
from tests.conftest import Ground, on_server

PHONE = "+8801700000001"
MEMBER = "worker1.482170@sites.example"
OTHER_SIDE = "management1.482170@sites.example"
PARTNER = "dhaka@partners.example"


@dataclass(frozen=True)
class Command:
    """The real command in a process of its own, on one database and home."""

    home: Path
    database_url: str
    redis_url: str
    root: Path

    def __call__(self, *argv: str, **more: str) -> subprocess.CompletedProcess[str]:
        env = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "THREADLINE_HOME": str(self.home / "data"),
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            **more,
        }
        return subprocess.run(
            [sys.executable, "-m", "app.cli", *argv],
            cwd=self.root,
            env=env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def json(self, *argv: str, **more: str) -> Any:
        done = self(*argv, "--json", **more)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def threadline(ground: Ground, root: Path) -> Iterator[Command]:
    """The command on an own database that holds the demo's programme."""
    name = f"cli_{uuid.uuid4().hex[:10]}"
    asyncio.run(on_server(ground, f'CREATE DATABASE "{name}"'))
    with TemporaryDirectory(prefix="threadline-cli-") as folder:
        home = Path(folder)
        command = Command(home, ground.database(name), ground.redis_url, root)
        for kind, content in files().items():
            (home / f"{kind}.csv").write_text(content, encoding="utf-8")
            first = command.json("import", kind, str(home / f"{kind}.csv"))
            assert first["added"]
            assert not first["changed"]
        yield command
    asyncio.run(on_server(ground, f'DROP DATABASE "{name}" WITH (FORCE)'))


def test_an_import_run_again_changes_nothing(threadline: Command) -> None:
    again = threadline.json("import", "sites", str(threadline.home / "sites.csv"))
    assert {k: again[k] for k in ("added", "changed", "unchanged")} == {
        "added": 0,
        "changed": 0,
        "unchanged": 13,
    }
    assert {"row": 2, "key": "162485"} in again["rows"]


def test_a_bad_file_is_refused_with_row_and_column(threadline: Command) -> None:
    whole = (threadline.home / "sites.csv").read_text("utf-8")
    bad = threadline.home / "bad.csv"
    bad.write_text(whole.replace("Asia/Kolkata", "Asia/Nowhere", 1), "utf-8")
    done = threadline("import", "sites", str(bad))
    assert done.returncode == 1
    assert "row 2, timezone" in done.stderr
    assert done.stdout == ""


def test_a_text_becomes_a_case_that_a_committee_solves(threadline: Command) -> None:
    answers = threadline.json("text", PHONE, "৪৮২১৭০ তিন মাস ওভারটাইমের টাকা পাই না")
    assert len(answers["answers"]) == 2
    threadline.json("text", PHONE, "না")
    (case,) = threadline.json("cases", "list")
    assert set(case) >= {
        *("number", "site", "category", "severity", "state", "route"),
        *("language", "channel", "opened_at", "next_due_at", "overdue"),
    }
    known = ("site", "category", "severity", "state", "route", "language", "channel")
    assert [case[k] for k in known] == [
        *("482170", "WAGE", "S3", "received", "committee", "bn", "sms")
    ]
    assert case["opened_at"].endswith("+06:00")
    assert case["overdue"] is False
    number = case["number"]

    refused = threadline("cases", "act", number, "unfounded", "--as", MEMBER)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "partner" in refused.stderr
    first = threadline.json("cases", "act", number, "resolve", "--as", MEMBER)
    assert first["state"] == "received"
    assert "management" in first["notice"]
    second = threadline.json("cases", "act", number, "resolve", "--as", OTHER_SIDE)
    assert second["state"] == "resolved"

    shown = threadline.json("cases", "show", number)
    assert {c["name"] for c in shown["clocks"]} >= {
        *("acknowledge", "first_action", "resolve")
    }
    assert all(set(c) >= {"name", "due_at", "state", "met_at"} for c in shown["clocks"])
    kinds = [event["kind"] for event in shown["events"]]
    assert kinds[0] == "case.opened"
    assert "act.refused" in kinds
    acts = [e for e in shown["events"] if e["kind"] == "case.resolved"]
    assert acts[0]["through"].startswith("cli:")
    assert {m["direction"] for m in shown["messages"]} == {"in", "out"}
    assert shown["escalations"] == []
    assert "text" not in shown


def test_what_was_said_needs_a_role_a_reason_and_the_switch(
    threadline: Command,
) -> None:
    threadline.json("text", "+8801700000009", "482170 the toilets are locked")
    number = threadline.json("cases", "list", "--limit", "1")[0]["number"]
    show = ("cases", "show", number)
    as_partner = (*show, "--as", PARTNER)
    assert threadline(*as_partner).returncode == 1
    told = threadline.json(*as_partner, "--reason", "triage")
    assert told["text"] == "482170 the toilets are locked"
    # Nobody has answered whether it is about them: the committee must not read.
    as_member = (*show, "--as", MEMBER, "--reason", "triage")
    assert threadline(*as_member).returncode == 1
    off = threadline(*as_partner, "--reason", "triage", CLI_MAY_READ="0")
    assert off.returncode == 1
    assert "CLI_MAY_READ" in off.stderr
    kinds = [e["kind"] for e in threadline.json(*show)["events"]]
    assert kinds.count("text.read") == 1


def test_lists_are_paged(threadline: Command) -> None:
    for i in range(3):
        threadline.json("text", f"+880170000010{i}", "no water to drink for two days")
    whole = [case["number"] for case in threadline.json("cases", "list")]
    page = [c["number"] for c in threadline.json("cases", "list", "--limit", "2")]
    rest = threadline.json("cases", "list", "--after", page[-1])
    assert [*page, *(c["number"] for c in rest)] == whole


def test_deadlines_say_which_dates_did_not_count(threadline: Command) -> None:
    told = threadline.json(
        *("deadlines", "--site", "482170", "--category", "WAGE"),
        *("--at", "2026-12-03T21:00:00+06:00"),  # a Thursday night in Dhaka
    )
    assert (told["site"], told["category"], told["severity"]) == (
        *("482170", "WAGE", "S3"),
    )
    acknowledge, first_action, resolve = told["clocks"]
    assert acknowledge["name"] == "acknowledge"
    assert acknowledge["due_at"] == "2026-12-06T17:00:00+06:00"
    assert acknowledge["skipped"] == [
        {"date": "2026-12-03", "reason": "opening day"},
        {"date": "2026-12-04", "reason": "weekly rest"},
    ]
    assert first_action["due_at"] == "2026-12-09T17:00:00+06:00"
    assert resolve["due_at"] == "2026-12-17T21:00:00+06:00"


def test_deadlines_of_a_case_are_those_that_it_has(threadline: Command) -> None:
    threadline.json("text", "+8801700000021", "482170 our wages are two weeks late")
    number = threadline.json("cases", "list", "--limit", "1")[0]["number"]
    told = threadline.json("deadlines", "--case", number, "--language", "ta")
    assert (told["number"], told["site"], told["language"]) == (number, "482170", "ta")
    shown = threadline.json("cases", "show", number)
    due = {c["name"]: c["due_at"] for c in told["clocks"]}
    assert {c["name"]: due[c["name"]] for c in shown["clocks"]} == {
        c["name"]: c["due_at"] for c in shown["clocks"]
    }
    for clock in told["clocks"]:
        assert clock["agrees"] is True
        assert clock["calendar"]
        assert clock["days"][0]["kind"] == "opening"
        assert clock["working_left_seconds"] >= 0
    printed = threadline("deadlines", "--case", number, "--language", "ta")
    assert f"புகார் {number[:4]}-{number[4:]}" in printed.stdout


@pytest.mark.parametrize(
    "argv",
    [
        pytest.param(("--case", "10000007", "--site", "482170"), id="both"),
        pytest.param(("--case", "10000007", "--severity", "S1"), id="another-severity"),
        pytest.param(("--site", "482170"), id="a-site-without-a-category"),
        pytest.param((), id="neither"),
        pytest.param(
            ("--site", "482170", "--category", "WAGE", "--language", "nl"),
            id="a-language-that-is-not-served",
        ),
    ],
)
def test_deadlines_of_what_is_a_question(
    threadline: Command, argv: tuple[str, ...]
) -> None:
    done = threadline("deadlines", *argv)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_the_ledger_verifies(threadline: Command) -> None:
    verdict = threadline.json("ledger", "verify")
    assert verdict["ok"] is True
    assert verdict["problems"] == []
    assert verdict["cases"] >= 1
    assert verdict["events"] >= verdict["cases"]


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        pytest.param(("cases", "show", "12345678"), 1, id="an-unknown-number"),
        pytest.param(("cases", "list", "--limit", "0"), 2, id="a-limit-of-none"),
        pytest.param(("bogus",), 2, id="no-such-verb"),
        pytest.param(
            ("cases", "act", "12345678", "bogus", "--as", MEMBER), 2, id="no-such-act"
        ),
        pytest.param(
            ("cases", "act", "12345678", "acknowledge", "--as", "no@body.example"),
            *(1,),
            id="an-unknown-person",
        ),
        pytest.param(
            ("deadlines", "--site", "111111", "--category", "WAGE"),
            *(1,),
            id="an-unknown-site",
        ),
        pytest.param(("import", "sites", "nowhere.csv"), 1, id="a-file-that-is-not"),
        pytest.param(("doctor",), 1, id="a-doctor-who-finds-no-mail-server"),
    ],
)
def test_exit_codes(threadline: Command, argv: tuple[str, ...], code: int) -> None:
    done = threadline(*argv)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr


def test_serve_refuses_secrets_that_run_made(threadline: Command) -> None:
    made = (threadline.home / "data" / "secrets.env").read_text("utf-8")
    values = dict(
        line.split("=", 1)
        for line in made.splitlines()
        if "=" in line and not line.startswith("#")
    )
    done = threadline("serve", PUBLIC_BASE_URL="https://h.example", **values)
    assert done.returncode == 1
    assert "threadline run" in done.stderr


def test_talk_needs_no_server(threadline: Command) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", "talk", "--seed", "1"],
        cwd=threadline.root,
        input="482170 three months no overtime pay\nno\n/quit\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "opens a case: WAGE, 482170" in done.stdout
    assert "about committee, HR or owner: no" in done.stdout


def test_figures_are_counted_and_compared(threadline: Command) -> None:
    before = threadline.json("statistics", "status")
    assert before["counted"] + before["waiting"] >= before["waiting"] >= 0
    assert threadline.json("statistics", "count")["is_all"]
    after = threadline.json("statistics", "status")
    assert (after["waiting"], after["unopened"]) == (0, 0)
    assert after["counted"] == before["counted"] + before["waiting"]
    done = threadline("statistics", "compare")
    assert done.returncode == 0
    assert "Every figure follows from the ledger." in done.stdout
    assert threadline.json("statistics", "compare")["found"] == []
