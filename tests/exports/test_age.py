"""Files for one key alone: any size, and whatever is wrong is said in words."""

import hashlib
import os
import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from app.domain.errors import BadInput
from app.reports.age import (
    Sealed,
    new_identity,
    open_file,
    recipient_of,
    write_identity,
)


@pytest.fixture
def key(tmp_path: Path) -> tuple[Path, str]:
    path = tmp_path / "auditor.key"
    return path, write_identity(path)


@given(chunks=st.lists(st.binary(max_size=70_000), max_size=6))
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_what_goes_in_comes_out(
    key: tuple[Path, str], tmp_path: Path, chunks: list[bytes]
) -> None:
    path, out = tmp_path / "x.age", tmp_path / "x"
    path.unlink(missing_ok=True)
    out.unlink(missing_ok=True)
    sealed = Sealed(path, key[1])
    for chunk in chunks:
        sealed.write(chunk)
    digest = sealed.close()
    plain, content = b"".join(chunks), path.read_bytes()
    assert (digest.plain_size, digest.size) == (len(plain), len(content))
    assert digest.plain_sha256 == hashlib.sha256(plain).hexdigest()
    assert digest.sha256 == hashlib.sha256(content).hexdigest()
    assert open_file(path, key[0], out) == len(plain)
    assert out.read_bytes() == plain
    assert not plain or len(plain) < 32 or plain not in content


def test_only_the_owner_reads_a_key_and_what_was_opened(
    key: tuple[Path, str], tmp_path: Path
) -> None:
    sealed = Sealed(tmp_path / "x.age", key[1])
    sealed.write(b"rows")
    sealed.close()
    open_file(tmp_path / "x.age", key[0], tmp_path / "x")
    for name in ("auditor.key", "x.age", "x"):
        assert stat.S_IMODE(os.stat(tmp_path / name).st_mode) == 0o600
    with pytest.raises(BadInput, match="there already"):
        write_identity(key[0])
    with pytest.raises(BadInput, match="there already"):
        open_file(tmp_path / "x.age", key[0], tmp_path / "x")


def test_another_key_a_changed_byte_and_a_cut_end_open_nothing(
    key: tuple[Path, str], tmp_path: Path
) -> None:
    sealed = Sealed(tmp_path / "x.age", key[1])
    sealed.write(bytes(200_000))
    sealed.close()
    content = (tmp_path / "x.age").read_bytes()
    write_identity(tmp_path / "other.key")
    changed = bytearray(content)
    changed[150_000] ^= 1
    for name, bad, identity in (
        ("key", content, tmp_path / "other.key"),
        ("byte", bytes(changed), key[0]),
        ("cut", content[:-100], key[0]),
    ):
        (tmp_path / name).write_bytes(bad)
        with pytest.raises(BadInput, match="does not open the file"):
            open_file(tmp_path / name, identity, tmp_path / "out")
        assert not (tmp_path / "out").exists()
    (tmp_path / "figures.csv").write_bytes(b"quarter,figure\n")
    with pytest.raises(BadInput, match=r"^figures\.csv is not encrypted: read it as"):
        open_file(tmp_path / "figures.csv", key[0], tmp_path / "out")
    (tmp_path / "empty.key").write_text("age1abc\n")
    with pytest.raises(BadInput, match="no age identity"):
        open_file(tmp_path / "x.age", tmp_path / "empty.key", tmp_path / "out")


def test_what_is_no_public_key_is_refused() -> None:
    secret, public = new_identity()
    recipient_of(public)
    for wrong in (public[:-1], public.replace("age1", "age2"), "", "ssh-ed25519 AAAA"):
        with pytest.raises(BadInput, match="no age public key"):
            recipient_of(wrong)
    with pytest.raises(BadInput, match="a secret key"):
        recipient_of(secret)


def test_an_abandoned_file_is_gone(key: tuple[Path, str], tmp_path: Path) -> None:
    sealed = Sealed(tmp_path / "x.age", key[1])
    sealed.write(b"half")
    sealed.abandon()
    assert not (tmp_path / "x.age").exists()
