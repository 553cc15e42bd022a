"""What the doctor says of carriers that are named and cannot be used."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from app.actions.finding import Finding
from app.actions.start_findings import shelf_of, start_findings
from app.domain.directory import HotlineNumber
from app.runtime.settings import Settings, read_settings
from tests.builders import PROGRAMME

KEYS = {
    "THREADLINE_KEYS": "A" * 43 + "=",
    "TWILIO_ACCOUNT_SID": "AC1",
    "TWILIO_AUTH_TOKEN": "token",
}
KANNEL = {
    "SMS_PROVIDERS": "kannel",
    "SMS_KANNEL_USER": "u",
    "SMS_KANNEL_PASSWORD": "p",
    "SMS_KANNEL_SECRET": "kannel-secret-16",
}
SSL = {
    "SMS_PROVIDERS": "sslwireless",
    "SMS_SSLWIRELESS_API_TOKEN": "t",
    "SMS_SSLWIRELESS_SID": "s",
}
INDIA = HotlineNumber("56767", "IN", "kannel", ("ta",), True, "none", None, ())
DHAKA = replace(INDIA, number="2929", country="BD")
NO_ENTITY = (
    "SMS_KANNEL_ENTITY_ID is blank: no text goes to Indian phones through Kannel"
    " (no_entity)."
)


def settings(environ: Mapping[str, str]) -> Settings:
    return read_settings({**KEYS, **environ}, generated=True)


def found(environ: Mapping[str, str], *numbers: HotlineNumber) -> list[Finding]:
    directory = replace(PROGRAMME, numbers={each.number: each for each in numbers})
    return list(start_findings(settings(environ), directory))


def test_what_the_service_would_not_start_with_is_grave() -> None:
    environ = {**KANNEL, "SMS_KANNEL_PASSWORD": "", "SMS_KANNEL_NETWORKS": "here"}
    said = found(environ)
    assert [finding.what for finding in said] == [
        "SMS_KANNEL_PASSWORD is missing: SMS_PROVIDERS names kannel.",
        "SMS_KANNEL_NETWORKS must be networks such as 203.0.113.0/24, with a comma or"
        " a blank between them.",
    ]
    assert all(finding.is_grave for finding in said)
    assert {finding.mend for finding in said} == {
        "The web process and the worker do not start until it is mended."
    }


def test_a_folder_that_cannot_be_read_is_said_and_does_not_stop_the_doctor(
    tmp_path: Path,
) -> None:
    (tmp_path / "own.toml").write_bytes(b"\xff")
    environ = {"SMS_FOLDER": str(tmp_path)}
    (said,) = found(environ)
    assert said.what == "own.toml: it is not UTF-8 (byte 0): save it as UTF-8"
    assert said.is_grave
    assert shelf_of(settings(environ)) is None
    assert set(shelf_of(settings({})) or ()) > {"kannel", "twilio"}


@pytest.mark.parametrize(
    ("environ", "number", "said"),
    [
        pytest.param(KANNEL, INDIA, [NO_ENTITY], id="a-line-in-india"),
        pytest.param(
            {**KANNEL, "SMS_ROUTES": "IN:kannel;*:twilio"},
            DHAKA,
            [NO_ENTITY],
            id="a-route-to-india",
        ),
        pytest.param(
            {**KANNEL, "SMS_KANNEL_ENTITY_ID": "1101000000000000001"},
            INDIA,
            [],
            id="it-is-there",
        ),
        pytest.param(
            {**KANNEL, "SMS_ROUTES": "BD:kannel;*:twilio"},
            DHAKA,
            [],
            id="bangladesh-asks-for-none",
        ),
        pytest.param(
            {**SSL, "SMS_ROUTES": "*:sslwireless"},
            INDIA,
            [],
            id="a-carrier-that-texts-no-indian-phone",
        ),
    ],
)
def test_a_carrier_without_the_id_of_who_registered_texts_nobody_in_india(
    environ: Mapping[str, str], number: HotlineNumber, said: list[str]
) -> None:
    assert [f.what for f in found(environ, number) if f.is_grave] == said
