"""Files that a phone, a scanner or somebody of ill will might send."""

import math
import zlib
from array import array
from collections.abc import Sequence
from hashlib import md5
from io import BytesIO
from itertools import cycle
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import av
from PIL import Image, ImageCms, ImageDraw

RED, BLUE = (200, 20, 20), (20, 20, 200)
# Where somebody stood, who she is and what she wrote: none may come through.
MARKS = (b"SECRETMARK", b"Exif", b"http://ns.adobe.com", b"ICC_PROFILE", b"GPS")
MARK = "SECRETMARK"

XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF'
    ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description'
    f' xmlns:dc="http://purl.org/dc/elements/1.1/" dc:creator="{MARK}"/>'
    "</rdf:RDF></x:xmpmeta>"
).encode()


def picture(width: int = 320, height: int = 200) -> Image.Image:
    """Red above, blue below: whichever way it is turned, one can tell."""
    image = Image.new("RGB", (width, height), RED)
    ImageDraw.Draw(image).rectangle((0, height // 2, width, height), BLUE)
    return image


def saved(image: Image.Image, form: str, **options: Any) -> bytes:
    written = BytesIO()
    image.save(written, form, **options)
    return written.getvalue()


def notes(orientation: int) -> bytes:
    """EXIF with a place on earth, a maker, an owner and which way is up."""
    exif = Image.Exif()
    exif[0x010E] = exif[0x010F] = exif[0x013B] = exif[0x9286] = MARK
    exif[0x0112] = orientation
    exif.get_ifd(0x8825).update({1: "N", 2: (23.0, 48.0, 37.0), 29: MARK})
    return exif.tobytes()


def noted_photo(orientation: int = 1) -> bytes:
    """A JPEG with all the notes there are, and a small picture at its end."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    body = saved(
        picture(),
        "JPEG",
        exif=notes(orientation),
        xmp=XMP,
        comment=MARK.encode(),
        icc_profile=profile,
    )
    small = saved(picture(16, 10), "JPEG")
    thumbnail = b"\xff\xec" + (len(small) + 2 + 10).to_bytes(2, "big")
    return body[:2] + thumbnail + MARK.encode() + small + body[2:]


def png_of(width: int, height: int) -> bytes:
    """A PNG of one grey, a hundred bytes for each ten thousand pixels and less."""
    row = zlib.compressobj(9)
    line = b"\0" * (1 + (width + 7) // 8)
    body = b"".join(row.compress(line) for _ in range(height)) + row.flush()
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\1\0\0\0\0"
    chunks = ((b"IHDR", head), (b"IDAT", body), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(name: bytes, body: bytes) -> bytes:
    check = zlib.crc32(name + body).to_bytes(4, "big")
    return len(body).to_bytes(4, "big") + name + body + check


def zipped(**files: bytes) -> bytes:
    written = BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return written.getvalue()


def sound(
    form: str,
    codec: str,
    rate: int,
    seconds: float = 2,
    *,
    is_silent: bool = False,
    cover: bytes = b"",
    film: bool = False,
) -> bytes:
    """A note of 440 Hz, with tags; on wish with a cover or a film beside it."""
    written = BytesIO()
    with av.open(written, "w", format=form) as container:
        container.metadata.update(
            dict.fromkeys(("title", "artist", "comment", "location", "date"), MARK)
        )
        stream: Any = container.add_stream(codec, rate=rate, layout="mono")
        if "amr" in codec:
            stream.bit_rate = 12_200
        if film:
            _add_film(container)
        if cover:
            _add_cover(container, cover)
        length = int(rate * seconds)
        loudness = 0 if is_silent else 9000
        for start in range(0, length, rate):
            count = min(rate, length - start)
            wave = array("h", _wave(rate, start, count, loudness))
            frame = av.AudioFrame(format="s16", layout="mono", samples=count)
            frame.planes[0].update(wave.tobytes())
            frame.sample_rate, frame.pts = rate, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return written.getvalue()


def _wave(rate: int, start: int, count: int, loudness: int) -> list[int]:
    if not loudness:
        return [0] * count
    step = 2 * math.pi * 440 / rate
    return [int(loudness * math.sin(step * n)) for n in range(start, start + count)]


def _add_film(container: Any) -> None:
    stream = container.add_stream("mpeg4", rate=10)
    stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
    for number in range(10):
        frame = av.VideoFrame.from_image(picture(64, 48))
        frame.pts = number
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def _add_cover(container: Any, cover: bytes) -> None:
    stream = container.add_stream("mjpeg", rate=1)
    stream.width, stream.height, stream.pix_fmt = 320, 200, "yuvj420p"
    stream.disposition = av.stream.Disposition.attached_pic
    packet = av.Packet(cover)
    packet.stream, packet.pts, packet.dts = stream, 0, 0
    container.mux(packet)


def pdf(
    pages: int = 1, extra: Sequence[bytes] = (), catalog: bytes = b"", tail: bytes = b""
) -> bytes:
    """A PDF that says a sentence on each page; `extra` objects begin at number 4."""
    first = 4 + len(extra)
    kids = b" ".join(b"%d 0 R" % (first + 2 * n) for n in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R %b >>" % catalog,
        b"<< /Type /Pages /Kids [%b] /Count %d >>" % (kids, pages),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        *extra,
    ]
    for number in range(pages):
        text = b"BT /F 24 Tf 20 100 Td (SECRETMARK page) Tj ET"
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents %d 0 R"
            b" /Resources << /Font << /F 3 0 R >> >> >>" % (first + 2 * number + 1)
        )
        objects.append(b"<< /Length %d >>\nstream\n%b\nendstream" % (len(text), text))
    return _bound(objects, tail)


def _bound(objects: Sequence[bytes], tail: bytes) -> bytes:
    written, places = bytearray(b"%PDF-1.5\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    written += b"".join(b"%010d 00000 n \n" % place for place in places)
    written += b"trailer << /Size %d /Root 1 0 R %b >>\n" % (len(objects) + 1, tail)
    return bytes(written + b"startxref\n%d\n%%%%EOF\n" % start)


_PAD = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")


def locked_pdf(password: bytes = b"open sesame") -> bytes:
    """A PDF whose key needs a password; with none, one that only forbids copying."""
    user, owner = (password + _PAD)[:32], (b"owner" + _PAD)[:32]
    hidden = _rc4(md5(owner).digest()[:5], user)
    rights, name = (-64).to_bytes(4, "little", signed=True), b"0123456789abcdef"
    key = md5(user + hidden + rights + name).digest()[:5]
    lock = b"<< /Filter /Standard /V 1 /R 2 /P -64 /O <%b> /U <%b> >>" % (
        hidden.hex().encode(),
        _rc4(key, _PAD).hex().encode(),
    )
    identity = name.hex().encode()
    tail = b"/Encrypt 4 0 R /ID [<%b> <%b>]" % (identity, identity)
    return pdf(extra=(lock,), tail=tail)


def _rc4(key: bytes, content: bytes) -> bytes:
    box, j = list(range(256)), 0
    for i, byte in zip(range(256), cycle(key), strict=False):
        j = (j + box[i] + byte) % 256
        box[i], box[j] = box[j], box[i]
    made, i, j = bytearray(), 0, 0
    for byte in content:
        i = (i + 1) % 256
        j = (j + box[i]) % 256
        box[i], box[j] = box[j], box[i]
        made.append(byte ^ box[(box[i] + box[j]) % 256])
    return bytes(made)
