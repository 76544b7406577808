"""An HTTP server that answers as a test says, and remembers what it was asked."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from unittest import mock

TOKEN = "tocsin_canary-5b1e"


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: Any
    connection: int


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FakeServer

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except OSError:
            self.close_connection = True

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, self.path, headers, json.loads(body) if body else None, self.client_address[1])
        self.server.asked.append(asked)
        step = next(self.server.steps, None) or self.server.usual
        step(self, asked)

    do_GET = do_POST = do_PUT = answer

    def log_message(self, format: str, *args: object) -> None:
        pass


Step = Callable[[Handler, Asked], None]


class FakeServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, *steps: Step, usual: Step | None = None, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.asked: list[Asked] = []
        self.steps: Iterator[Step] = iter(steps)
        self.usual = usual or reply(200, {"short_ref": "REF-20261121-A7K"})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        pass

    @contextmanager
    def running(self, context: ssl.SSLContext | None = None) -> Iterator[FakeServer]:
        if context is not None:
            self.socket = context.wrap_socket(self.socket, server_side=True)
        thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.shutdown()
            self.server_close()
            thread.join()


def reply(status: int, body: Any = None, **headers: str) -> Step:
    """Answer with a body: JSON, or bytes as they are."""

    def step(handler: Handler, _: Asked) -> None:
        payload = body if isinstance(body, bytes) else json.dumps(body).encode()
        handler.send_response(status)
        for name, value in {"content_type": "application/json", **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(payload)))
        handler.end_headers()
        handler.wfile.write(payload)

    return step


def raw(data: bytes) -> Step:
    """Answer with bytes that need not be HTTP, and close."""

    def step(handler: Handler, _: Asked) -> None:
        handler.close_connection = True
        handler.wfile.write(data)

    return step


def reset(handler: Handler, _: Asked) -> None:
    """Break the connection off."""
    handler.close_connection = True
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


def drip(start: bytes, drop: bytes, pause: float = 0.05) -> Step:
    """Send something for ever, a little at a time, so that no single wait is long."""

    def step(handler: Handler, _: Asked) -> None:
        handler.close_connection = True
        handler.wfile.write(start)
        while True:
            handler.wfile.write(drop)
            if pause:
                time.sleep(pause)

    return step


def then_close(step: Step) -> Step:
    """Answer, as if more could follow on the connection, and close it."""

    def closing(handler: Handler, asked: Asked) -> None:
        step(handler, asked)
        handler.close_connection = True

    return closing


def without_environment() -> Any:
    """Hide what the caller's environment says about servers and tokens."""
    names = ("TOCSIN_SERVER", "TOCSIN_TOKEN", "TOCSIN_TOKEN_FILE", "TOCSIN_CA_FILE")
    return mock.patch.dict("os.environ", dict.fromkeys(names, ""))
