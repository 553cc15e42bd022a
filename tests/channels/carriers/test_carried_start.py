"""A carrier that is named and cannot be used keeps the service from starting."""

import os
import subprocess
import sys

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
}


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["-m", "app.cli", "serve"], id="serve"),
        pytest.param(["-m", "workers"], id="worker"),
    ],
)
def test_every_problem_is_said_at_once_and_no_secret(command: list[str]) -> None:
    environ = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], **WRONG}
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
    in_a_path = "must be 16 or more letters, digits, - and _: it stands in a path."
    assert more == [
        "SMS_KANNEL_PASSWORD is missing: SMS_PROVIDERS names kannel.",
        f"The secret in the addresses of kannel {in_a_path}",
        f"The secret in the addresses of infobip {in_a_path}",
    ]
    assert "hush" not in done.stderr
