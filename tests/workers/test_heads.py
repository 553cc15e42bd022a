"""The hourly heads go out to everybody who can bear witness to them."""

import base64
import hashlib
import json
import shutil
import subprocess
from datetime import UTC, datetime, time
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from app.actions.deliver import deliver_due
from app.actions.outsider_findings import outsider_findings
from app.actions.preferences import choose
from app.actions.send_heads import stamp_heads
from app.domain.heads import HOUR
from app.domain.wishes import Wishes
from app.gateways.timestamp import TimestampAuthority
from app.outbox.owed import LEDGER_HEAD, Hook, Mail
from app.outbox.settlement import Misconfigured, Transient
from app.receipts.keys import Purpose, SigningKey
from app.store import heads
from app.store.engine import Store
from tests.conftest import Ground
from tests.stories.programme import database_with_programme
from tests.workers.debts import Clock, Far, Plain
from workers.heads import make_hourly
from workers.runtime import Runtime

AT = datetime(2026, 12, 2, 6, 20, tzinfo=UTC)
SIGNING = SigningKey(bytes(range(32)))
AUTHORITY = "https://stamp.example/tsr"


@pytest.fixture(scope="session")
def template(ground: Ground, template: str) -> Any:
    with database_with_programme(ground, template) as name:
        yield name


@pytest.fixture
def clock() -> Clock:
    return Clock(AT)


def runtime(store: Store, clock: Clock, **more: Any) -> Runtime:
    senders: Any = Far()
    return Runtime(store, Plain(), senders, 1.0, clock=clock, signing=SIGNING, **more)


async def an_hour(store: Store, clock: Clock, far: Far, *, hours: int = 1) -> int:
    """Let so much time pass, make what is owed and send it; return the rings."""
    clock.move(hours=hours)
    rung: list[None] = []
    await make_hourly(runtime(store, clock), ring=partial(rung.append, None))
    while await deliver_due(store, far, Plain(), at_clock=clock):
        pass
    return len(rung)


def to(far: Far, address: str) -> list[Mail]:
    return [m for m in far.sent if isinstance(m, Mail) and m.to == address]


def hooks_to(far: Far, url: str) -> list[Hook]:
    return [hook for hook in far.sent if isinstance(hook, Hook) and hook.url == url]


def heads_in(mail: Mail) -> list[dict[str, Any]]:
    """Cut the heads out of a mail as a script of an auditor would."""
    return [json.loads(x) for x in mail.body.splitlines() if x.startswith("{")]


async def test_every_head_goes_to_every_witness(store: Store, clock: Clock) -> None:
    far = Far()
    for _ in range(3):
        assert await an_hour(store, clock, far) == 1
    assert await an_hour(store, clock, far, hours=0) == 0
    hooks = hooks_to(far, "https://norda.example/h")
    assert [hook.type for hook in hooks] == [LEDGER_HEAD] * 3
    mails = to(far, "auditor@example.org")
    sent = [heads_in(mail) for mail in mails]
    async with store.transaction() as tx:
        kept = [each async for each in heads.up_to(tx, 99)]
        told = [await heads.witnessed(tx, each.number) for each in kept]
    files = [each.file() for each in kept]
    assert sent == [[file] for file in files]
    assert [hook.data for hook in hooks] == files
    assert [heads_in(m) for m in to(far, "care@kesto.example")] == sent
    for each in kept:
        assert SIGNING.public.has_signed(Purpose.HEAD, each.body, each.signature)
    # The auditor, two brands by their webhooks, three that have only an address.
    assert [len(each) for each in told] == [6, 6, 6]
    assert {state for each in told for _, state in each} == {"sent"}
    assert not any(m.to == "care@norda.example" for m in far.sent if _is_mail(m))
    # A mail names no site, no case and no count; all are of one form.
    assert len({len(json.dumps(file)) for file in files[1:]}) == 1


def _is_mail(parcel: Any) -> bool:
    return isinstance(parcel, Mail)


async def test_who_chose_an_hour_has_the_days_heads_in_one_mail(
    store: Store, clock: Clock
) -> None:
    people = (await store.directory()).people
    auditor = next(person for person in people if person.name == "auditor")
    await choose(store, auditor, Wishes(daily_at=time(8)), at=AT)
    far = Far()
    for _ in range(60):
        await an_hour(store, clock, far)
    mails = to(far, "auditor@example.org")
    counts = [len(heads_in(mail)) for mail in mails]
    assert counts[1:] == [counts[1], 24]
    numbers = [head["number"] for mail in mails for head in heads_in(mail)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(to(far, "care@kesto.example")) == 60


async def test_after_an_outage_the_missed_hours_go_out_together(
    store: Store, clock: Clock
) -> None:
    far = Far()
    await an_hour(store, clock, far)
    await an_hour(store, clock, far, hours=5)
    assert [len(heads_in(m)) for m in to(far, "auditor@example.org")] == [1, 5]
    assert len(hooks_to(far, "https://norda.example/h")) == 6


async def test_a_witness_who_cannot_be_reached_has_it_later(
    store: Store, clock: Clock
) -> None:
    far = Far(failures=[Transient("ConnectError")] * 99)
    await an_hour(store, clock, far)
    async with store.transaction() as tx:
        assert {state for _, state in await heads.witnessed(tx, 1)} == {"owed"}
    far = Far()
    clock.move(minutes=30)
    while await deliver_due(store, far, Plain(), at_clock=clock):
        pass
    async with store.transaction() as tx:
        assert {state for _, state in await heads.witnessed(tx, 1)} == {"sent"}
    assert [len(heads_in(m)) for m in to(far, "auditor@example.org")] == [1]


async def test_the_doctor_counts_the_parties_outside(
    store: Store, clock: Clock
) -> None:
    async def said(at: datetime) -> str:
        async with store.transaction() as tx:
            directory = await store.directory_now(tx)
            found = await outsider_findings(tx, directory, at)
        return " ".join(each.what for each in found)

    assert "outside" not in await said(AT)
    await an_hour(store, clock, Far())
    assert "newest head" not in await said(clock.at + HOUR)
    assert "newest head" in await said(clock.at + 4 * HOUR)
    await store.pool.execute("DELETE FROM person WHERE role = 'auditor'")
    await store.pool.execute("UPDATE brand SET email = '', webhook_url = ''")
    await store.pool.execute(
        "UPDATE brand SET email = 'x@y.example' WHERE slug='norda'"
    )
    await store.pool.execute("UPDATE directory_version SET version = version + 1")
    assert "1 party outside is sent the heads" in await said(clock.at)


# ------------------------------------------------------------------ time stamps


_CONFIG = """
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
ess_cert_id_alg = sha256
"""


class Authority:
    """A time stamping authority of our own, run by OpenSSL."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[bytes] = []
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A test's clock")])
        stamping = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
            .not_valid_after(datetime(2050, 1, 1, tzinfo=UTC))
            .add_extension(stamping, critical=True)
            .sign(key, hashes.SHA256())
        )
        pem = serialization.Encoding.PEM
        private = key.private_bytes(
            pem,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        (folder / "key.pem").write_bytes(private)
        (folder / "cert.pem").write_bytes(certificate.public_bytes(pem))
        (folder / "tsa.cnf").write_text(_CONFIG.format(folder=folder))

    def answer(self, request: httpx.Request) -> httpx.Response:
        assert request.headers["content-type"] == "application/timestamp-query"
        self.asked.append(request.content)
        return httpx.Response(200, content=self.stamped(request.content))

    def stamped(self, query: bytes) -> bytes:
        (self.folder / "query").write_bytes(query)
        command = "openssl ts -reply -config tsa.cnf -queryfile query -signer cert.pem"
        subprocess.run(
            [*command.split(), "-inkey", "key.pem", "-out", "reply"],
            cwd=self.folder,
            check=True,
            capture_output=True,
        )
        return (self.folder / "reply").read_bytes()


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    if shutil.which("openssl") is None:
        pytest.skip("no OpenSSL here to stamp with")
    return Authority(tmp_path)


@respx.mock
async def test_heads_are_stamped_and_say_so(
    store: Store, clock: Clock, authority: Authority
) -> None:
    respx.post(AUTHORITY).mock(side_effect=authority.answer)
    stamps = TimestampAuthority(AUTHORITY)
    for _ in range(2):
        clock.move(hours=1)
        await make_hourly(runtime(store, clock, stamps=stamps), ring=lambda: None)
    assert await stamp_heads(store, stamps, at_clock=clock) == 0
    await stamps.aclose()
    async with store.transaction() as tx:
        kept = await heads.newest(tx)
    assert kept is not None
    assert kept.token is not None
    # The authority was sent a digest, and what it gave is of this very head.
    assert kept.body not in b"".join(authority.asked)
    token = base64.b64decode(kept.file()["timestamp"])
    assert hashlib.sha256(kept.body).digest() in token
    assert kept.number == len(authority.asked) == 2


@respx.mock
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        pytest.param(httpx.Response(400), Misconfigured, id="refused"),
        pytest.param(httpx.Response(200, content=b"no"), Misconfigured, id="no-token"),
        pytest.param(httpx.Response(502), Transient, id="away"),
        pytest.param(
            httpx.Response(200, content=bytes(10**6)), Misconfigured, id="a-flood"
        ),
    ],
)
async def test_what_is_no_stamp_is_not_kept(
    answer: httpx.Response, error: type[Exception]
) -> None:
    respx.post(AUTHORITY).mock(return_value=answer)
    stamps = TimestampAuthority(AUTHORITY)
    with pytest.raises(error):
        await stamps.stamp(b"a head")
    await stamps.aclose()


@respx.mock
async def test_a_stamp_of_another_or_of_before_is_not_kept(
    authority: Authority,
) -> None:
    """An authority's old answer, sent again, says nothing of this head."""
    stamps = TimestampAuthority(AUTHORITY)
    respx.post(AUTHORITY).mock(side_effect=authority.answer)
    await stamps.stamp(b"a head")
    old = authority.stamped(authority.asked[0])
    respx.post(AUTHORITY).mock(return_value=httpx.Response(200, content=old))
    for body, code in (
        (b"a head", "timestamp_repeated"),
        (b"another", "timestamp_of_another"),
    ):
        with pytest.raises(Misconfigured, match=code):
            await stamps.stamp(body)
    await stamps.aclose()


@respx.mock
async def test_an_authority_that_is_away_holds_up_no_head(
    store: Store, clock: Clock
) -> None:
    respx.post(AUTHORITY).mock(
        side_effect=[httpx.ConnectError("x"), httpx.Response(503)]
    )
    far = Far()
    stamps = TimestampAuthority(AUTHORITY)
    for _ in range(2):
        clock.move(hours=1)
        await make_hourly(runtime(store, clock, stamps=stamps), ring=lambda: None)
    while await deliver_due(store, far, Plain(), at_clock=clock):
        pass
    assert len(to(far, "auditor@example.org")) == 2
    async with store.transaction() as tx:
        assert len(await heads.unstamped(tx, 9)) == 2
    await stamps.aclose()
