"""One character as a reader sees it, in the plain letters that patterns are written in.

Compatibility forms (fullwidth, circled, mathematical) become ordinary ones (NFKD), accents and
everything invisible go, and letters that look like Latin ones become those (the common part of the
confusables in Unicode's UTS #39). This serves matching only; nobody reads the result.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

#: A plain character, and those of Cyrillic, Greek, Armenian and special Latin that look like it.
_LOOK_ALIKES = """
A АΑ
B ВΒ
C СϹ
E ЕΕ
G Ԍ
H НΗ
I ІΙӀ
J ЈͿ
K КΚ
M МΜ
N Ν
O ОΟՕØ
P РΡ
S Ѕ
T ТΤ
X ХΧ
Y ҮΥ
Z ΖᏃ
a аαɑᴀ
b ЬʙƄƅ
c сϲᴄⅽ
d ԁᴅđɗ
e еєεᴇҽ
f ꜰƒſ
g ɡɢցԍ
h һհʜħ
i іιıɪɩӏ
j јϳᴊ
k кκᴋ
l ʟłǀ
m мᴍ
n ոηпɴ
o оοօσᴏøő
p рρᴘ
q ԛզ
r гʀᴦ
s ѕꜱʂ
t тτᴛŧ
u սυᴜʋ
v ѵνᴠ
w ԝωᴡшѡ
x хχ×
y уγʏү
z ᴢʐ
3 ЗӠ
- ‐‑‒–—―−⁃﹘➖
' ‘’‚‛`´ʼ′＇
" “”„‟″«»
. 。․・·‧∙•
: ː∶꞉
/ ⁄∕⧸
@ ＠﹫
"""
_PLAIN = {
    look_alike: line[0] for line in _LOOK_ALIKES.strip().splitlines() for look_alike in line[2:].strip()
}
#: Letters that look like nothing at all: Hangul and Khmer fillers, the blank of Braille.
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u17b4\u17b5\u2800\ufffd")
_UNSEEN = frozenset({"Cf", "Cc", "Cs", "Co", "Cn", "Mn", "Me"})
#: Blocks of letters in boxes and flags that compatibility forms do not cover: first code, last code.
_LETTER_BLOCKS = ((0x1F150, 0x1F169), (0x1F170, 0x1F189), (0x1F1E6, 0x1F1FF))


@lru_cache(maxsize=8192)
def plain(character: str) -> str:
    """The plain form of one character: any number of characters, often one, none for what is unseen."""
    if character in _PLAIN:
        return _PLAIN[character]
    if character in _BLANK_LETTERS:
        return ""
    code = ord(character)
    for first, last in _LETTER_BLOCKS:
        if first <= code <= last:
            return chr(ord("a") + code - first)
    kind = unicodedata.category(character)
    if character in "\n\t":
        return character
    if kind in _UNSEEN:
        return ""
    if kind == "Nd":
        return str(unicodedata.decimal(character))
    if kind in ("Zs", "Zl", "Zp"):
        return " "
    return "".join(map(_base, unicodedata.normalize("NFKD", character)))


def _base(character: str) -> str:
    if character in _PLAIN:
        return _PLAIN[character]
    kind = unicodedata.category(character)
    if kind in _UNSEEN:
        return ""
    return str(unicodedata.decimal(character)) if kind == "Nd" else " " if kind == "Zs" else character
