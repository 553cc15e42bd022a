"""The files that ship with Threadline, read from the installed package."""

from functools import cache
from importlib.resources import files

from app.domain.composition import Composition, parse_compositions
from app.domain.laws import Law, parse_laws
from app.domain.policy import Policy, parse_policy


@cache
def load_default() -> Policy:
    """Return the shipped policy; it also completes a policy that is partial."""
    return parse_policy(_text("policy-default.toml"))


@cache
def load_demo() -> Policy:
    """Return the same policy on clocks of seconds, for the demo alone."""
    return parse_policy(_text("policy-demo.toml"))


@cache
def load_laws() -> tuple[Law, ...]:
    """Return the shipped table of the law's clocks, with sources and confidence."""
    return parse_laws(_text("laws.toml"))


@cache
def load_committees() -> tuple[Composition, ...]:
    """Return what the law asks of committees, with sources and confidence."""
    return parse_compositions(_text("committees.toml"))


def _text(name: str) -> str:
    return files(__name__).joinpath(name).read_text(encoding="utf-8")
