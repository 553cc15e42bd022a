"""`threadline carriers`: what an installer reads before anything is bought."""

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from typer.testing import CliRunner

from app.carriers.abilities import CELLS, ability
from app.carriers.shelf import on_shelf
from app.cli.verbs import app
from app.domain.errors import BadInput
from app.runtime.settings import SettingsError

OWN = """
title = "Our own gateway"
dialect = "twilio"
source = "https://gateway.example"
variables = ["ACCOUNT_SID"]

[rules]
reply = "body"
sender_kind = "number"
may_send_free_text = true
repeat_seconds = 60
longest_text = 1600
most_parts = 10

[[ability]]
country = "LK"
two_way = "yes"
answer = "no"
toll_free = "no"
missed_call = "ask: the operator"
call_back = "no"
from_abroad = "no"
sender_id = "no"
templates = "no"
language = "Sinhala or Tamil"
abroad = "They cost."
note = "On one SIM card."
checked = 2026-11-03
sources = ["https://gateway.example/numbers"]
"""


def said(*argv: str, environ: Mapping[str, str] = MappingProxyType({})) -> str:
    done = CliRunner().invoke(app, ["carriers", *argv], env=dict(environ))
    if done.exception is not None:
        raise done.exception
    return done.stdout


@pytest.fixture
def folder(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "ours.toml").write_text(OWN, "utf-8")
    return {"SMS_FOLDER": str(tmp_path)}


def test_a_country_s_carriers_are_listed_with_what_they_can() -> None:
    rows = [line.split() for line in said("list", "--country", "in").splitlines()]
    cells = {row[0]: row[1:] for row in rows if row and row[0] in on_shelf()}
    days = {name: row.pop() for name, row in cells.items()}
    assert cells["twilio"] == ["IN", "no", "no", "ask", "no", "no", "ask"]
    assert cells["exotel"] == ["IN", "ask", "no", "no", "yes", "no", "yes"]
    assert cells["whatsapp"] == ["*", "yes", "no", "no", "no", "no", "yes"]
    assert list(cells) == sorted(on_shelf())
    checked = {name: ability(of, "IN") for name, of in on_shelf().items()}
    assert days == {name: str(of.checked) for name, of in checked.items() if of}


def test_the_list_fits_a_terminal() -> None:
    assert max(map(len, said("list").splitlines())) <= 100


def test_a_machine_reads_every_cell_with_day_and_source() -> None:
    listed: list[dict[str, Any]] = json.loads(said("list", "--json"))
    assert len(listed) == sum(len(c.abilities) for c in on_shelf().values())
    (indian,) = [
        one for one in listed if (one["carrier"], one["country"]) == ("twilio", "IN")
    ]
    assert indian["two_way"] == {
        "can": "no",
        "why": "Twilio lists two-way SMS in India as not supported",
    }
    assert (indian["checked"], indian["sources"][0]) == (
        "2026-12-01",
        "https://www.twilio.com/en-us/guidelines/in/sms",
    )
    assert set(CELLS) < indian.keys()


def test_a_carrier_of_the_operators_is_shown_whole(folder: dict[str, str]) -> None:
    assert said("show", "ours", environ=folder) == (
        "ours  Our own gateway\n"
        "    documented at https://gateway.example\n"
        "    as sender phones show a number\n"
        "    set SMS_OURS_ACCOUNT_SID\n"
        "    texts to {PUBLIC_BASE_URL}/sms/ours\n"
        "In LK, looked up on 2026-11-03:\n"
        "    texts both ways: yes\n"
        "    answers calls: no\n"
        "    toll-free calls: no\n"
        "    missed calls: ask: the operator\n"
        "    calls from there: no\n"
        "    calls from abroad: no\n"
        "    name as sender: no\n"
        "    registered texts: no\n"
        "    language: Sinhala or Tamil\n"
        "    numbers elsewhere: They cost.\n"
        "    note: On one SIM card.\n"
        "    https://gateway.example/numbers\n"
    )


def test_what_is_entered_at_a_carrier_is_shown_without_the_secret() -> None:
    environ = {"SMS_EXOTEL_SECRET": "a-secret-of-the-door"}
    shown = said("show", "exotel", environ=environ)
    assert "set SMS_EXOTEL_SECRET" in shown
    assert "texts to {PUBLIC_BASE_URL}/sms/exotel/k/SMS_EXOTEL_SECRET\n" in shown
    assert "calls to {PUBLIC_BASE_URL}/calls/exotel/k/SMS_EXOTEL_SECRET\n" in shown
    assert "threadline texts export --provider exotel" in shown
    assert "a-secret-of-the-door" not in shown


def test_a_rule_on_the_writing_is_shown() -> None:
    writing = "BTRC asks for Bangla, in its own letters."
    assert f"    writing: {writing}\n" in said("show", "sslwireless")
    shown = json.loads(said("show", "sslwireless", "--json"))
    assert (shown["languages"], shown["sender_kind"]) == (writing, "mask")
    assert shown["source"] == on_shelf()["sslwireless"].source


def test_kannel_s_own_configuration_is_pointed_at(root: Path) -> None:
    example = "infra/kannel/kannel.conf.example"
    assert example in said("show", "kannel")
    assert (root / example).is_file()


@pytest.mark.parametrize(
    ("name", "addresses"),
    [
        ("twilio", {"texts": "/twilio/sms", "calls": "/twilio/voice"}),
        ("whatsapp", {"texts": "/twilio/sms"}),
        ("somleng", {"texts": "/sms/somleng"}),
    ],
)
def test_where_twilio_s_dialect_knocks(name: str, addresses: dict[str, str]) -> None:
    assert json.loads(said("show", name, "--json"))["addresses"] == addresses


def test_a_carrier_that_is_not_there_is_said_with_those_that_are() -> None:
    with pytest.raises(BadInput) as refused:
        said("show", "grameen")
    names = "exotel, infobip, jasmin, kannel, somleng, sslwireless, twilio, whatsapp"
    assert str(refused.value) == (f"There is no carrier grameen: write one of {names}.")


def test_a_country_is_two_letters() -> None:
    done = CliRunner().invoke(app, ["carriers", "list", "--country", "India"])
    assert (done.exit_code, "write two letters" in done.output) == (2, True)


def test_a_folder_that_is_not_there_is_said() -> None:
    with pytest.raises(SettingsError, match="SMS_FOLDER names no folder"):
        said("list", environ={"SMS_FOLDER": "/nowhere/at/all"})


def test_a_file_that_cannot_be_read_is_said(folder: dict[str, str]) -> None:
    path = Path(folder["SMS_FOLDER"]) / "ours.toml"
    path.write_text(OWN.replace('answer = "no"', 'answer = "perhaps"'), "utf-8")
    with pytest.raises(BadInput, match=r"ours\.toml: ability\.0\.answer"):
        said("list", environ=folder)
