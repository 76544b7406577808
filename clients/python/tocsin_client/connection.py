"""Connections to the server: kept open between requests, shared by threads, and bounded in time and size."""

from __future__ import annotations

import http.client
import io
import os
import socket
import ssl
import threading
import time
import weakref
from dataclasses import dataclass
from typing import cast

from tocsin_client.errors import InvalidError, harmless
from tocsin_client.settings import Settings

#: Bytes of an answer that are read at most.
LARGEST_ANSWER = 64 << 20
_MOST_IDLE = 8


@dataclass(frozen=True)
class Request:
    """What is sent. The token is not in it: it is added on the wire only."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes | None = None


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Fault:
    """Why nothing came back."""

    reason: str
    #: Whether another try may go better.
    is_passing: bool = True
    #: Whether the other side closed the connection before it answered anything.
    is_hangup: bool = False


class Pool:
    """Connections to one server. Any number of threads may use it at once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._context = _tls(settings) if settings.address.is_secure else None
        self._lock = threading.Lock()
        self._idle: list[_Link] = []
        self._process = os.getpid()
        # For programs that never say that they are done.
        weakref.finalize(self, _close, self._idle)

    def exchange(self, request: Request) -> Answer | Fault:
        """Send a request once and return what came of it. It raises nothing, so no frame with the token is seen."""
        deadline = time.monotonic() + self._settings.timeout
        while True:
            link = self._take()
            was_used = link.was_used
            outcome = self._settle(link, request, deadline)
            # A server may close a connection that nobody used for a while.
            if not (was_used and isinstance(outcome, Fault) and outcome.is_hangup):
                return outcome

    def close(self) -> None:
        """Close what is open and idle. The pool can be used again."""
        with self._lock:
            _close(self._idle)

    def _settle(self, link: _Link, request: Request, deadline: float) -> Answer | Fault:
        is_whole = False
        try:
            outcome = link.exchange(request, deadline)
            is_whole = isinstance(outcome, Answer)
            return outcome
        finally:
            if not (is_whole and self._keep(link)):
                link.close()

    def _take(self) -> _Link:
        with self._lock:
            if self._process != os.getpid():
                # A child must not talk on its parent's connections. To close its own ends of them does no harm.
                _close(self._idle)
                self._process = os.getpid()
            if self._idle:
                return self._idle.pop()
        return _Link(self._settings, self._context)

    def _keep(self, link: _Link) -> bool:
        with self._lock:
            if not link.is_open or len(self._idle) >= _MOST_IDLE or self._process != os.getpid():
                return False
            self._idle.append(link)
            return True


class _Link:
    """One connection."""

    def __init__(self, settings: Settings, context: ssl.SSLContext | None) -> None:
        self._settings = settings
        address = settings.address
        self._http: http.client.HTTPConnection = (
            http.client.HTTPConnection(address.host, address.port)
            if context is None
            else http.client.HTTPSConnection(address.host, address.port, context=context)
        )
        # Whatever a program has set for all connections: this one never prints its headers.
        self._http.debuglevel = 0
        self._http.auto_open = 0
        self._timed: _TimedSocket | None = None
        self.was_used = False

    @property
    def is_open(self) -> bool:
        return self._http.sock is not None

    def exchange(self, request: Request, deadline: float) -> Answer | Fault:
        try:
            self._open(deadline)
            is_sent = self._send(request)
            answer = self._receive()
            if not is_sent:
                self._http.close()
            self.was_used = True
            return answer
        except ssl.SSLCertVerificationError as error:
            return Fault(f"its certificate is not trusted: {error.verify_message}", is_passing=False)
        except _TooLargeError:
            return Fault(f"its answer is larger than {LARGEST_ANSWER} bytes", is_passing=False)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError, ConnectionAbortedError) as error:
            return Fault(_reason(error), is_hangup=True)
        except socket.gaierror as error:
            return Fault(_reason(error), is_passing=error.errno == socket.EAI_AGAIN)
        except http.client.HTTPException as error:
            return Fault(f"its answer is not HTTP ({type(error).__name__})")
        except OSError as error:
            return Fault(_reason(error))

    def close(self) -> None:
        if self._timed is not None:
            self._timed.really_close()
        self._http.close()

    def _open(self, deadline: float) -> None:
        if self._timed is None:
            self._http.timeout = max(0.001, deadline - time.monotonic())
            self._http.connect()
            self._timed = _TimedSocket(self._http.sock)
            # HTTPConnection uses no more of a socket than this one has.
            self._http.sock = cast(socket.socket, self._timed)
        self._timed.deadline = deadline

    def _send(self, request: Request) -> bool:
        """Return whether all of it was taken. If not, there may be an answer: that the body is too large, for one."""
        http_ = self._http
        http_.putrequest(request.method, self._settings.address.prefix + request.path)
        for name, value in request.headers.items():
            http_.putheader(name, value)
        if self._settings.token is not None:
            http_.putheader("Authorization", "Bearer " + self._settings.token.reveal())
        if request.body is not None:
            http_.putheader("Content-Type", "application/json")
        if request.body is not None or request.method != "GET":
            http_.putheader("Content-Length", str(len(request.body or b"")))
        try:
            http_.endheaders(request.body)
        except (BrokenPipeError, ConnectionResetError):
            return False
        return True

    def _receive(self) -> Answer:
        with self._http.getresponse() as response:
            body = bytearray()
            while chunk := response.read(65_536):
                body += chunk
                if len(body) > LARGEST_ANSWER:
                    raise _TooLargeError
            if response.length:
                raise http.client.IncompleteRead(b"", response.length)
            headers = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, headers, bytes(body))


def _close(links: list[_Link]) -> None:
    while links:
        links.pop().close()


class _TooLargeError(Exception):
    """The answer has no reasonable end."""


class _TimedSocket:
    """A socket on which everything together ends at one moment, however slowly the other side drips."""

    def __init__(self, wrapped: socket.socket) -> None:
        self._wrapped = wrapped
        self.deadline = 0.0

    def _wait_no_longer(self) -> None:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise socket.timeout("timed out")
        self._wrapped.settimeout(left)

    def sendall(self, data: bytes) -> None:
        self._wait_no_longer()
        self._wrapped.sendall(data)

    def recv_into(self, buffer: memoryview) -> int:
        self._wait_no_longer()
        return self._wrapped.recv_into(buffer)

    def makefile(self, mode: str) -> io.BufferedReader:
        assert mode == "rb"  # noqa: S101
        return io.BufferedReader(_Incoming(self))

    def close(self) -> None:
        """Do nothing: an answer may still be read. The link closes it."""

    def really_close(self) -> None:
        self._wrapped.close()


class _Incoming(io.RawIOBase):
    """What comes in on a timed socket."""

    def __init__(self, timed: _TimedSocket) -> None:
        super().__init__()
        self._timed = timed

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        return self._timed.recv_into(buffer)


def _tls(settings: Settings) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=settings.ca_file)
    except OSError as error:
        problem = error.strerror or "it holds no certificates"
        raise InvalidError(
            f"cannot use the CA file {harmless(str(settings.ca_file))}: {problem}", parameter="ca_file"
        ) from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _reason(error: OSError) -> str:
    return harmless(error.strerror or str(error) or type(error).__name__)
