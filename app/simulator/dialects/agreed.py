"""What an operator and a carrier agree on, by the variables of the service.

The addresses are those that infra/carriers.md tells the operator to enter.
"""

from collections.abc import Mapping
from urllib.parse import quote

from app.domain.errors import BadInput

# The dialect's word for it <- the variable SMS_<NAME>_…
_ACCOUNTS: Mapping[str, Mapping[str, str]] = {
    "exotel": {
        "sid": "ACCOUNT_SID",
        "key": "API_KEY",
        "token": "API_TOKEN",
        "entity": "ENTITY_ID",
    },
    "infobip": {"key": "API_KEY"},
    "jasmin": {"user": "USER", "password": "PASSWORD"},
    "kannel": {"user": "USER", "password": "PASSWORD"},
    "somleng": {"sid": "ACCOUNT_SID", "token": "AUTH_TOKEN"},
    "sslwireless": {"token": "API_TOKEN", "sid": "SID"},
}
_OF_OUR_OWN: Mapping[str, Mapping[str, str]] = {
    "kannel": {"max_messages": "10"},  # as infra/kannel sets it
}
# The end of Kannel's get-url: its own signs for what it knows of a text.
_ENDS = {"kannel": "?id=%I&from=%p&to=%P&ts=%T&charset=%C&text=%b"}


def account_of(name: str, variables: Mapping[str, str]) -> dict[str, str]:
    """Return a dialect's account; `BadInput` names a variable that is missing."""
    account = dict(_OF_OUR_OWN.get(name, {}))
    for word, variable in _ACCOUNTS[name].items():
        if not variables.get(variable):
            raise BadInput(f"SMS_{name.upper()}_{variable} is not set")
        account[word] = variables[variable]
    return account


def texts_url(name: str, public_base_url: str, variables: Mapping[str, str]) -> str:
    """Return where the carrier hands texts to us."""
    return _address(f"/sms/{name}", public_base_url, variables) + _ENDS.get(name, "")


def calls_url(name: str, public_base_url: str, variables: Mapping[str, str]) -> str:
    """Return where the carrier tells us of missed calls."""
    return _address(f"/calls/{name}", public_base_url, variables)


def _address(path: str, public_base_url: str, variables: Mapping[str, str]) -> str:
    secret = variables.get("SECRET", "")
    end = f"/k/{quote(secret, safe='')}" if secret else ""
    return f"{public_base_url.rstrip('/')}{path}{end}"
