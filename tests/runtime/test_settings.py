"""The environment is read once, and every problem in it is named at once."""

import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from pathlib import Path

import pytest

from app.runtime.settings import SettingsError, read_settings

KEY = urlsafe_b64encode(bytes(range(32))).decode()
OLDER = urlsafe_b64encode(bytes(range(32, 64))).decode()
WHOLE: Mapping[str, str] = {
    "PUBLIC_BASE_URL": "https://hotline.example.org/",
    "THREADLINE_KEYS": KEY,
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "current",
}


def test_the_least_that_serve_needs_and_the_defaults() -> None:
    settings = read_settings(WHOLE)

    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.home == Path(".threadline").absolute()
    assert settings.public_base_url == "https://hotline.example.org"
    assert (settings.database_url, settings.redis_url) == ("", "")
    assert settings.twilio_api_base == "https://api.twilio.com"
    assert settings.sweep_seconds == 5.0
    assert settings.cli_may_read is False
    assert settings.keys == (bytes(range(32)),)


def test_run_has_a_public_address_of_its_own_and_lets_the_cli_read() -> None:
    environ = {**WHOLE, "PUBLIC_BASE_URL": "", "PORT": "8123", "HOST": "0.0.0.0"}
    settings = read_settings(environ, generated=True)

    assert settings.public_base_url == "http://127.0.0.1:8123"
    assert settings.cli_may_read is True


def test_the_first_key_seals_and_blanks_between_keys_do_not_matter() -> None:
    settings = read_settings({**WHOLE, "THREADLINE_KEYS": f" {OLDER} , {KEY} "})

    assert settings.keys == (bytes(range(32, 64)), bytes(range(32)))


def test_the_pepper_outlives_a_new_key_put_in_front() -> None:
    before = read_settings(WHOLE).pepper
    after = read_settings({**WHOLE, "THREADLINE_KEYS": f"{OLDER},{KEY}"}).pepper

    assert before == after
    assert len(before) == 32
    assert before != bytes(range(32))


def test_a_pepper_that_is_given_is_taken() -> None:
    environ = {**WHOLE, "THREADLINE_PEPPER": "sixteen-or-more-of-them"}
    assert read_settings(environ).pepper == b"sixteen-or-more-of-them"


def test_both_tokens_and_every_shared_key_are_read() -> None:
    settings = read_settings(
        {
            **WHOLE,
            "TWILIO_AUTH_TOKEN_PREVIOUS": "previous",
            "TWILIO_SHARED_KEYS": "one:secret:with:colons, two:other,",
        }
    )

    assert settings.twilio_auth_tokens == ("current", "previous")
    assert settings.twilio_shared_keys == {"one": "secret:with:colons", "two": "other"}


def test_shared_keys_alone_are_enough_to_check_signatures() -> None:
    environ = {**WHOLE, "TWILIO_AUTH_TOKEN": "", "TWILIO_SHARED_KEYS": "one:secret"}
    assert read_settings(environ).twilio_auth_tokens == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("DATABASE_URL", "postgresql://u:p@db:5432/t", id="a-host"),
        pytest.param(
            "DATABASE_URL",
            "postgresql://postgres@/postgres?host=/tmp/s&port=5432",
            id="a-postgres-socket",
        ),
        pytest.param("REDIS_URL", "unix:///tmp/redis.sock", id="a-redis-socket"),
        pytest.param("REDIS_URL", "rediss://:p@cache:6380/2", id="redis-with-tls"),
        pytest.param("SMTP_URL", "smtps://u:p@mail:465", id="mail-with-tls"),
    ],
)
def test_addresses_pass_through_as_they_are(name: str, value: str) -> None:
    settings = read_settings({**WHOLE, name: value})
    assert getattr(settings, name.lower()) == value


def test_a_driver_in_the_scheme_is_taken_out_for_asyncpg() -> None:
    environ = {**WHOLE, "DATABASE_URL": "postgresql+asyncpg://u:p@db/t"}
    assert read_settings(environ).database_url == "postgresql://u:p@db/t"


def test_carriers_have_their_names_their_routes_and_their_variables() -> None:
    folder = str(Path(__file__).parent)
    settings = read_settings(
        {
            **WHOLE,
            "SMS_PROVIDERS": " kannel, exotel kannel",
            "SMS_ROUTES": "BD: kannel , twilio; IN:exotel;*:twilio;",
            "SMS_FOLDER": folder,
            "SMS_KANNEL_USER": " us er ",
            "SMS_KANNEL_PASSWORD": "",
            "SMS_EXOTEL_API_KEY": "k",
            "SMS_EXOTEL2_API_KEY": "of nobody",
            "TWILIO_WHATSAPP_FROM": "+8809612345678",
        }
    )

    assert settings.sms_providers == ("kannel", "exotel")
    assert settings.sms_routes == {
        "BD": ("kannel", "twilio"),
        "IN": ("exotel",),
        "*": ("twilio",),
    }
    assert settings.sms_folder == Path(folder)
    assert settings.sms_variables == {
        "kannel": {"USER": "us er"},
        "exotel": {"API_KEY": "k"},
    }
    assert settings.twilio_whatsapp_from == "+8809612345678"


def test_whose_missed_calls_are_returned_and_how_many() -> None:
    environ = {"CALL_BACK_TO": "+977, +94  +8801", "CALL_BACKS_PER_HOUR": "40"}
    settings = read_settings({**WHOLE, **environ})

    assert settings.call_back_to == ("+977", "+94", "+8801")
    assert settings.call_backs_per_hour == 40
    least = read_settings(WHOLE)
    assert (least.call_back_to, least.call_backs_per_hour) == ((), 120)


@pytest.mark.parametrize(
    ("account", "is_somleng"),
    [("AC" + "0" * 32, False), ("1b2ce123-cffc-4188-bdb6-d6a76ab10cf1", True)],
)
def test_somleng_in_twilios_place_is_known_by_its_account(
    account: str, is_somleng: bool
) -> None:
    settings = read_settings({**WHOLE, "TWILIO_ACCOUNT_SID": account})
    assert settings.is_somleng is is_somleng


def test_without_carriers_there_is_twilio_alone() -> None:
    settings = read_settings(WHOLE)

    assert (settings.sms_providers, settings.sms_folder) == ((), None)
    assert (settings.sms_routes, settings.sms_variables) == ({}, {})
    assert settings.twilio_whatsapp_from == ""


def test_a_carriers_variable_that_could_break_a_header_is_refused() -> None:
    environ = {**WHOLE, "SMS_PROVIDERS": "kannel", "SMS_KANNEL_USER": "a\nHost: b"}
    with pytest.raises(SettingsError) as refused:
        read_settings(environ)

    expected = "SMS_KANNEL_USER holds a control character: remove it."
    assert refused.value.problems == (expected,)


def test_a_route_to_a_carrier_that_is_not_in_use_names_both() -> None:
    routes = {"SMS_PROVIDERS": "kannel", "SMS_ROUTES": "BD:kannel;IN:exotel,kannel,OH"}
    with pytest.raises(SettingsError) as refused:
        read_settings({**WHOLE, **routes})

    assert refused.value.problems == (
        "SMS_ROUTES names in place 2, IN, exotel and SMS_PROVIDERS does not.",
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("SMS_PROVIDERS", "Kannel", id="a-carrier-in-capitals"),
        pytest.param("SMS_PROVIDERS", "kannel ../own", id="a-carrier-that-is-a-path"),
        pytest.param("SMS_ROUTES", "BD", id="a-route-without-carriers"),
        pytest.param("SMS_ROUTES", "BGD:twilio", id="no-country"),
        pytest.param("SMS_ROUTES", "BD:twilio;BD:twilio", id="a-country-twice"),
        pytest.param("SMS_ROUTES", "BD:kannel", id="a-carrier-that-is-not-in-use"),
        pytest.param("SMS_FOLDER", "/nowhere/at/all", id="no-folder"),
        pytest.param("TWILIO_WHATSAPP_FROM", "08801712345678", id="no-plus"),
        pytest.param("CALL_BACK_TO", "+977 94", id="a-prefix-without-plus"),
        pytest.param("CALL_BACKS_PER_HOUR", "0", id="no-call-is-ever-returned"),
        pytest.param("THREADLINE_KEYS", "", id="no-key"),
        pytest.param("THREADLINE_KEYS", KEY[:-8], id="a-key-too-short"),
        pytest.param("THREADLINE_KEYS", f"{KEY},", id="nothing-after-the-comma"),
        pytest.param("THREADLINE_KEYS", f"{KEY},{KEY}", id="the-same-key-twice"),
        pytest.param("THREADLINE_KEYS", "+/" + KEY[2:], id="base64-not-urlsafe"),
        pytest.param("THREADLINE_PEPPER", "short", id="a-guessable-pepper"),
        pytest.param("PUBLIC_BASE_URL", "", id="no-public-address"),
        pytest.param("PUBLIC_BASE_URL", "hotline.example.org", id="no-scheme"),
        pytest.param("PUBLIC_BASE_URL", "https://h.example/?a=b", id="a-query"),
        pytest.param("PORT", "0", id="port-nought"),
        pytest.param("PORT", "65536", id="port-too-high"),
        pytest.param("PORT", "eight", id="port-in-letters"),
        pytest.param("PORT", "٨٠٠٠", id="port-in-another-script"),
        pytest.param("HOST", "127.0.0.1 ::1", id="two-hosts"),
        pytest.param("DATABASE_URL", "mysql://db/t", id="another-database"),
        pytest.param("DATABASE_URL", "postgresql:///", id="a-database-nowhere"),
        pytest.param("DATABASE_URL", "postgresql://db:port/t", id="a-port-in-letters"),
        pytest.param("REDIS_URL", "http://cache", id="another-broker"),
        pytest.param("TWILIO_ACCOUNT_SID", "", id="no-account"),
        pytest.param("TWILIO_AUTH_TOKEN", "", id="nothing-to-check-signatures-with"),
        pytest.param("TWILIO_SHARED_KEYS", "one", id="a-shared-key-without-secret"),
        pytest.param("TWILIO_SHARED_KEYS", "a:b,a:c", id="a-shared-key-id-twice"),
        pytest.param("TWILIO_API_BASE", "ftp://api", id="twilio-by-ftp"),
        pytest.param("SMTP_URL", "mail.example.org", id="mail-without-scheme"),
        pytest.param("CLI_MAY_READ", "perhaps", id="neither-yes-nor-no"),
        pytest.param("SWEEP_SECONDS", "0", id="sweeps-without-a-pause"),
        pytest.param("SWEEP_SECONDS", "31", id="sweeps-too-seldom-for-the-promise"),
        pytest.param("SWEEP_SECONDS", "nan", id="no-number-of-seconds"),
    ],
)
def test_what_is_wrong_is_named_without_its_value(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings({**WHOLE, name: value})

    assert any(line.startswith(f"{name} ") for line in refused.value.problems)
    if len(value) > 4:
        assert value not in str(refused.value)


def test_every_problem_is_listed_at_once() -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings({"PORT": "x", "SWEEP_SECONDS": "x"})

    named = {problem.split()[0] for problem in refused.value.problems}
    assert named == {
        "PORT",
        "SWEEP_SECONDS",
        "THREADLINE_KEYS",
        "PUBLIC_BASE_URL",
        "TWILIO_ACCOUNT_SID",
        "TWILIO_AUTH_TOKEN",
    }


def test_no_secret_shows_in_the_repr() -> None:
    shown = repr(
        read_settings(
            {
                **WHOLE,
                "DATABASE_URL": "postgresql://u:hush-db@db/t",
                "REDIS_URL": "redis://:hush-redis@cache",
                "SMTP_URL": "smtp://u:hush-mail@mail",
                "TWILIO_AUTH_TOKEN": "hush-token",
                "TWILIO_SHARED_KEYS": "one:hush-shared",
                "THREADLINE_PEPPER": "hush-pepper-hush-pepper",
                "SMS_PROVIDERS": "kannel",
                "SMS_KANNEL_PASSWORD": "hush-kannel",
            }
        )
    )
    assert "hush" not in shown
    assert r"\x01\x02" not in shown


def test_the_example_explains_every_variable_that_is_read() -> None:
    class Asked(dict[str, str]):
        def __init__(self, values: Mapping[str, str]) -> None:
            super().__init__(values)
            self.names: set[str] = set()

        def get(self, name: str, default: object = None) -> str:
            self.names.add(name)
            return super().get(name, "")

    asked = Asked(WHOLE)
    read_settings(asked)

    text = Path(__file__).parents[2].joinpath(".env.example").read_text()
    explained = re.findall(r"(?m)^#.*\n(?:[A-Z_]+=.*\n)*?([A-Z_]+)=", text)
    assert set(re.findall(r"(?m)^([A-Z_]+)=", text)) == asked.names
    assert set(explained) <= asked.names
