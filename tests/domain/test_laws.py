"""The table of the law: whole, dated, sourced, and never surer than what was seen."""

import json
from datetime import date
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli.verbs import app
from app.data import load_laws
from app.domain.errors import BadInput
from app.domain.laws import CONFIDENCES, Law, Who, parse_laws
from app.domain.taxonomy import Category

LAWS = {law.id: law for law in load_laws()}

# Each row of the design's table, by its number there.
ROWS = {
    "I1": ("IN-GRC-FILE", "1y", "A"),
    "I2": ("IN-GRC-DECISION", "30d", "C"),
    "I3": ("IN-ID-GRC-DECISION", "30d", "A"),
    "I4": ("IN-ID-GRC-APPEAL", "1mo", "A"),
    "I5": ("IN-GRC-CONCILIATION", "60d", "C"),
    "I6": ("IN-POSH-FILE", "3mo", "A"),
    "I7": ("IN-POSH-COPY", "7wd", "B"),
    "I8": ("IN-POSH-REPLY", "10wd", "B"),
    "I9": ("IN-POSH-CONCILIATION", None, "C"),
    "I10": ("IN-POSH-INQUIRY", "90d", "B"),
    "I11": ("IN-POSH-REPORT", "10d", "B"),
    "I12": ("IN-POSH-ACTION", "60d", "B"),
    "I13": ("IN-POSH-APPEAL", "90d", "B"),
    "I14 month": ("IN-WAGES", "7d", "A"),
    "I14 exit": ("IN-WAGES-EXIT", "2wd", "A"),
    "I15": ("IN-CONTRIBUTION", "15d", "B"),
    "I16": ("IN-ESI-REGISTER", "10d", "B"),
    "I17": ("IN-POCSO-REPORT", "24h", "A"),
    # The design's duty begins with a mark; that somebody asked is our own step.
    "I17 asked": ("IN-POCSO-QUESTION", "72h", "A"),
    "I18": ("IN-DATA-BREACH", "72h", "B"),
    "B1": ("BD-GRIEVANCE", "30d", "B"),
    "B2": ("BD-GRIEVANCE-DECISION", "30d", "B"),
    "B3": ("BD-LABOUR-COURT", "30d", "B"),
    "B4": ("BD-DIFE-SETTLEMENT", None, "A"),
    "B5": ("BD-WAGES", "7wd", "A"),
    "B6": ("BD-DUES", "30wd", "A"),
    "B7": ("BD-HARASSMENT-FILE", "30wd", "C"),
    "B8": ("BD-HARASSMENT-REPORT", "30wd", "C"),
    "B9": ("BD-WAGE-CLAIM", "12mo", "C"),
    "E1 acknowledge": ("EU-ACKNOWLEDGE", "7d", "B"),
    "E1 feedback": ("EU-FEEDBACK", "3mo", "B"),
    "E2": ("FLA-ASSESSMENT", "45d", "A"),
    "E3": ("CHILD-ASSESSMENT", "72h", "A"),
}


@pytest.mark.parametrize(("name", "length", "confidence"), ROWS.values(), ids=ROWS)
def test_each_row_of_the_design_is_there(
    name: str, length: str | None, confidence: str
) -> None:
    law = LAWS[name]
    assert (None if law.length is None else str(law.length)) == length
    assert law.confidence == confidence


def test_there_is_no_law_that_the_design_does_not_know() -> None:
    assert {row[0] for row in ROWS.values()} == LAWS.keys()


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_a_row_says_where_it_comes_from_and_what_becomes_of_it(law: Law) -> None:
    assert law.source
    assert law.confidence in CONFIDENCES
    if law.is_limitation:
        assert law.who is Who.WORKER
        assert law.route, "a right that passes needs a way outside"
    if not law.has_clock:
        assert law.no_clock


def test_only_what_calls_itself_unseen_is_sourced_so() -> None:
    unseen = {law.id for law in LAWS.values() if law.source == "None seen"}
    assert {LAWS[name].confidence for name in unseen} == {"C"}


def test_the_old_law_ends_the_day_before_the_code_begins() -> None:
    old, new = LAWS["IN-ID-GRC-DECISION"], LAWS["IN-GRC-DECISION"]
    for day in (date(2025, 11, 20), date(2025, 11, 21)):
        assert old.in_force_on(day) != new.in_force_on(day)


def test_a_law_is_about_its_own_country_and_categories() -> None:
    law = LAWS["BD-GRIEVANCE"]
    assert law.is_about("BD", Category.TERM)
    assert not law.is_about("IN", Category.TERM)
    assert not law.is_about("BD", Category.WASH)
    assert LAWS["CHILD-ASSESSMENT"].is_about("VN", Category.CHLD)


ROW: dict[str, Any] = {
    "id": "XX-A",
    "jurisdiction": "XX",
    "title": "A term",
    "section": "s. 1",
    "length": "30d",
    "starts": ["incident"],
    "met_by": ["court_asked"],
    "who": "worker",
    "categories": ["TERM"],
    "source": "a book",
    "confidence": "B",
}


def written(**changes: Any) -> str:
    row = {k: v for k, v in {**ROW, **changes}.items() if v is not None}
    return "[[law]]\n" + "\n".join(f"{k} = {json.dumps(v)}" for k, v in row.items())


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        pytest.param({"title": None}, "title is missing", id="no-title"),
        pytest.param({"length": "a month"}, "not a duration", id="no-length"),
        pytest.param({"length": None}, "give length", id="nothing-to-run"),
        pytest.param({"starts": ["sunrise"]}, "sunrise", id="no-such-event"),
        pytest.param({"who": "angel"}, "angel", id="nobody-who-acts"),
        pytest.param({"confidence": "D"}, "confidence", id="surer-than-sure"),
        pytest.param({"categories": ["HAPPY"]}, "HAPPY", id="no-such-category"),
        pytest.param({"colour": "red"}, "unknown key colour", id="a-key-too-many"),
        pytest.param({"after": "XX-B"}, "no law here", id="after-nothing"),
        pytest.param(
            {"is_limitation": True}, "unknown_incident", id="no-day-to-guess-from"
        ),
        pytest.param(
            {"may_extend": "1mo"}, "may_extend in d", id="extended-in-another-unit"
        ),
        pytest.param(
            {"route": ["pub"], "no_clock": None}, "route pub", id="no-such-helpline"
        ),
    ],
)
def test_what_is_wrong_in_a_row_is_said_with_its_place(
    changes: dict[str, Any], says: str
) -> None:
    with pytest.raises(BadInput, match=says) as caught:
        parse_laws(written(**changes))
    assert "XX-A" in str(caught.value)


def test_every_problem_of_a_table_is_said_at_once() -> None:
    text = written(id="XX-A", who="angel") + "\n" + written(id="XX-B", title=None)
    with pytest.raises(BadInput) as caught:
        parse_laws(text)
    assert "angel" in str(caught.value)
    assert "title is missing" in str(caught.value)


def test_an_id_stands_for_one_law() -> None:
    with pytest.raises(BadInput, match="XX-A: twice"):
        parse_laws(written() + "\n" + written())


def test_a_limitation_counts_from_the_tables_day_or_its_own() -> None:
    limited = {"is_limitation": True, "route": ["labour"]}
    (law,) = parse_laws('unknown_incident = "14d"\n' + written(**limited))
    assert str(law.unknown_incident) == "14d"
    own = written(**limited, unknown_incident="30d")
    (law,) = parse_laws('unknown_incident = "14d"\n' + own)
    assert str(law.unknown_incident) == "30d"


def test_the_command_lists_source_and_confidence_and_gives_no_advice() -> None:
    shown = CliRunner().invoke(app, ["laws"])
    assert shown.exit_code == 0
    assert "This is not legal advice" in shown.output
    for law in LAWS.values():
        assert law.id in shown.output
        assert f"{law.source} (confidence {law.confidence})" in shown.output


def test_the_command_lists_one_country_with_what_holds_everywhere() -> None:
    shown = CliRunner().invoke(app, ["laws", "--country", "bd", "--json"])
    listed = json.loads(shown.output)
    ids = {law["id"] for law in listed}
    assert {"BD-GRIEVANCE", "CHILD-ASSESSMENT"} <= ids
    assert not [each for each in ids if each.startswith("IN-")]
    assert {law["is_legal_advice"] for law in listed} == {False}


def test_the_command_knows_no_other_country() -> None:
    assert CliRunner().invoke(app, ["laws", "--country", "NL"]).exit_code == 2
