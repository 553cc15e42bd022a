"""Slows whoever guesses, by network, without knowing afterwards who it was.

Only wrong tries count: a wrong PIN, a receipt that is false. A right one and a
complaint cost nothing, so that a dormitory or a whole operator behind one
address is never kept from filing. A process counts for itself and forgets
with its end; what must hold beyond it is counted for each case in the store.
"""

import os
from collections import OrderedDict, deque
from collections.abc import Mapping
from datetime import datetime
from hashlib import blake2b
from ipaddress import IPv6Address, ip_address, ip_network
from math import inf
from typing import Any

from app.domain.passwords import may_try

MOST_WRONG = 30
WINDOW_SECONDS = 3_600.0
MOST_NETWORKS = 8_192  # at 30 tries each, some 15 MB
KEY_SECONDS = 86_400.0
LOOK_SECONDS = 3.0
NOWHERE = "nowhere"  # a Unix socket, or a server that gives no address

_PREFIX_BITS = {4: 24, 6: 48}


def network_of(scope: Mapping[str, Any]) -> str:
    """Return the client's network: the first 24 bits of IPv4, 48 of IPv6.

    Whoever rents one IPv6 line has a whole /48 to try from.
    """
    client = scope.get("client")
    try:
        address = ip_address(client[0].partition("%")[0] if client else "")
    except ValueError:
        return NOWHERE
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(ip_network((address, _PREFIX_BITS[address.version]), strict=False))


class Throttle:
    """Counts wrong tries in a sliding window; times are monotonic seconds.

    Networks are kept as hashes under a random key that is thrown away after a
    day, with all that was counted under it: a copy of the memory tells no
    network, and two days cannot be laid side by side. In the hour around the
    change a network has at most twice its tries.
    """

    __slots__ = ("_key", "_key_ends", "_most_networks", "_most_wrong", "_seen")

    def __init__(
        self, *, most_wrong: int = MOST_WRONG, most_networks: int = MOST_NETWORKS
    ) -> None:
        self._most_wrong = most_wrong
        self._most_networks = most_networks
        self._key = b""
        self._key_ends = -inf
        self._seen: OrderedDict[bytes, deque[float]] = OrderedDict()

    def __len__(self) -> int:
        """Return of how many networks something is remembered."""
        return len(self._seen)

    def may_try(self, network: str, now: float) -> bool:
        """Tell whether the network has had fewer wrong tries than are free."""
        wrong = self._seen.get(self.tag(network, now))
        if wrong is None or len(wrong) < self._most_wrong:
            return True
        return now - wrong[0] >= WINDOW_SECONDS

    def may_look(self, network: str, now: float) -> bool:
        """Tell whether a try is looked at: over the limit one every few seconds.

        Where all of an office come from one network, no colleague who guesses
        keeps the others out.
        """
        if self.may_try(network, now):
            return True
        return now - self._seen[self.tag(network, now)][-1] >= LOOK_SECONDS

    def take_back(self, network: str, now: float) -> None:
        """Take back the wrong try counted last: it was right."""
        wrong = self._seen.get(self.tag(network, now))
        if wrong:
            wrong.pop()

    def note_wrong(self, network: str, now: float) -> None:
        """Count one; the network that was wrong longest ago makes room."""
        tag = self.tag(network, now)
        wrong = self._seen.setdefault(tag, deque(maxlen=self._most_wrong))
        wrong.append(now)
        self._seen.move_to_end(tag)
        while len(self._seen) > self._most_networks:
            self._seen.popitem(last=False)

    def tag(self, network: str, now: float) -> bytes:
        """Return what stands for a network today, and for nothing tomorrow."""
        if now >= self._key_ends:
            self._key = os.urandom(32)
            self._key_ends = now + KEY_SECONDS
            self._seen.clear()
        return blake2b(network.encode(), key=self._key, digest_size=16).digest()


class Paced:
    """Makes a network wait that was wrong several times at one account.

    Whoever guesses from elsewhere has counters of their own. A key holds what
    stands for the network today (`Throttle.tag`), so that all end with the day.
    """

    __slots__ = ("_most", "_tries")

    def __init__(self, *, most: int = MOST_NETWORKS) -> None:
        self._most = most
        self._tries: OrderedDict[bytes, tuple[int, datetime]] = OrderedDict()

    def may_try(self, key: bytes, at: datetime) -> bool:
        tries, tried_at = self._tries.get(key, (0, None))
        return may_try(tries, tried_at, at)

    def note_wrong(self, key: bytes, at: datetime) -> None:
        tries, _ = self._tries.get(key, (0, None))
        self._tries[key] = (tries + 1, at)
        self._tries.move_to_end(key)
        while len(self._tries) > self._most:
            self._tries.popitem(last=False)

    def forget(self, key: bytes) -> None:
        self._tries.pop(key, None)
