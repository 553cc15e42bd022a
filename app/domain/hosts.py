"""Which hosts are this very machine."""

from ipaddress import ip_address


def is_loopback(host: str | None) -> bool:
    """Tell whether a host, by its name or address alone, is this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address((host or "").strip("[]")).is_loopback
    except ValueError:
        return False
