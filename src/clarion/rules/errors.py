"""What an action answers when it cannot do what was asked. Every message says what to do next."""

from __future__ import annotations

from collections.abc import Sequence


class Refusal(Exception):
    """The request was understood and refused. ``status`` is the HTTP status that says so.

    ``also`` are further refusals of the same kind, of other fields.
    """

    status = 400
    code = "refused"

    def __init__(self, message: str, *, field: str = "", also: Sequence[Refusal] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.also = tuple(also)


class Invalid(Refusal):
    """A value is missing or wrong; ``field`` names it."""

    status = 422
    code = "invalid"


class Forbidden(Refusal):
    """This person may not do this."""

    status = 403
    code = "forbidden"


class NotFound(Refusal):
    """There is no such thing, or none this person may see: the answer is the same for both."""

    status = 404
    code = "not_found"


class Conflict(Refusal):
    """The thing has changed, or is in a state that does not allow this."""

    status = 409
    code = "conflict"


class AlreadyDone(Refusal):
    """There is nothing left to do; somebody was faster, or a bell rang twice."""

    status = 409
    code = "already_done"
