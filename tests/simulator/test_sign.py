"""The simulated carrier signs as Twilio does: the published vectors."""

import pytest

from app.simulator.sign import country_of, signature, text_form

CALL = {
    "CallSid": "CA1234567890ABCDE",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
    "Caller": "+14158675309",
}


@pytest.mark.parametrize(
    ("url", "signed"),
    [
        pytest.param(
            "https://mycompany.com/myapp.php?foo=1&bar=2",
            "RSOYDt4T1cUTdK1PDd93/VVr8B8=",
            id="as-is",
        ),
        pytest.param(
            "https://mycompany.com:443/myapp.php?foo=1&bar=2",
            "kvajT1Ptam85bY51eRf/AJRuM3w=",
            id="with-the-default-port",
        ),
        pytest.param(
            "http://mycompany.com:80/myapp.php?foo=1&bar=2",
            "0ZXoZLH/DfblKGATFgpif+LLRf4=",
            id="plain-http-with-port-80",
        ),
        pytest.param(
            "https://mycompany.com/myapp.php?foo=1&bar=2#rc=3&rp=ct",
            "RSOYDt4T1cUTdK1PDd93/VVr8B8=",
            id="a-fragment-is-not-signed",
        ),
    ],
)
def test_signature(url: str, signed: str) -> None:
    assert signature(url, CALL, "12345") == signed


def test_a_text_has_twilios_nineteen_fields_in_twilios_order() -> None:
    form = text_form(
        sender="+8801555010001",
        to="+15550100880",
        body="বেতন ",
        account_sid="AC" + "0" * 32,
        message_sid="SM" + "1" * 32,
        segments=1,
    )
    assert " ".join(form) == (
        "ToCountry ToState SmsMessageSid NumMedia ToCity FromZip SmsSid FromState"
        " SmsStatus FromCity Body FromCountry To ToZip NumSegments MessageSid"
        " AccountSid From ApiVersion"
    )
    blank = {name for name, value in form.items() if not value}
    assert blank == {
        *("ToState", "ToCity", "ToZip"),
        *("FromState", "FromCity", "FromZip"),
    }
    assert form["MessageSid"] == form["SmsSid"] == form["SmsMessageSid"]
    assert form["Body"] == "বেতন ", "a carrier trims nothing"


@pytest.mark.parametrize(
    ("phone", "country"),
    [
        pytest.param("+8801555010001", "BD", id="bangladesh"),
        pytest.param("whatsapp:+915550101000", "IN", id="india-by-whatsapp"),
        pytest.param("+15550100880", "US", id="north-america"),
        pytest.param("anonymous", "", id="a-hidden-number-has-none"),
    ],
)
def test_country_of(phone: str, country: str) -> None:
    assert country_of(phone) == country
