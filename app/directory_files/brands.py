"""brands.csv: who buys, and how they are told."""

import base64
import binascii
import re
from urllib.parse import urlsplit

from app.directory_files.record import Known, Record, refuse_problems, refuse_repeats
from app.directory_files.row import Row
from app.directory_files.table import Columns, read_rows
from app.domain.hosts import is_loopback
from app.domain.taxonomy import LANGUAGES

COLUMNS = Columns(
    needed=("slug", "name", "email", "webhook_url", "webhook_secret", "language")
)

SECRET_PREFIX = "whsec_"
SECRET_BYTES = range(24, 65)  # Standard Webhooks, "Signature scheme"

_SLUG = re.compile("[a-z0-9][a-z0-9_-]{0,62}")


def read_brands(content: bytes, _known: Known) -> list[Record]:
    """Read brands; `webhook_secret` is still plain, or blank."""
    rows = read_rows(content, COLUMNS)
    records = [Record(row.number, _slug(row), _read(row)) for row in rows]
    refuse_repeats(zip(rows, (r.key for r in records), strict=True), "slug")
    refuse_problems(rows)
    return records


def _slug(row: Row) -> str:
    return row.text("slug").lower()


def _read(row: Row) -> dict[str, str]:
    slug = _slug(row)
    if not _SLUG.fullmatch(slug):
        row.wrong("slug", "write a short name of letters a-z, digits and dashes")
    row.needed("email")
    return {
        "slug": slug,
        "name": row.needed("name"),
        "email": row.email("email"),
        "webhook_url": _webhook_url(row),
        "webhook_secret": _webhook_secret(row),
        "language": row.choice("language", LANGUAGES, default="en"),
    }


def _webhook_url(row: Row) -> str:
    url = row.text("webhook_url")
    if url and not _is_safe_url(url):
        advice = "write an https address (http only for this machine itself)"
        row.wrong("webhook_url", f"{advice}, without a user name or fragment")
    return url


def _is_safe_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or parts.fragment or " " in url:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))


def _webhook_secret(row: Row) -> str:
    """Return the secret as written; the advice never repeats it."""
    secret = row.text("webhook_secret")
    if not secret:
        return ""
    try:
        raw = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if not secret.startswith(SECRET_PREFIX) or len(raw) not in SECRET_BYTES:
        advice = "write whsec_ and the base64 of 24 to 64 bytes"
        row.wrong("webhook_secret", f"{advice}; leave it blank to have one made")
    return secret
