"""Where the server is, and how it is talked to."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import urlsplit

from tocsin_client.errors import InvalidError, harmless


class Secret:
    """A text that shows itself to nobody who does not ask for it by :meth:`reveal`."""

    __slots__ = ("__text",)

    def __init__(self, text: str) -> None:
        self.__text = text

    def reveal(self) -> str:
        """Return the text."""
        return self.__text

    def __repr__(self) -> str:
        return "<hidden>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not written anywhere")


@dataclass(frozen=True)
class Address:
    """An HTTP server, with the path that stands before ``/api/v1``."""

    is_secure: bool
    host: str
    port: int
    prefix: str

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read ``https://tocsin.example.com``, with a port or a path or not."""
        wanted = "give an address such as https://tocsin.example.com or http://127.0.0.1:8420"
        try:
            parts = urlsplit(text.strip())
            host, port = parts.hostname, parts.port
        except ValueError:
            host, port, parts = None, None, urlsplit("")
        if parts.scheme not in ("http", "https") or not host or not re.fullmatch(r"[!-~]*", text.strip()):
            raise InvalidError(f"TOCSIN_SERVER is not an address; {wanted}", parameter="server")
        if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
            raise InvalidError(
                f"TOCSIN_SERVER has a user, a password, a query or a fragment; {wanted}, and the token by TOCSIN_TOKEN",
                parameter="server",
            )
        is_secure = parts.scheme == "https"
        return cls(is_secure, host, port or (443 if is_secure else 80), parts.path.rstrip("/"))

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.is_secure else 'http'}://{host}:{self.port}{self.prefix}"


@dataclass(frozen=True)
class Settings:
    """Everything that a connection needs to know."""

    address: Address
    token: Secret | None
    ca_file: str | None
    timeout: float
    retry_for: float

    @classmethod
    def find(
        cls,
        server: str | None,
        token: Secret | None,
        token_file: str | os.PathLike[str] | None,
        ca_file: str | os.PathLike[str] | None,
        timeout: float,
        retry_for: float,
    ) -> Settings:
        """Take what is given, and the rest from the environment."""
        for name, value in (("timeout", timeout), ("retry_for", retry_for)):
            if not 0 <= value < float("inf") or (name == "timeout" and value == 0):
                raise InvalidError(f"{name} is {value}; it takes seconds", parameter=name)
        ca_file = ca_file or os.environ.get("TOCSIN_CA_FILE") or None
        return cls(
            Address.parse(server or os.environ.get("TOCSIN_SERVER") or "http://127.0.0.1:8420"),
            _token(token, token_file),
            None if ca_file is None else os.fspath(ca_file),
            timeout,
            retry_for,
        )


def _token(token: Secret | None, file: str | os.PathLike[str] | None) -> Secret | None:
    """Whatever the caller says goes before the environment, and a token before a file."""
    if token is not None:
        return _checked(token, "token")
    if file is not None:
        return _read(file)
    if os.environ.get("TOCSIN_TOKEN"):
        return _checked(Secret(os.environ["TOCSIN_TOKEN"]), "TOCSIN_TOKEN")
    file = os.environ.get("TOCSIN_TOKEN_FILE")
    return _read(file) if file else None


def _read(file: str | os.PathLike[str]) -> Secret:
    try:
        with open(file, encoding="utf-8", errors="replace") as opened:
            return _checked(Secret(opened.read(65_536)), "the token file")
    except OSError as error:
        raise InvalidError(
            f"cannot read the token file {harmless(str(file))}: {error.strerror}", parameter="token_file"
        ) from None


def _checked(token: Secret, name: str) -> Secret:
    """Refuse what cannot stand in a header, without showing it."""
    if not re.fullmatch(r"[!-~]+", token.reveal().strip()):
        raise InvalidError(
            f"{name} is not a token; `tocsin create-token` makes one, such as tocsin_…", parameter="token"
        )
    return Secret(token.reveal().strip())
