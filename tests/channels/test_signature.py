"""The signature, held against Twilio's vectors and Twilio's library."""

from collections.abc import Callable
from hashlib import sha256

import pytest
from hypothesis import example, given, settings, strategies as st
from twilio.request_validator import RequestValidator

from app.channels.form import read_form
from app.channels.signature import Received, Verifier

PARAMS = (
    ("CallSid", "CA1234567890ABCDE"),
    ("Digits", "1234"),
    ("From", "+14158675309"),
    ("To", "+18005551212"),
    ("Caller", "+14158675309"),
)
MULTI = (
    ("Digits", "5678"),
    ("Digits", "1234"),
    ("Digits", "1234"),
    ("Sid", "CA123"),
    ("SidAccount", "AC123"),
)
COURIER = (
    "ToCountry=US&ToState=District+Of+Columbia"
    "&SmsMessageSid=SMe287d7109a5a925f182f0e07fe5b223b&NumMedia=0&ToCity="
    "&FromZip=01022&SmsSid=SMe287d7109a5a925f182f0e07fe5b223b&FromState=MA"
    "&SmsStatus=received&FromCity=CHICOPEE&Body={body}&FromCountry=US"
    "&To=%2B12028831111&ToZip=&NumSegments=1"
    "&MessageSid=SMe287d7109a5a925f182f0e07fe5b223b&AccountSid=acctid"
    "&From=%2B14133881111&ApiVersion=2010-04-01"
)
BENGALI = (
    "%E0%A6%86%E0%A6%AE%E0%A6%BE%E0%A6%B0+%E0%A6%A4%E0%A6%BF%E0%A6%A8+"
    "%E0%A6%AE%E0%A6%BE%E0%A6%B8%E0%A7%87%E0%A6%B0+%E0%A6%AC%E0%A7%87%E0%A6%A4"
    "%E0%A6%A8+%E0%A6%AC%E0%A6%BE%E0%A6%95%E0%A6%BF+%0A"
)
RECEIVE = b"/c/t/8eb23e93-5ecb-45ba-b726-3b064e0c56ab/receive"
PHP, QUERY = b"/myapp.php", b"foo=1&bar=2"
AS_IS = "RSOYDt4T1cUTdK1PDd93/VVr8B8="


def received(
    signature: str, *, path: bytes = PHP, query: bytes = QUERY, settings: str = ""
) -> Received:
    return Received(
        path, query, [signature.encode()], [settings.encode()] if settings else []
    )


@pytest.mark.parametrize(
    ("base", "params", "signature"),
    [
        pytest.param("https://mycompany.com", PARAMS, AS_IS, id="as-it-is"),
        pytest.param(
            "https://mycompany.com:1234",
            PARAMS,
            AS_IS,
            id="we-know-a-port-that-was-not-signed",
        ),
        pytest.param(
            "https://mycompany.com/#rc=3&rp=all",
            PARAMS,
            AS_IS,
            id="connection-overrides-are-not-signed",
        ),
        pytest.param(
            "https://mycompany.com",
            PARAMS,
            "kvajT1Ptam85bY51eRf/AJRuM3w=",
            id="port-443-was-signed",
        ),
        pytest.param(
            "http://mycompany.com",
            PARAMS,
            "0ZXoZLH/DfblKGATFgpif+LLRf4=",
            id="port-80-was-signed",
        ),
        pytest.param(
            "http://mycompany.com:1234",
            PARAMS,
            "Zmvh+3yNM1Phv2jhDCwEM3q5ebU=",
            id="another-port-was-signed",
        ),
        pytest.param(
            "https://mycompany.com",
            MULTI,
            "IK+Dwps556ElfBT0I3Rgjkr1wJU=",
            id="several-values-of-one-name",
        ),
    ],
)
def test_twilios_own_vectors_verify(
    base: str, params: tuple[tuple[str, str], ...], signature: str
) -> None:
    verifier = Verifier.of(base, ("12345",))
    assert verifier.is_signed(received(signature), params)
    assert not verifier.is_signed(received(signature), params[1:])
    assert not Verifier.of(base, ("12346",)).is_signed(received(signature), params)


@pytest.mark.parametrize(
    ("body", "signature"),
    [
        pytest.param("Msg", "mzU29L2HfyXD7mqChB/zIotX/EE=", id="blank-fields"),
        pytest.param(
            BENGALI, "Xb9dXl7SbULDnsoF3oh2t9dX5dM=", id="bengali-and-a-trailing-line"
        ),
    ],
)
def test_a_real_form_with_blank_fields_verifies(body: str, signature: str) -> None:
    fields = read_form(COURIER.format(body=body).encode())
    assert len(fields) == 19
    verifier = Verifier.of("https://localhost", ("6789",))
    assert verifier.is_signed(received(signature, path=RECEIVE, query=b""), fields)


JSON = b'{"property": "value", "boolean": true}'
JSON_QUERY = b"foo=1&bar=2&bodySHA256=" + sha256(JSON).hexdigest().encode()


@pytest.mark.parametrize(
    ("body", "query", "is_good"),
    [
        pytest.param(JSON, JSON_QUERY, True, id="the-body-that-was-hashed"),
        pytest.param(JSON + b" ", JSON_QUERY, False, id="another-body"),
        pytest.param(JSON, QUERY, False, id="no-hash"),
    ],
)
def test_a_json_body_stands_in_the_query(
    body: bytes, query: bytes, is_good: bool
) -> None:
    assert JSON_QUERY.endswith(
        b"0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
    )
    verifier = Verifier.of("https://mycompany.com", ("12345",))
    came = received("a9nBmqA0ju/hNViExpshrM61xv4=", query=query)
    assert verifier.is_signed_body(came, body) is is_good


KEYS = {"K1": "the first secret", "K2": "the second secret"}
URL = "https://mycompany.com/myapp.php?foo=1&bar=2"


def signed_by(secret: str, algorithm: str) -> str:
    made: str = RequestValidator(secret).compute_signature(URL, dict(PARAMS), algorithm)
    return made


@pytest.mark.parametrize(
    ("secret", "algorithm", "header", "is_good"),
    [
        pytest.param("now", "HMAC_SHA1", "", True, id="current-token"),
        pytest.param("before", "HMAC_SHA1", "", True, id="previous-token"),
        pytest.param("", "HMAC_SHA1", "", False, id="a-blank-secret-never-signs"),
        pytest.param("now", "HMAC_SHA256", "", False, id="sha256-unannounced"),
        pytest.param(
            "now", "HMAC_SHA1", "algorithm=HMAC_SHA1", True, id="sha1-announced"
        ),
        pytest.param(
            KEYS["K1"],
            "HMAC_SHA256",
            "key=K1,algorithm=HMAC_SHA256",
            True,
            id="shared-key",
        ),
        pytest.param(
            KEYS["K2"],
            "HMAC_SHA256",
            " algorithm=HMAC_SHA256 , key=K2 ",
            True,
            id="the-other-shared-key-in-another-order",
        ),
        pytest.param(
            KEYS["K2"],
            "HMAC_SHA256",
            "key=K1,algorithm=HMAC_SHA256",
            False,
            id="the-key-id-selects-the-secret",
        ),
        pytest.param(
            KEYS["K1"],
            "HMAC_SHA1",
            "key=K1,algorithm=HMAC_SHA1",
            False,
            id="a-shared-key-is-never-talked-down",
        ),
        pytest.param(
            KEYS["K1"], "HMAC_SHA1", "key=K1", False, id="nor-by-leaving-it-out"
        ),
        pytest.param(KEYS["K1"], "HMAC_SHA1", "", False, id="nor-with-no-header"),
        pytest.param(
            "now",
            "HMAC_SHA256",
            "key=K1,algorithm=HMAC_SHA256",
            False,
            id="the-token-is-no-shared-key",
        ),
        pytest.param(
            "now",
            "HMAC_SHA256",
            "algorithm=HMAC_SHA256",
            False,
            id="sha256-without-a-key",
        ),
        pytest.param(
            KEYS["K1"],
            "HMAC_SHA256",
            "key=K9,algorithm=HMAC_SHA256",
            False,
            id="unknown-key",
        ),
        pytest.param(
            "now", "HMAC_SHA1", "key=K1,algorithm=MD5", False, id="unknown-algorithm"
        ),
        pytest.param(
            KEYS["K1"],
            "HMAC_SHA256",
            "key=K1,algorithm=HMAC_SHA256,algorithm=HMAC_SHA1",
            False,
            id="an-algorithm-named-twice",
        ),
    ],
)
def test_which_secret_may_sign_with_what(
    secret: str, algorithm: str, header: str, is_good: bool
) -> None:
    verifier = Verifier.of("https://mycompany.com", ("now", "before", ""), KEYS)
    came = received(signed_by(secret, algorithm), settings=header)
    assert verifier.is_signed(came, PARAMS) is is_good


@pytest.mark.parametrize(
    "signatures",
    [
        pytest.param([], id="none"),
        pytest.param([b""], id="blank"),
        pytest.param([AS_IS.encode()] * 2, id="two"),
        pytest.param([AS_IS.encode() + b" "], id="a-space-after-it"),
        pytest.param([AS_IS.rstrip("=").encode()], id="unpadded"),
        pytest.param(["\xff\xfe".encode("latin-1")], id="not-ascii"),
    ],
)
def test_any_other_signature_is_none(signatures: list[bytes]) -> None:
    verifier = Verifier.of("https://mycompany.com", ("12345",))
    assert not verifier.is_signed(Received(PHP, QUERY, signatures), PARAMS)


def test_without_secrets_nothing_is_signed() -> None:
    verifier = Verifier.of("https://mycompany.com", ("",), {"K1": "", "": "x"})
    assert not verifier.is_signed(received(signed_by("", "HMAC_SHA1")), PARAMS)
    header = "key=K1,algorithm=HMAC_SHA256"
    came = received(signed_by("", "HMAC_SHA256"), settings=header)
    assert not verifier.is_signed(came, PARAMS)


@pytest.mark.parametrize(
    ("base", "signed"),
    [
        pytest.param("https://[::1]:8443", "https://[::1]", id="ipv6-without-port"),
        pytest.param("https://[::1]", "https://[::1]:443", id="ipv6-with-port"),
        pytest.param("https://u:p@h.example", "https://u:p@h.example", id="userinfo"),
        pytest.param("https://h.example/t/", "https://h.example/t", id="a-prefix"),
    ],
)
def test_addresses_that_the_library_stumbles_over(base: str, signed: str) -> None:
    signature = RequestValidator("s").compute_signature(f"{signed}/in", dict(PARAMS))
    came = received(signature, path=b"/in", query=b"")
    assert Verifier.of(base, ("s",)).is_signed(came, PARAMS)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
FORMS = st.lists(st.tuples(TEXTS, TEXTS), max_size=8)
SEGMENTS = st.text("abcXYZ09-._~%2F", max_size=12)


@settings(max_examples=300, deadline=None)
@given(
    form=FORMS,
    path=SEGMENTS,
    query=SEGMENTS,
    host=st.sampled_from(["https://h.example", "http://h.example", "https://h:8443"]),
    algorithm=st.sampled_from(["HMAC_SHA1", "HMAC_SHA256"]),
)
@example(
    form=[("Body", ""), ("Body", "")],
    path="",
    query="",
    host="http://h.example",
    algorithm="HMAC_SHA1",
)
def test_it_computes_what_the_library_computes(
    form: list[tuple[str, str]],
    path: str,
    query: str,
    host: str,
    algorithm: str,
    pairs: Callable[..., object],
) -> None:
    url = f"{host}/{path}" + (f"?{query}" if query else "")
    library = RequestValidator("secret")
    signature = library.compute_signature(url, pairs(form), algorithm)
    assert library.validate(url, pairs(form), signature, algorithm)
    verifier = Verifier.of(host, ("secret",), {"K": "secret"})
    header = "" if algorithm == "HMAC_SHA1" else f"key=K,algorithm={algorithm}"
    came = received(
        signature, path=f"/{path}".encode(), query=query.encode(), settings=header
    )
    assert verifier.is_signed(came, form)
    other = [*form, ("Another", "field")]
    assert not verifier.is_signed(came, other) or set(form) == set(other)
