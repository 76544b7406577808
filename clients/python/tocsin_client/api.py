"""The HTTP API: calls that are repeated until they are answered, errors, and lists page by page."""

from __future__ import annotations

import json
import logging
import random
import time
import uuid
from collections.abc import Mapping
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlencode

from tocsin_client.connection import Answer, Fault, Pool, Request
from tocsin_client.errors import InvalidError, ServerError, UnavailableError, from_answer, harmless
from tocsin_client.settings import Settings

log = logging.getLogger("tocsin_client")

Row = dict[str, Any]

_LARGEST_PAGE = 200
# Bytes of a body that the server takes.
_LARGEST_BODY = 1 << 20
_FIRST_WAIT = 0.25
_LONGEST_WAIT = 8.0


class API:
    """The routes under ``/api/v1`` of one server. Threads may share it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._pool = Pool(settings)

    def close(self) -> None:
        """Close the connections. The next call opens one."""
        self._pool.close()

    def get(self, path: str, query: Mapping[str, object] | None = None) -> Row:
        """Return one object."""
        return _object(self._ask("GET", path, query))

    def text(self, path: str, query: Mapping[str, object] | None = None) -> str:
        """Return the body as text."""
        return self._ask("GET", path, query, accept="*/*").body.decode("utf-8", "replace")

    def post(self, path: str, body: Mapping[str, object]) -> Row:
        """Do something, once however often it has to be asked for, and return what came of it."""
        return _object(self._ask("POST", path, body=body, key=str(uuid.uuid4())))

    def put(self, path: str, body: Mapping[str, object]) -> Row:
        """Set something and return it."""
        return _object(self._ask("PUT", path, body=body))

    def items(self, path: str, query: Mapping[str, object] | None = None, limit: int | None = None) -> list[Row]:
        """Return the first ``limit`` items of a list, or all of them, however many pages that takes."""
        if limit is not None and limit < 1:
            raise InvalidError(f"limit is {limit}; it takes 1 or more", parameter="limit")
        found: list[Row] = []
        cursor: str | None = None
        while limit is None or len(found) < limit:
            size = _LARGEST_PAGE if limit is None else min(_LARGEST_PAGE, limit - len(found))
            page = self.get(path, {**(query or {}), "limit": size, "cursor": cursor})
            items, following = page.get("items"), page.get("next_cursor")
            if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
                raise ServerError("the server's list has no items: is it a Tocsin server?")
            found += items
            if not following:
                break
            if following == cursor or not isinstance(following, str):
                raise ServerError("the server's list does not come to an end")
            cursor = following
        return found[:limit]

    def _ask(
        self,
        method: str,
        path: str,
        query: Mapping[str, object] | None = None,
        *,
        body: Mapping[str, object] | None = None,
        key: str | None = None,
        accept: str = "application/json",
    ) -> Answer:
        """Ask until there is an answer that counts, or until the time for that is over."""
        headers = {"Accept": accept, "User-Agent": "tocsin-client-python"}
        if key is not None:
            headers["Idempotency-Key"] = key
        payload = None if body is None else json.dumps(_given(body), allow_nan=False).encode()
        if payload is not None and len(payload) > _LARGEST_BODY:
            raise InvalidError(f"this is larger than {_LARGEST_BODY} bytes (1 MiB)", code="too_large")
        request = Request(method, "/api/v1" + path + _query(query), headers, payload)
        last_start = time.monotonic() + self.settings.retry_for
        tries = 0
        while True:
            outcome = self._pool.exchange(request)
            tries += 1
            wait = _wait(outcome, tries)
            if wait is None or time.monotonic() + wait > last_start:
                return self._judged(outcome)
            log.info("%s %s: %s; again in %.1f s", method, path, _short(outcome), wait)
            time.sleep(wait)

    def _judged(self, outcome: Answer | Fault) -> Answer:
        address = harmless(str(self.settings.address))
        if isinstance(outcome, Fault):
            raise UnavailableError(f"cannot reach {address}: {outcome.reason}")
        if 300 <= outcome.status < 400:
            place = harmless(outcome.headers.get("location", "elsewhere").split("?")[0])
            raise ServerError(
                f"{address} redirects to {place}, which is not followed; set TOCSIN_SERVER to the server itself",
                code="redirect",
                status=outcome.status,
            )
        if not 200 <= outcome.status < 300:
            raise from_answer(outcome.status, outcome.body, _told(outcome))
        return outcome


def segment(value: str, name: str) -> str:
    """Return ``value`` as one part of a path.

    An empty one, or dots alone, would name another route.
    """
    if not isinstance(value, str) or value.strip(".") == "":
        raise InvalidError(f"{name} is empty or no text", parameter=name)
    return quote(value.encode("utf-8", "replace"), safe="")


def _given(values: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if value is not None}


def _query(values: Mapping[str, object] | None) -> str:
    given = _given(values or {})
    # A space as %20: a plus is a plus to some servers.
    return "?" + urlencode(given, quote_via=quote, errors="replace") if given else ""


def _object(answer: Answer) -> Row:
    try:
        value = json.loads(answer.body)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise ServerError("the server's answer is not a JSON object: is it a Tocsin server?", status=answer.status)
    return value


def _wait(outcome: Answer | Fault, tries: int) -> float | None:
    """Seconds until the next try; ``None`` when this outcome counts."""
    usual = min(_LONGEST_WAIT, _FIRST_WAIT * 2.0 ** (tries - 1)) * random.uniform(0.5, 1)  # noqa: S311
    if isinstance(outcome, Fault):
        return usual if outcome.is_passing else None
    told = _told(outcome)
    # 409 with Retry-After: the first of two equal requests is still being worked on.
    if outcome.status in (429, 502, 503, 504) or (outcome.status == 409 and told is not None):
        return usual if told is None else told + usual / 4
    return None


def _told(answer: Answer) -> float | None:
    """Seconds that the server asks to wait, by number or by date."""
    text = answer.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return max(0.0, (moment - datetime.now(timezone.utc)).total_seconds())


def _short(outcome: Answer | Fault) -> str:
    return outcome.reason if isinstance(outcome, Fault) else f"status {outcome.status}"
