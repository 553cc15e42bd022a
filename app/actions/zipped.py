"""A folder as the bytes of a zip, made as they are asked for."""

import asyncio
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

_CHUNK = 1 << 18
_STORED = (".age", ".xlsx")  # what does not become smaller


class _Drain:
    """Takes what a zip writes; gives it away and never looks back."""

    def __init__(self) -> None:
        self._held = bytearray()

    def write(self, data: bytes) -> int:
        self._held += data
        return len(data)

    def flush(self) -> None:
        return None

    def close(self) -> None:
        return None

    def take(self) -> bytes:
        taken, self._held = bytes(self._held), bytearray()
        return taken


async def zipped(folder: Path, name: str) -> AsyncIterator[bytes]:
    """Yield a zip of the files of `folder`, each below `name`."""
    drain = _Drain()
    with zipfile.ZipFile(drain, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in await asyncio.to_thread(_files, folder):
            entry = zipfile.ZipInfo.from_file(path, f"{name}/{path.name}")
            entry.compress_type = (
                zipfile.ZIP_STORED if path.suffix in _STORED else zipfile.ZIP_DEFLATED
            )
            with path.open("rb") as source, archive.open(entry, "w") as target:
                while chunk := await asyncio.to_thread(source.read, _CHUNK):
                    target.write(chunk)
                    yield drain.take()
    yield drain.take()


def _files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())
