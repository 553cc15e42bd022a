"""One root over the ends of many chains, none of which it gives away.

Every leaf is blinded with a value that only the programme has: who holds the
root learns neither how many chains there are, nor how long one is, nor whether
anything happened since the last root. Who is given one chain, its blind and
its path learns that one chain, and nothing of the others.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from typing import NamedTuple

NARROWEST = 1024  # leaves
EMPTY = b""  # where a chain has no link yet


class Tip(NamedTuple):
    """Where a chain ends: after `n` links, at this hash."""

    n: int
    hash: bytes


NOTHING = Tip(0, EMPTY)


def width_for(chains: int) -> int:
    """Return how many leaves the tree has: at most half of them are taken."""
    width = NARROWEST
    while chains * 2 > width:
        width *= 2
    return width


def extended(tip: Tip, leaves: Iterable[bytes]) -> Tip:
    """Return where the chain ends with these links added."""
    n, end = tip
    for leaf in leaves:
        n += 1
        end = hashlib.sha256(end + n.to_bytes(8, "big") + leaf).digest()
    return Tip(n, end)


def blind(secret: bytes, position: int) -> bytes:
    """Return what hides the leaf at a position of the one tree of this secret."""
    return hmac.digest(secret, position.to_bytes(4, "big"), "sha256")


def blinded(tip: Tip, hidden_by: bytes) -> bytes:
    """Return the leaf that stands for a chain, or for none."""
    if not tip.n:
        return hashlib.sha256(b"empty\0" + hidden_by).digest()
    return hashlib.sha256(
        b"chain\0" + hidden_by + tip.n.to_bytes(8, "big") + tip.hash
    ).digest()


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"node\0" + left + right).digest()


class Tree:
    """The tree over `width` positions, of which `tips` has those that are taken."""

    __slots__ = ("_levels",)

    def __init__(self, secret: bytes, width: int, tips: Mapping[int, Tip]) -> None:
        level = [
            blinded(tips.get(position, NOTHING), blind(secret, position))
            for position in range(width)
        ]
        self._levels = [level]
        while len(level) > 1:
            level = list(map(node, level[::2], level[1::2]))
            self._levels.append(level)

    @property
    def root(self) -> bytes:
        return self._levels[-1][0]

    def path(self, position: int) -> tuple[bytes, ...]:
        """Return the siblings on the way up: with them a leaf gives the root."""
        return tuple(
            level[(position >> height) ^ 1]
            for height, level in enumerate(self._levels[:-1])
        )


def climbed(leaf: bytes, position: int, path: Iterable[bytes]) -> bytes:
    """Return the root that a leaf at a position gives with its path."""
    for sibling in path:
        pair = (sibling, leaf) if position & 1 else (leaf, sibling)
        leaf = node(*pair)
        position >>= 1
    return leaf
