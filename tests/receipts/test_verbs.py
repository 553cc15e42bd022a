"""`threadline receipt …` as a script sees it, without any service behind it."""

import json
import os
import subprocess
import sys
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from app.domain.reference import with_check
from app.receipts.receipt import Receipt, Signer

SECRET = bytes(range(32))
OURS, THEIRS = Signer(SECRET), Signer(bytes(range(1, 33)))
RECEIPT = Receipt(with_check("4821345"), date(2026, 12, 1))
FULL, CODE = OURS.sign(RECEIPT), OURS.check_code(RECEIPT)
CONFIRMED = {
    "ok": True,
    "finding": "genuine",
    "number": "48213457",
    "day": "2026-12-01",
    "key": OURS.public_key.id,
}


@dataclass(frozen=True)
class Command:
    """The real command, where no database could be started."""

    root: Path
    home: Path
    signing_key: bytes = SECRET

    def __call__(self, *argv: str) -> subprocess.CompletedProcess[str]:
        env = {
            "PATH": os.environ["PATH"],
            "THREADLINE_HOME": str(self.home),
            "THREADLINE_SIGNING_KEY": urlsafe_b64encode(self.signing_key).decode(),
            "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
            "REDIS_URL": "redis://127.0.0.1:1/0",
        }
        return subprocess.run(
            [sys.executable, "-m", "app.cli", "receipt", *argv],
            cwd=self.root,
            env=env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


@pytest.fixture
def receipt(root: Path, tmp_path: Path) -> Command:
    return Command(root, tmp_path / "home")


def test_a_genuine_one_is_confirmed_and_no_more_is_said(receipt: Command) -> None:
    done = receipt("verify", FULL)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        f"Genuine: the hotline with the key {OURS.public_key.id} received complaint "
        "4821-3457 on 2026-12-01. It confirms no more than that.\n"
    )
    short = receipt("verify", "4821-3457", "01.12.2026", CODE, "--json")
    assert (short.returncode, json.loads(short.stdout)) == (0, CONFIRMED)


def test_the_printed_key_is_enough_for_others(receipt: Command) -> None:
    printed = receipt("key")
    assert printed.stdout == f"{OURS.public_key}\n"
    elsewhere = Command(receipt.root, receipt.home / "elsewhere", bytes(32))
    key = printed.stdout.strip()
    done = elsewhere("verify", FULL, "--key", key, "--json")
    assert (done.returncode, json.loads(done.stdout)) == (0, CONFIRMED)
    assert not elsewhere.home.exists()  # no secrets were made to check by another's
    assert json.loads(receipt("key", "--json").stdout) == {
        "id": OURS.public_key.id,
        "key": key,
    }


@pytest.mark.parametrize(
    ("text", "finding", "says"),
    [
        pytest.param("hello", "malformed", "No receipt", id="malformed"),
        pytest.param(
            FULL.replace("20261201", "20261202"), "false", "FALSE", id="another-day"
        ),
        pytest.param(
            THEIRS.sign(RECEIPT), "other key", "another hotline's key", id="other-key"
        ),
    ],
)
def test_another_is_refused_and_why_is_said(
    receipt: Command, text: str, finding: str, says: str
) -> None:
    told = receipt("verify", text)
    assert told.returncode == 1
    assert says in told.stdout
    as_json = receipt("verify", text, "--json")
    assert as_json.returncode == 1
    assert json.loads(as_json.stdout) == {
        "ok": False,
        "finding": finding,
        "number": None,
        "day": None,
        "key": OURS.public_key.id,
    }


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        pytest.param(("verify",), "TEXT", id="nothing-to-verify"),
        pytest.param(("verify", FULL, "--key", "TLK1-x"), "no public key", id="no-key"),
        pytest.param(
            ("verify", "48213457", "20261201", CODE, "--key", str(OURS.public_key)),
            "hotline alone",
            id="a-code-without-its-hotline",
        ),
    ],
)
def test_wrong_usage(receipt: Command, argv: tuple[str, ...], says: str) -> None:
    done = receipt(*argv)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
