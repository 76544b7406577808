"""What can go wrong: one class for each kind, all of them ``TocsinError``."""

from __future__ import annotations

import json
from collections.abc import Sequence


class TocsinError(Exception):
    """A refusal or a failure. As text it is a sentence for people; the attributes are for programs."""

    #: The kind of failure when the server names none.
    usual_code = "failed"

    def __init__(
        self,
        detail: str,
        *,
        code: str | None = None,
        status: int | None = None,
        pointer: str | None = None,
        parameter: str | None = None,
        allowed: Sequence[str] = (),
        retry_after: float | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(detail)
        #: What is wrong, and what is allowed.
        self.detail = detail
        #: A stable word, such as ``not_found``.
        self.code = code or self.usual_code
        #: The HTTP status; ``None`` when there was no answer.
        self.status = status
        #: The field at fault in what was sent, as a JSON pointer.
        self.pointer = pointer
        #: The argument or the setting at fault.
        self.parameter = parameter
        #: The values that would be taken, if they can be listed.
        self.allowed = tuple(allowed)
        #: Seconds after which the server would like to be asked again.
        self.retry_after = retry_after
        #: Under which the server's log tells more.
        self.request_id = request_id


class InvalidError(TocsinError, ValueError):
    """A value is not allowed, or cannot be read at all (400, 412, 413, 415, 422)."""

    usual_code = "invalid"


class UnauthenticatedError(TocsinError):
    """The token is missing, wrong, expired or revoked (401)."""

    usual_code = "unauthenticated"


class ForbiddenError(TocsinError):
    """The token's role does not allow this (403)."""

    usual_code = "forbidden"


class NotFoundError(TocsinError, LookupError):
    """There is no such thing (404)."""

    usual_code = "not_found"


class ConflictError(TocsinError):
    """Its state does not allow this: a refused transition or merge (409). ``allowed`` says what would be."""

    usual_code = "conflict"


class TooManyError(TocsinError):
    """Too much at once (429), and still so after the retries."""

    usual_code = "too_many"


class UnavailableError(TocsinError, ConnectionError):
    """The server or its database cannot be reached now (no answer, 502, 503, 504), not even by the retries.

    What was asked for may have been done. Look before you ask again.
    """

    usual_code = "unavailable"


class ServerError(TocsinError):
    """A fault of the server (5xx), or an answer that is none of Tocsin's."""

    usual_code = "internal"


def from_answer(status: int, body: bytes, retry_after: float | None = None) -> TocsinError:
    """Return the error that an answer of the server tells of; its problem document (RFC 9457) is in ``body``."""
    try:
        problem = json.loads(body)
    except (ValueError, RecursionError):
        problem = None
    problem = problem if isinstance(problem, dict) else {}

    def text(name: str) -> str | None:
        return harmless(problem[name]) if isinstance(problem.get(name), str) and problem[name] else None

    allowed = problem.get("allowed")
    return _kind(status)(
        text("detail") or f"the server answered with status {status}",
        code=text("code"),
        status=status,
        pointer=text("pointer"),
        parameter=text("parameter"),
        allowed=[value for value in allowed if isinstance(value, str)] if isinstance(allowed, list) else (),
        retry_after=retry_after,
        request_id=text("request_id"),
    )


def _kind(status: int) -> type[TocsinError]:
    kinds: dict[int, type[TocsinError]] = {
        401: UnauthenticatedError,
        403: ForbiddenError,
        404: NotFoundError,
        409: ConflictError,
        429: TooManyError,
        502: UnavailableError,
        503: UnavailableError,
        504: UnavailableError,
    }
    return kinds.get(status) or (InvalidError if 400 <= status < 500 else ServerError)


def harmless(text: str) -> str:
    """Return ``text`` with every character that would act on a terminal or turn its reading order made visible."""
    return "".join("\ufffd" if _acts(ord(letter)) else letter for letter in text)


def _acts(point: int) -> bool:
    return (
        point < 0x20
        or 0x7F <= point < 0xA0
        or point in (0x061C, 0x200E, 0x200F)
        or 0x2028 <= point <= 0x202E
        or 0x2066 <= point <= 0x2069
        or 0xD800 <= point <= 0xDFFF
    )
