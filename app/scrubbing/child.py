"""The process in which a stranger's file is decoded: it has little and keeps nothing.

It hears the length and the bytes on its standard input, says one line of JSON
and the clean bytes on its standard output, and ends. While it works, its input
stays open: when that ends, nobody waits any more, and it ends too.
"""

import json
import os
import resource
import sys
from threading import Thread
from typing import BinaryIO

from app.scrubbing.telling import tell
from app.scrubbing.verdict import MEDIA_TYPES, Clean, Kind, Unfit, Why

ADDRESS_SPACE = 1 << 30
CPU_SECONDS = 20
# Many pages of noise can grow; no honest paper comes near.
MOST_CLEAN_BYTES = 24 * 1024 * 1024
LENGTH_BYTES = 8


def main() -> None:
    limit()
    said = sys.stdout.buffer
    content = read(sys.stdin.buffer)
    Thread(target=_end_with_parent, daemon=True).start()
    if sys.platform == "linux":
        # From here on no other process and no other thread. Root is not bound.
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    try:
        clean = scrubbed(content)
    except Unfit as unfit:
        _say(said, {"why": unfit.why.value})
    else:
        header: dict[str, object] = {
            "kind": clean.kind.value,
            "length": len(clean.content),
            "seconds": clean.seconds,
            "pages": clean.pages,
        }
        _say(said, header, clean.content)


def limit() -> None:
    """Take away what decoding does not need, before the first byte is read."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    if sys.platform == "linux":  # elsewhere it counts what is merely reserved
        resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))


def read(heard: BinaryIO) -> bytes:
    """Return the whole file; a half of it is nobody's."""
    told = heard.read(LENGTH_BYTES)
    length = int.from_bytes(told, "big")
    content = heard.read(length)
    if len(told) != LENGTH_BYTES or len(content) != length:
        sys.exit(1)
    return content


def scrubbed(content: bytes) -> Clean:
    """Decode and write anew; raise Unfit, and nothing else."""
    kind, form = tell(content)
    seconds: float | None = None
    pages: int | None = None
    try:
        # Each decoder is loaded only for a file of its own.
        match kind:
            case Kind.PHOTO:
                from app.scrubbing.photo import clean_photo

                made = clean_photo(content, form)
            case Kind.VOICE:
                from app.scrubbing.voice import clean_voice

                made, seconds = clean_voice(content, form)
            case Kind.PAPER:
                from app.scrubbing.paper import clean_paper

                made, pages = clean_paper(content)
    except Unfit:
        raise
    except Exception:  # noqa: BLE001 - decoders fail in every way there is
        raise Unfit(Why.DAMAGED) from None
    if len(made) > MOST_CLEAN_BYTES:
        raise Unfit(Why.TOO_LARGE)
    return Clean(kind, MEDIA_TYPES[kind], made, seconds, pages)


def _say(said: BinaryIO, header: dict[str, object], content: bytes = b"") -> None:
    said.write(json.dumps(header).encode() + b"\n" + content)
    said.flush()


def _end_with_parent() -> None:
    # Not through the buffered reader: it would be locked when we end.
    os.read(0, 1)
    os._exit(1)


if __name__ == "__main__":
    main()
