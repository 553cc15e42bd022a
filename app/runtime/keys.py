"""Secrets made for `threadline run`, and how to know them again.

They are random, but each ends in a mark computed from what precedes it. A
copy of one is therefore known anywhere, in any environment, without the file
that it came from: `serve` and `worker` refuse it. The chance that a key made
otherwise bears the mark is 2**-64, for a Twilio token 2**-48.
"""

import hashlib
import hmac
import os
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from pathlib import Path

from app.runtime.settings import Settings, SettingsError, read_settings

FILE = "secrets.env"

_MARK = b"threadline|made for run|1"
_KEY_MARK = 8  # bytes; 24 random ones stay
_HEX_MARK = 12  # digits; 20 random ones, 80 bits, stay
_TOKEN_DIGITS = 32
_NAMES = ("THREADLINE_KEYS", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")


def read_local_settings(environ: Mapping[str, str]) -> Settings:
    """Return the settings for `run` and for every verb that shares its home.

    What the environment leaves blank comes from `<home>/secrets.env`, which is
    made where it is missing. Whoever brings keys of their own has a service
    that is not a trial: there the CLI reads no texts unless told so.
    """
    filled = {name: value for name, value in environ.items() if value.strip()}
    missing = [name for name in _NAMES if name not in filled]
    if "THREADLINE_KEYS" not in missing:
        filled.setdefault("CLI_MAY_READ", "0")
    if missing:
        home = Path(filled.get("THREADLINE_HOME", ".threadline").strip()).absolute()
        made = generated_secrets(home)
        filled.update((name, made[name]) for name in missing if name in made)
    return read_settings(filled, generated=True)


def generated_secrets(home: Path) -> Mapping[str, str]:
    """Return the secrets of `home`, made at the first call and never again.

    Raises `SettingsError` where the file is there but cannot be understood:
    making new keys would lose everything sealed under the old ones.
    """
    path = home / FILE
    if not path.exists():
        make_home(home)
        _write_once(path, _new_secrets())
    lines = path.read_text(encoding="ascii", errors="replace").splitlines()
    found = dict(
        line.strip().split("=", 1)
        for line in lines
        if "=" in line and not line.startswith("#")
    )
    if not all(found.get(name) for name in _NAMES):
        problem = (
            f"{FILE} in THREADLINE_HOME is damaged: put a copy of it back, or "
            "remove THREADLINE_HOME to begin anew without its data."
        )
        raise SettingsError((problem,))
    return found


def make_home(home: Path) -> None:
    """Make the directory; nobody else may list it."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)


def are_generated(settings: Settings) -> bool:
    """Tell whether any secret was made for `run`, wherever it was copied to."""
    return (
        any(_is_marked_key(key) for key in settings.keys)
        or any(_is_marked_hex(token) for token in settings.twilio_auth_tokens)
        or _is_marked_hex(settings.twilio_account_sid.removeprefix("AC"))
    )


def _new_secrets() -> dict[str, str]:
    key = urlsafe_b64encode(_marked_key(os.urandom(32 - _KEY_MARK))).decode()
    return {
        "THREADLINE_KEYS": key,
        "TWILIO_ACCOUNT_SID": "AC" + _marked_hex(),
        "TWILIO_AUTH_TOKEN": _marked_hex(),
    }


def _write_once(path: Path, values: Mapping[str, str]) -> None:
    """Write the file whole or not at all; whoever comes second changes nothing."""
    body = "# Made for `threadline run`; `serve` and `worker` refuse these.\n"
    body += "".join(f"{name}={value}\n" for name, value in values.items())
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        # A link, unlike a rename, fails where another process was faster.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    _sync_directory(path.parent)


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _mark(start: bytes) -> bytes:
    return hmac.digest(_MARK, start, hashlib.sha256)


def _marked_key(start: bytes) -> bytes:
    return start + _mark(start)[:_KEY_MARK]


def _is_marked_key(key: bytes) -> bool:
    return key == _marked_key(key[:-_KEY_MARK])


def _marked_hex() -> str:
    start = secrets.token_hex((_TOKEN_DIGITS - _HEX_MARK) // 2)
    return start + _mark(start.encode()).hex()[:_HEX_MARK]


def _is_marked_hex(word: str) -> bool:
    start = word[:-_HEX_MARK]
    return len(word) == _TOKEN_DIGITS and word == (
        start + _mark(start.encode()).hex()[:_HEX_MARK]
    )
