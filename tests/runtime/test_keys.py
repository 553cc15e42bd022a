"""Secrets for `run`: made once, private, and known again wherever copied."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from app.runtime.keys import (
    are_generated,
    generated_secrets,
    read_local_settings,
)
from app.runtime.settings import SettingsError, read_settings

OWN: Mapping[str, str] = {
    "PUBLIC_BASE_URL": "https://hotline.example.org",
    "THREADLINE_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "TWILIO_ACCOUNT_SID": "AC" + "1" * 32,
    "TWILIO_AUTH_TOKEN": "2" * 32,
}


def test_the_file_is_private_and_stays_as_it_is(tmp_path: Path) -> None:
    home = tmp_path / "deep" / "home"
    first = generated_secrets(home)
    written = (home / "secrets.env").read_bytes()

    assert (home / "secrets.env").stat().st_mode & 0o777 == 0o600
    assert home.stat().st_mode & 0o777 == 0o700
    assert generated_secrets(home) == first
    assert (home / "secrets.env").read_bytes() == written
    assert sorted(path.name for path in home.iterdir()) == ["secrets.env"]


def test_two_homes_have_different_secrets(tmp_path: Path) -> None:
    one, other = (generated_secrets(tmp_path / name) for name in ("a", "b"))
    assert all(one[name] != other[name] for name in one)


def test_processes_that_start_together_agree(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path;"
        "from app.runtime.keys import generated_secrets;"
        "print(sorted(generated_secrets(Path(sys.argv[1])).items()))"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path / "home")],
            stdout=subprocess.PIPE,
        )
        for _ in range(6)
    ]
    answers = {process.communicate()[0] for process in started}

    assert len(answers) == 1
    assert b"THREADLINE_KEYS" in answers.pop()


def test_a_damaged_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "secrets.env").write_text("THREADLINE_KEYS=\n")

    with pytest.raises(SettingsError):
        generated_secrets(tmp_path)
    assert (tmp_path / "secrets.env").read_text() == "THREADLINE_KEYS=\n"


def test_run_works_in_an_empty_environment(tmp_path: Path) -> None:
    settings = read_local_settings({"THREADLINE_HOME": str(tmp_path / "home")})

    assert are_generated(settings)
    assert settings.cli_may_read
    assert settings.public_base_url == "http://127.0.0.1:8000"
    assert settings.home == tmp_path / "home"


def test_own_keys_are_taken_and_then_the_cli_reads_nothing(tmp_path: Path) -> None:
    environ = {**OWN, "THREADLINE_HOME": str(tmp_path / "home")}
    settings = read_local_settings(environ)

    assert not are_generated(settings)
    assert not settings.cli_may_read
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    "name", ["THREADLINE_KEYS", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"]
)
def test_one_generated_value_copied_elsewhere_is_known(
    tmp_path: Path, name: str
) -> None:
    copied = generated_secrets(tmp_path)[name]

    assert not are_generated(read_settings(OWN))
    assert are_generated(read_settings({**OWN, name: copied}))


def test_a_generated_key_is_known_among_others(tmp_path: Path) -> None:
    copied = generated_secrets(tmp_path)["THREADLINE_KEYS"]
    keys = f"{OWN['THREADLINE_KEYS']},{copied}"
    assert are_generated(read_settings({**OWN, "THREADLINE_KEYS": keys}))
