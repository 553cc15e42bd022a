"""What a file is, told by how it begins; its name and stated type are not asked."""

from app.scrubbing.verdict import Kind, Unfit, Why

# Of each the one decoder that will be asked: none is left to guess.
Told = tuple[Kind, str]

_BEGINNINGS: tuple[tuple[bytes, Told], ...] = (
    (b"\xff\xd8\xff", (Kind.PHOTO, "JPEG")),
    (b"\x89PNG\r\n\x1a\n", (Kind.PHOTO, "PNG")),
    (b"GIF87a", (Kind.PHOTO, "GIF")),
    (b"GIF89a", (Kind.PHOTO, "GIF")),
    (b"%PDF-", (Kind.PAPER, "pdf")),
    (b"OggS", (Kind.VOICE, "ogg")),
    (b"fLaC", (Kind.VOICE, "flac")),
    (b"#!AMR", (Kind.VOICE, "amr")),
    (b"\x1aE\xdf\xa3", (Kind.VOICE, "matroska")),
    (b"ID3", (Kind.VOICE, "mp3")),
)
# Films in boxes of their own. MP4 and WebM hold either, so their streams tell.
_FILMS = (b"\x00\x00\x01\xba", b"\x00\x00\x01\xb3", b"FLV\x01")
_PICTURES_IN_MP4 = (b"hei", b"hev", b"mif", b"msf", b"avi", b"jxl", b"crx")
# "BM" begins many a word, so the size of the second header must fit as well.
_BMP_HEADERS = frozenset({12, 40, 52, 56, 64, 108, 124})
_LAYER_THREE, _ADTS = 0b01, 0b00


def tell(content: bytes) -> Told:
    """Return what the file is and who reads it; raise Unfit where we take none."""
    for beginning, told in _BEGINNINGS:
        if content.startswith(beginning):
            return told
    if content.startswith(_FILMS):
        raise Unfit(Why.VIDEO)
    told_by_more = _riff(content) or _mp4(content) or _bmp(content) or _frames(content)
    if told_by_more is None:
        raise Unfit(Why.UNKNOWN)
    return told_by_more


def _riff(content: bytes) -> Told | None:
    if not content.startswith(b"RIFF"):
        return None
    match content[8:12]:
        case b"WEBP":
            return Kind.PHOTO, "WEBP"
        case b"WAVE":
            return Kind.VOICE, "wav"
        case b"AVI ":
            raise Unfit(Why.VIDEO)
        case _:
            return None


def _mp4(content: bytes) -> Told | None:
    if content[4:8] != b"ftyp" or content[8:12].startswith(_PICTURES_IN_MP4):
        return None
    return Kind.VOICE, "mp4"


def _bmp(content: bytes) -> Told | None:
    size = int.from_bytes(content[14:18], "little")
    is_bmp = content.startswith(b"BM") and size in _BMP_HEADERS
    return (Kind.PHOTO, "BMP") if is_bmp else None


def _frames(content: bytes) -> Told | None:
    """Tell MP3 and AAC that begin with a bare frame, by the frame's first bits."""
    if len(content) < 4 or content[0] != 0xFF or content[1] & 0xE0 != 0xE0:
        return None
    layer, is_rate_known = content[1] >> 1 & 0b11, content[2] >> 2 & 0b11 != 0b11
    if layer == _LAYER_THREE and is_rate_known and content[2] >> 4 not in {0, 15}:
        return Kind.VOICE, "mp3"
    if layer == _ADTS and content[1] >> 4 == 0xF and content[2] >> 2 & 0b1111 < 13:
        return Kind.VOICE, "aac"
    return None
