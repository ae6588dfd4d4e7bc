"""Mail headers and bodies as bytes that carry nothing but what was meant.

An encoder of our own, because ``email`` of Python before 3.11.10 writes a line break hidden in an
encoded word as a real one (CVE-2024-6923), and titles come from outside. Nothing here can put out a
control character, a bare CR or LF, or a line that begins with a dot.
"""

from __future__ import annotations

import re
from base64 import b64encode

#: Longest body line, RFC 2045 section 6.7; the soft line break takes the last place.
_LINE = 76
#: Preferred length of a header line, RFC 5322 section 2.1.1.
_HEADER_LINE = 78
#: Bytes in one encoded word. In base64 and with ``=?utf-8?b?…?=`` around them that is 60 characters,
#: which leaves 16 for the header's name: a line with an encoded word has at most 76 (RFC 2047).
_WORD_BYTES = 36

_INVISIBLE = re.compile(
    "[\x00-\x20\x7f-\xa0\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+"
)
_PRINTABLE = re.compile("[ -~]*")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_SPECIAL_BYTE = re.compile(rb"[^\t !-<>-~]")
_AT_LINE_START = re.compile(rb"(?m)^(?:\.|From )")


def one_line(text: str) -> str:
    """The text on one line: controls, line ends and marks of direction become spaces."""
    return _INVISIBLE.sub(" ", text).strip()


def header_value(text: str) -> str:
    """One line in which ``=?`` is parted.

    A later reader that decodes once too often would take ``=?…?=`` for an encoded word.
    """
    return one_line(text).replace("=?", "= ?")


def text_header(name: str, text: str) -> bytes:
    """The header line, folded, with its CRLF: plain where it can be, else in encoded words (RFC 2047)."""
    value = header_value(text)
    lines = _folded(name, value) if _PRINTABLE.fullmatch(value) else None
    return f"{name}: {_encoded_words(value) if lines is None else lines}\r\n".encode("ascii")


def mailbox(name: str, address: str) -> str:
    """``Name <address>`` as ASCII; the address must already be known to be plain."""
    shown = header_value(name)
    if not shown:
        return address
    if _PRINTABLE.fullmatch(shown) and len(shown) < _LINE // 2:
        plain = shown if _ATOMS.fullmatch(shown) else '"' + re.sub(r'(["\\])', r"\\\1", shown) + '"'
        return f"{plain} <{address}>"
    return f"{_encoded_words(shown)} <{address}>"


def quoted_printable(text: str) -> bytes:
    """The text in quoted-printable (RFC 2045) with CRLF line ends; any line end in, CRLF out.

    A dot or ``From`` at the start of a line is encoded, so nothing on the way has to be escaped.
    """
    lines = re.split("\r\n|\r|\n", text)
    return b"\r\n".join(map(_quoted_line, lines))


def _folded(name: str, value: str) -> str | None:
    """The value folded at its spaces, or None when a word is too long for a line."""
    lines, room = [""], _HEADER_LINE - len(name) - 2
    for word in value.split(" "):
        if len(word) > room and len(word) >= _HEADER_LINE:
            return None
        if lines[-1] and len(lines[-1]) + 1 + len(word) > room:
            lines.append(word)
            room = _HEADER_LINE - 1
        else:
            lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    return "\r\n ".join(lines)


def _encoded_words(value: str) -> str:
    chunks, size = [""], 0
    for character in value:
        width = len(character.encode())
        if size + width > _WORD_BYTES:
            chunks.append("")
            size = 0
        chunks[-1] += character
        size += width
    return "\r\n ".join(f"=?utf-8?b?{b64encode(chunk.encode()).decode()}?=" for chunk in chunks)


def _quoted_line(line: str) -> bytes:
    if line.isascii() and line.isprintable():
        # The same, much faster: links of readers are spliced in one by one.
        quoted = line.replace("=", "=3D").encode("ascii")
    else:
        quoted = _SPECIAL_BYTE.sub(lambda found: b"=%02X" % found[0][0], line.encode("utf-8", "replace"))
    if quoted[-1:] in (b" ", b"\t"):
        quoted = quoted[:-1] + b"=%02X" % quoted[-1]
    pieces = []
    # A first dot grows by two places when it is encoded, and a soft break takes one.
    while len(quoted) > _LINE - 2:
        end = _LINE - 3
        escape = quoted.rfind(b"=", end - 2, end)
        end = escape if escape >= 0 else end
        pieces.append(quoted[:end] + b"=")
        quoted = quoted[end:]
    return _AT_LINE_START.sub(_escaped_start, b"\r\n".join([*pieces, quoted]))


def _escaped_start(found: re.Match[bytes]) -> bytes:
    return b"=%02X" % found[0][0] + found[0][1:]
