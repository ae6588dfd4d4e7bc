"""STR-011: a text message has room for 160 letters, or for 70 when one of them is not in GSM 7-bit."""

from __future__ import annotations

from collections.abc import Iterator

from clarion.rules.lint._context import Context
from clarion.rules.lint._reading import View
from clarion.rules.lint._structure import NOON, Example, Mark
from clarion.rules.prose import to_plain

ID = "STR-011"
FAMILY = "structure"
SEVERITY = "warn"
ROLE = "clarity"
EVERYWHERE = True
WHY = "The text does not fit into one text message."
FIX = "Shorten it, and keep effect, who is affected, what to do and the next update."

#: 3GPP TS 23.038: the basic alphabet, and what takes two places in it. Lengths by TS 23.040.
GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_7_TWICE = frozenset("^{}\\[~]|€\f")
GSM_LIMIT, UCS_2_LIMIT = 160, 70
LONGEST_RENDERED = 1000


def look(view: View, context: Context) -> Iterator[Mark]:
    """Only where the text goes out by SMS: title and body as one message."""
    if "sms" not in context.channels:
        return
    # Of a body that cannot fit, the length as it reads will do; rendering it could take long.
    body = view.text.body
    shown = to_plain(body) if len(body) <= LONGEST_RENDERED else view.body.text
    message = " ".join(filter(None, (view.text.title.strip(), shown)))
    size, limit = measure(message)
    if size > limit:
        strange = sorted(set(message) - GSM_7 - GSM_7_TWICE)
        because = f" because of {' '.join(strange[:5])}" if strange else ""
        yield Mark(view.body, reason=f"As a text message it has {size} characters; {limit} fit{because}.")


def measure(message: str) -> tuple[int, int]:
    """How many places the message takes, and how many one text message has in its alphabet."""
    if set(message) <= GSM_7 | GSM_7_TWICE:
        return len(message) + sum(map(message.count, GSM_7_TWICE)), GSM_LIMIT
    return len(message.encode("utf-16-le", "surrogatepass")) // 2, UCS_2_LIMIT


_BY_SMS = Context(now=NOON, channels=("status_page", "sms"))
BAD = (
    Example("a" * 161, title="", context=_BY_SMS),
    Example("ő" + "a" * 70, title="", context=_BY_SMS),
    Example("€" * 81, title="", context=_BY_SMS),
)
GOOD = (
    Example("a" * 160, title="", context=_BY_SMS),
    Example("ő" + "a" * 69, title="", context=_BY_SMS),
    Example("a" * 161, title="", context=Context(now=NOON, channels=("email",))),
)
