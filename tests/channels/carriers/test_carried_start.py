"""A carrier that is named and cannot be used keeps the service from starting."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.channels.carriers.conftest import BASE

WRONG = {
    **BASE,
    "SMS_PROVIDERS": "kannel nobody infobip",
    "SMS_KANNEL_USER": "hush-user",
    "SMS_KANNEL_SECRET": "hush-short",
    "SMS_INFOBIP_API_BASE": "https://infobip.example",
    "SMS_INFOBIP_API_KEY": "hush-key",
    "SMS_INFOBIP_SECRET": "hush/and/long/enough",
    "SMS_INFOBIP_NETWORKS": "203.0.113.0/24; 198.51.100.7",
    "SMS_KANNEL_NETWORK": "203.0.113.0/24",
}


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["-m", "app.cli", "serve"], id="serve"),
        pytest.param(["-m", "workers"], id="worker"),
        pytest.param(["-m", "app.cli", "run"], id="run"),
    ],
)
def test_every_problem_is_said_at_once_and_no_secret(
    command: list[str], tmp_path: Path
) -> None:
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ["HOME"],
        "THREADLINE_HOME": str(tmp_path),
        **WRONG,
    }
    done = subprocess.run(
        [sys.executable, *command],
        env=environ,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1
    first, *more = done.stderr.splitlines()
    assert first.startswith(
        "threadline: SMS_PROVIDERS names nobody, of which there is no file: one of "
    )
    in_a_path = "must be 16 or more letters, digits, - and _: it stands in the"
    assert more == [
        "SMS_KANNEL_PASSWORD is missing: SMS_PROVIDERS names kannel.",
        "SMS_KANNEL_NETWORK is not read by anything: of kannel there are USER,"
        " PASSWORD, SECRET, API_BASE, SENDER, NETWORKS, ENTITY_ID.",
        f"SMS_KANNEL_SECRET {in_a_path} addresses of kannel.",
        f"SMS_INFOBIP_SECRET {in_a_path} addresses of infobip.",
        "SMS_INFOBIP_NETWORKS must be networks such as 203.0.113.0/24, with a comma"
        " or a blank between them.",
    ]
    assert "198.51.100.7" not in done.stderr
    assert "hush" not in done.stderr
