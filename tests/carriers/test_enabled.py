"""What an installation's variables must be before its carriers are used."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import pytest

from app.carriers.door import is_let_in
from app.carriers.enabled import enabled
from app.carriers.shelf import BadCarrier, on_shelf
from app.carriers.wire import Knock

AT = datetime(2026, 12, 1, tzinfo=UTC)
SECRET = "a-secret-of-the-door"
KANNEL = {"USER": "u", "PASSWORD": "p", "SECRET": SECRET}
PLATFORM = """
title = "Own platform"
dialect = "twilio"
source = "https://platform.example/manual"
variables = [{variables}]
[rules]
reply = "body"
sender_kind = "number"
may_send_free_text = true
"""

Given = Mapping[str, str]


def problems(
    name: str, given: Given = MappingProxyType({}), folder: Path | None = None
) -> tuple[str, ...]:
    try:
        found = enabled([name], {name: given}, folder)
    except BadCarrier as bad:
        return bad.problems
    assert list(found) == [name]
    return ()


@pytest.mark.parametrize(
    "networks",
    [
        pytest.param("203.0.113.0/24 198.51.100.7", id="blanks"),
        pytest.param("203.0.113.0/24,198.51.100.7", id="commas"),
        pytest.param(" 203.0.113.0/24 ,\t198.51.100.7, ", id="both"),
    ],
)
def test_networks_stand_with_commas_or_blanks_between(networks: str) -> None:
    given = {**KANNEL, "NETWORKS": networks}
    assert problems("kannel", given) == ()
    let_in = [
        is_let_in(
            on_shelf()["kannel"],
            Knock(
                method="GET",
                query=b"",
                headers=(),
                body=b"",
                source=source,
                secret=SECRET,
            ),
            given,
            at=AT,
        )
        for source in ("203.0.113.9", "198.51.100.7", "198.51.100.8", "nobody")
    ]
    assert let_in == [True, True, False, False]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param(
            {"NETWORKS": "203.0.113.0/24;198.51.100.7"},
            "SMS_KANNEL_NETWORKS must be networks such as 203.0.113.0/24, with a comma"
            " or a blank between them.",
            id="networks-that-nobody-can-read",
        ),
        pytest.param(
            {"NETWORK": "203.0.113.0/24"},
            "SMS_KANNEL_NETWORK is not read by anything: of kannel there are USER,"
            " PASSWORD, SECRET, API_BASE, SENDER, NETWORKS, ENTITY_ID.",
            id="a-slip-in-a-name",
        ),
        pytest.param(
            {"SECRET": "short"},
            "SMS_KANNEL_SECRET must be 16 or more letters, digits, - and _: it stands"
            " in the addresses of kannel.",
            id="a-secret-that-can-be-guessed",
        ),
        pytest.param(
            {"PASSWORD": ""},
            "SMS_KANNEL_PASSWORD is missing: SMS_PROVIDERS names kannel.",
            id="what-its-file-asks-for",
        ),
    ],
)
def test_a_problem_names_its_variable(given: Given, said: str) -> None:
    assert problems("kannel", {**KANNEL, **given}) == (said,)


@pytest.mark.parametrize("name", ["twilio", "whatsapp"])
def test_what_twilios_account_sets_up_needs_no_naming(name: str) -> None:
    assert problems(name) == (
        f"SMS_PROVIDERS names {name}, which needs no naming: TWILIO_… sets it up. Take"
        " it out there, and out of SMS_ROUTES unless it is twilio.",
    )


def test_a_platform_is_asked_for_all_that_its_account_needs(tmp_path: Path) -> None:
    """A file that forgets some of them stopped the web process while it ran."""
    own = PLATFORM.format(variables='"ACCOUNT_SID"')
    (tmp_path / "own.toml").write_text(own, encoding="utf-8")
    assert problems("own", {"ACCOUNT_SID": "a"}, tmp_path) == tuple(
        f"SMS_OWN_{name} is missing: SMS_PROVIDERS names own."
        for name in ("AUTH_TOKEN", "API_BASE", "FROM")
    )
    whole = dict.fromkeys(("ACCOUNT_SID", "AUTH_TOKEN", "API_BASE", "FROM"), "a")
    assert problems("own", whole, tmp_path) == ()


def test_a_platform_without_an_account_is_twilio_by_another_name(
    tmp_path: Path,
) -> None:
    own = PLATFORM.format(variables="")
    (tmp_path / "own.toml").write_text(own, encoding="utf-8")
    (said,) = problems("own", folder=tmp_path)
    assert said.startswith("SMS_PROVIDERS names own, which needs no naming: ")


def test_a_file_that_is_not_utf8_is_named_with_the_others(tmp_path: Path) -> None:
    (tmp_path / "one.toml").write_bytes('title = "Grün"'.encode("latin-1"))
    (tmp_path / "two.toml").mkdir()
    (tmp_path / "zero.toml").write_text("x = ", encoding="utf-8")
    with pytest.raises(BadCarrier) as refused:
        on_shelf(tmp_path)
    one, two, zero = refused.value.problems
    assert one == "one.toml: it is not UTF-8 (byte 11): save it as UTF-8"
    assert two == "two.toml: Is a directory"
    assert zero.startswith("zero.toml: ")
