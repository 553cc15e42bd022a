"""One environment variable at a time: read, checked, its mending said."""

import binascii
import math
import os
import re
from base64 import urlsafe_b64decode
from collections.abc import Collection, Mapping
from pathlib import Path
from urllib.parse import urlsplit

_KEY_BYTES = 32
_CARRIER = re.compile(r"[a-z][a-z0-9]{0,31}")  # a file's name without .toml
_COUNTRY = re.compile(r"[A-Z]{2}|\*")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_PREFIX = re.compile(r"\+[1-9][0-9]{0,14}")
_LEAST_PEPPER = 16  # characters; fewer could be guessed
_NEW_KEY = (
    'python3 -c "import base64,os;'
    'print(base64.urlsafe_b64encode(os.urandom(32)).decode())"'
)
_YES, _NO = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


class Variables:
    """The environment, and the problems met while reading it.

    A problem never repeats the value. A reader that meets one returns a value
    of the right type all the same, so that the rest is checked too.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.problems: list[str] = []

    def problem(self, name: str, what: str) -> None:
        self.problems.append(f"{name} {what}.")

    def text(self, name: str, *, default: str | None = None) -> str:
        value = self._environ.get(name, "").strip()
        if value:
            return value
        if default is None:
            self.problem(name, "is missing: set it (.env.example explains it)")
        return default or ""

    def word(self, name: str, *, default: str | None = None) -> str:
        value = self.text(name, default=default)
        if not value.isprintable() or any(letter.isspace() for letter in value):
            self.problem(name, "holds a blank or a control character: remove it")
        return value

    def whole(self, name: str, *, default: int, least: int, most: int) -> int:
        value = self.text(name, default=str(default))
        if re.fullmatch(r"[0-9]{1,9}", value) and least <= int(value) <= most:
            return int(value)
        self.problem(name, f"must be a whole number from {least} to {most}")
        return default

    def seconds(
        self, name: str, *, default: float, most: float, least: float = 0.1
    ) -> float:
        value = self.text(name, default=str(default))
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if least <= number <= most:
            return number
        self.problem(name, f"must be a number of seconds from {least:g} to {most:g}")
        return default

    def switch(self, name: str, *, default: bool) -> bool:
        value = self.text(name, default="1" if default else "0").lower()
        if value not in _YES | _NO:
            self.problem(name, "must be 1 or 0")
        return value in _YES

    def address(
        self, name: str, *, schemes: tuple[str, ...], default: str | None = None
    ) -> str:
        value = self.word(name, default=default)
        if value and not _is_address(value, schemes):
            known = " or ".join(f"{scheme}://" for scheme in schemes)
            self.problem(name, f"must be an address that begins with {known}")
        return value

    def web_address(self, name: str, *, default: str = "") -> str:
        """Return it without a trailing slash: paths are put after it as sent."""
        value = self.address(
            name, schemes=("https", "http"), default=default or None
        ).rstrip("/")
        if "?" in value or "#" in value:
            self.problem(name, "must end with its path: remove what follows ? or #")
        return value

    def database(self, name: str) -> str:
        """Return Postgres' address as asyncpg wants it, blank if not set."""
        value = self.word(name, default="")
        # Others' habit of naming the driver in the scheme is harmless.
        value = re.sub(r"^(postgres(?:ql)?)\+[a-z0-9]+:", r"\1:", value)
        if value and not _is_address(value, ("postgresql", "postgres")):
            self.problem(name, "must be postgresql://user:password@host:5432/database")
        return value

    def keys(self, name: str) -> tuple[bytes, ...]:
        """Return the keys, the one that seals first."""
        if not self._environ.get(name, "").strip():
            self.problem(name, f"is missing: make a key with {_NEW_KEY}")
            return ()
        found: list[bytes] = []
        for place, word in enumerate(self.text(name).split(","), start=1):
            key = _key(word.strip())
            if key is None:
                self.problem(
                    name,
                    f"has no urlsafe base64 of {_KEY_BYTES} bytes in place {place}: "
                    f"make a key with {_NEW_KEY}",
                )
            elif key in found:
                self.problem(name, f"repeats in place {place} an earlier key")
            else:
                found.append(key)
        return tuple(found)

    def key(self, name: str) -> bytes:
        """Return the one key, blank if not set."""
        word = self.text(name, default="")
        key = _key(word) if word else b""
        if key is None:
            self.problem(
                name,
                f"is no urlsafe base64 of {_KEY_BYTES} bytes: make a key with "
                f"{_NEW_KEY}",
            )
        return key or b""

    def pepper(self, name: str) -> bytes:
        value = self.word(name, default="")
        if value and len(value) < _LEAST_PEPPER:
            self.problem(name, f"must have at least {_LEAST_PEPPER} characters")
        return value.encode()

    def tokens(self, *names: str) -> tuple[str, ...]:
        """Return those that are set, in order: any of them may have signed."""
        return tuple(
            token for token in (self.word(name, default="") for name in names) if token
        )

    def number(self, name: str) -> str:
        """Return a phone number in E.164, blank if not set."""
        value = self.word(name, default="")
        if value and not _E164.fullmatch(value):
            self.problem(name, "must be a number such as +8809612345678")
        return value

    def prefixes(self, name: str) -> tuple[str, ...]:
        """Return how phone numbers begin, separated by blanks or commas."""
        found = tuple(filter(None, re.split(r"[\s,]+", self.text(name, default=""))))
        if not all(_PREFIX.fullmatch(each) for each in found):
            self.problem(name, "must be prefixes such as +977 +94, a blank apart")
            return ()
        return found

    def folder(self, name: str) -> Path | None:
        value = self.text(name, default="")
        if value and not os.access(value, os.R_OK | os.X_OK):
            self.problem(name, "names no folder that can be read")
        return Path(value).absolute() if value else None

    def names(self, name: str) -> tuple[str, ...]:
        """Return carriers' names, separated by blanks or commas, each once."""
        found = tuple(re.split(r"[\s,]+", self.text(name, default="")))
        found = tuple(dict.fromkeys(each for each in found if each))
        if not all(_CARRIER.fullmatch(each) for each in found):
            self.problem(
                name, "must be names in small letters and digits, a blank apart"
            )
            return ()
        return found

    def routes(
        self, name: str, *, among: Collection[str]
    ) -> dict[str, tuple[str, ...]]:
        """Return `BD:one,other;*:third` by country; the first is tried first."""
        found: dict[str, tuple[str, ...]] = {}
        for place, part in enumerate(self.text(name, default="").split(";"), start=1):
            country, _, listed = (piece.strip() for piece in part.partition(":"))
            carriers = tuple(each.strip() for each in listed.split(",") if each.strip())
            if not part.strip():
                continue
            if not _COUNTRY.fullmatch(country) or country in found or not carriers:
                self.problem(
                    name,
                    f"has no new country with its carriers in place {place}"
                    " (BD:one,other;IN:third;*:twilio)",
                )
            elif strange := [each for each in carriers if each not in among]:
                named = [each for each in strange if _CARRIER.fullmatch(each)]
                self.problem(
                    name,
                    f"names in place {place}, {country},"
                    f" {', '.join(named) or 'a carrier'} and SMS_PROVIDERS does not",
                )
            else:
                found[country] = carriers
        return found

    def beginning(self, prefix: str) -> dict[str, str]:
        """Return what is set under names that begin so, by the rest of the name."""
        found: dict[str, str] = {}
        for name in sorted(self._environ):
            value = self.text(name, default="") if name.startswith(prefix) else ""
            if not value.isprintable():
                self.problem(name, "holds a control character: remove it")
            elif value:
                found[name.removeprefix(prefix)] = value
        return found

    def pairs(self, name: str) -> dict[str, str]:
        """Return `id:secret,id:secret` as a mapping."""
        found: dict[str, str] = {}
        for place, pair in enumerate(self.text(name, default="").split(","), start=1):
            identity, colon, secret = (part.strip() for part in pair.partition(":"))
            if not pair.strip():
                continue
            if not (identity and colon and secret) or identity in found:
                self.problem(
                    name, f"has no new id:secret in place {place} (id:secret,id:secret)"
                )
            else:
                found[identity] = secret
        return found


def _is_address(value: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(value)
        _ = parts.port  # raises where it is no number
    except ValueError:
        return False
    # A Unix socket is named in the path or the query and has no host.
    return parts.scheme in schemes and bool(
        parts.hostname or parts.path.strip("/") or "host=" in parts.query
    )


def _key(word: str) -> bytes | None:
    if not re.fullmatch(r"[A-Za-z0-9_-]+={0,2}", word):
        return None
    try:
        key = urlsafe_b64decode(word.rstrip("=") + "=" * (-len(word.rstrip("=")) % 4))
    except binascii.Error:
        return None
    return key if len(key) == _KEY_BYTES else None
