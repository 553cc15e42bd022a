"""Who is let in: a carrier in use that shows its secret, and nobody else."""

from collections.abc import Sequence
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st
from structlog.testing import capture_logs

from app.edge.limits import LARGEST_BODY
from tests.channels.carriers.conftest import SECRET, World

TEXT = {"SmsSid": "1", "Sender": "+919876543210", "ReceivedOn": "+15550100910"}
REPORT = {"SmsSid": "1", "Status": "sent"}
CALL = {"CallSid": "1", "From": "09876543210", "To": "08000000000"}

# Method, address before the secret, and what is brought.
DOORS: Sequence[tuple[str, str, Any]] = (
    ("POST", "/sms/exotel", {"json": {**TEXT, "MessageBody": "x"}}),
    ("POST", "/sms/exotel/reports", {"data": REPORT}),
    ("POST", "/calls/exotel", {"data": CALL}),
    ("GET", "/calls/exotel", {"params": CALL}),
    ("POST", "/sms/infobip", {"json": {"results": []}}),
    ("GET", "/sms/kannel", {"params": {"from": "1", "text": "x"}}),
    ("GET", "/sms/kannel/reports", {"params": {"status": "1"}}),
    ("POST", "/sms/bare", {"data": {"from": "1", "text": "x"}}),
)
NO_SECRETS = ("", "/k/" + SECRET[:-1], "/k/" + SECRET.upper(), "/k/%00", "/k/%20")


async def test_who_shows_no_secret_gets_403_and_leaves_a_counter(world: World) -> None:
    before = await world.everything()
    for method, path, brought in DOORS:
        for shown in NO_SECRETS:
            answer = await world.knock(method, path + shown, **brought)
            assert (answer.status_code, answer.content) == (403, b""), path + shown
    assert await world.everything() == before
    routes = ("/sms/{provider}", "/sms/{provider}/reports", "/calls/{provider}")
    counts = [world.counted("signatures_refused", route=route) for route in routes]
    assert counts == [4 * 5, 2 * 5, 2 * 5]


async def test_the_secret_of_a_path_opens_nothing_as_a_header(world: World) -> None:
    body = {**TEXT, "MessageBody": "x"}
    headers = {"x-key": SECRET, "authorization": SECRET}
    answer = await world.knock("POST", "/sms/exotel", json=body, headers=headers)
    assert answer.status_code == 403
    under = await world.knock("POST", f"/sms/bare/k/{SECRET}", data={"text": "x"})
    assert under.status_code == 403


async def test_what_there_is_not_is_not_found(world: World) -> None:
    """A carrier not in use or not there, Twilio, and what a carrier cannot do."""
    for path in (
        "/sms/jasmin",
        "/sms/nobody",
        "/sms/twilio",
        "/sms/bare/reports",
        "/calls/kannel",
        "/sms/..%2Fexotel",
    ):
        for shown in ("", f"/k/{SECRET}"):
            headers = {"x-key": SECRET}
            answer = await world.knock("POST", path + shown, headers=headers)
            assert (answer.status_code, answer.content) == (404, b""), path


async def test_a_method_that_the_file_does_not_name_is_refused(world: World) -> None:
    answer = await world.knock("GET", f"/sms/infobip/k/{SECRET}")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert (await world.knock("PUT", "/sms/exotel")).status_code == 405


async def test_a_look_whether_anybody_is_there_is_no_message(world: World) -> None:
    before = await world.everything()
    query = "SmsSid=1&From=9052161119&To=56070&Date=x&Body=Hello+World"
    answer = await world.knock("HEAD", f"/sms/exotel/k/{SECRET}?{query}")
    heard = await world.knock("GET", f"/sms/exotel/k/{SECRET}?{query}")
    assert answer.status_code == heard.status_code == 200
    assert answer.headers["content-type"] == heard.headers["content-type"]
    assert await world.one("SELECT count(*) FROM claim") == 1
    assert await world.everything() != before
    assert (await world.knock("HEAD", f"/sms/exotel?{query}")).status_code == 403
    assert (await world.knock("HEAD", "/sms/bare")).status_code == 405


async def test_a_megabyte_is_refused_before_anybody_reads_it(world: World) -> None:
    path, body = f"/sms/exotel/k/{SECRET}", b"a" * (LARGEST_BODY + 1)
    assert (await world.knock("POST", path, content=body)).status_code == 413


async def test_no_line_of_the_log_has_the_secret_or_who_wrote(world: World) -> None:
    with capture_logs() as logged:
        path = f"/sms/exotel/k/{SECRET}"
        await world.knock("POST", path, json={**TEXT, "MessageBody": "three months"})
        await world.knock("POST", path, json={"Sender": "+919876543210"})
    said = repr(logged)
    assert "form.unfit" in said
    assert not [w for w in (SECRET, "9876543210", "three months") if w in said]


_ANY = st.one_of(
    st.binary(max_size=300),
    st.text(max_size=80).map(str.encode),
    st.from_regex(rb"(from|to|text|id|results|SmsSid)=[^&]{0,20}&.{0,40}"),
)
_TYPES = (
    "application/json",
    "application/x-www-form-urlencoded",
    "text/xml",
    "multipart/form-data; boundary=x",
    "",
)


@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    path=st.sampled_from(["/sms/{}", "/sms/{}/reports", "/calls/{}"]),
    name=st.sampled_from(["exotel", "infobip", "kannel", "bare"]),
    body=_ANY,
    kind=st.sampled_from(_TYPES),
    query=_ANY,
)
async def test_whatever_comes_is_never_a_fault_of_ours(
    world: World, path: str, name: str, body: bytes, kind: str, query: bytes
) -> None:
    asked = "".join(f"%{byte:02x}" for byte in query)
    for method in ("POST", "GET"):
        answer = await world.knock(
            method,
            f"{path.format(name)}/k/{SECRET}?{asked}&text=x",
            content=body if method == "POST" else b"",
            headers={"content-type": kind, "x-key": SECRET},
        )
        assert answer.status_code in (200, 400, 403, 404, 405, 422)
