"""What is asked once happens once, whatever the network does."""

from __future__ import annotations

import socket
import threading
import time
import unittest
from email.utils import formatdate

from tests.fake import FakeServer, Step, drip, raw, reply, reset, then_close
from tocsin_client import InvalidError, ObjAlertIncident, ServerError, TooManyError, UnavailableError

GOOD = reply(200, {"short_ref": "REF-20261121-A7K"})
PROBLEM = {"code": "unavailable", "detail": "the database is away", "status": 503}


class Retries(unittest.TestCase):
    def draw(self, server: FakeServer, timeout: float = 5, retry_for: float = 10) -> str:
        with ObjAlertIncident(server.url, timeout=timeout, retry_for=retry_for) as incident:
            return incident.generate_short_ref()

    def test_every_passing_fault_is_followed_by_the_same_request_with_the_same_key(self) -> None:
        """Failure: an incident is opened twice, or a message sent twice, because an answer got lost."""
        faults: dict[str, Step] = {
            "reset": reset,
            "closed": raw(b""),
            "junk": raw(b"SSH-2.0-OpenSSH_9.2\r\n"),
            "cut": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"),
            "cut chunk": raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n50\r\n{"),
            "502": reply(502, b"<html>"),
            "503": reply(503, PROBLEM, retry_after="0"),
            "504": reply(504, None),
            "429": reply(429, None, retry_after="0"),
            "409 in work": reply(409, None, retry_after="0"),
        }
        for name, fault in faults.items():
            with self.subTest(name), FakeServer(fault, GOOD).running() as server:
                self.assertEqual(self.draw(server), "REF-20261121-A7K")
                first, second = server.asked
                self.assertEqual(first.headers["idempotency-key"], second.headers["idempotency-key"])
                self.assertEqual((first.path, first.body), (second.path, second.body))

    def test_two_calls_have_two_keys(self) -> None:
        with FakeServer().running() as server, ObjAlertIncident(server.url) as incident:
            incident.generate_short_ref()
            incident.generate_short_ref()
            self.assertEqual(len({asked.headers["idempotency-key"] for asked in server.asked}), 2)

    def test_reading_is_tried_again_too(self) -> None:
        with FakeServer(reset, reply(200, {"incident_guid": "i"})).running() as server:
            self.assertEqual(ObjAlertIncident(server.url).get_incident("i"), {"IncidentGuid": "i"})

    def test_a_server_that_starts_meanwhile_is_reached(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        drawn: list[str] = []
        incident = ObjAlertIncident(f"http://127.0.0.1:{port}", retry_for=20)
        caller = threading.Thread(target=lambda: drawn.append(incident.generate_short_ref()))
        caller.start()
        time.sleep(0.4)
        with FakeServer(port=port).running():
            caller.join()
        incident.close()
        self.assertEqual(drawn, ["REF-20261121-A7K"])

    def test_what_is_refused_is_asked_once(self) -> None:
        for status in (400, 401, 403, 404, 409, 412, 413, 422, 500, 501):
            with self.subTest(status), FakeServer(usual=reply(status, None)).running() as server:
                with self.assertRaises(Exception):  # noqa: B017
                    self.draw(server)
                self.assertEqual(len(server.asked), 1)

    def test_it_ends_with_the_last_answer(self) -> None:
        busy = FakeServer(usual=reply(503, PROBLEM))
        with busy.running() as server, self.assertRaisesRegex(UnavailableError, "the database is away") as caught:
            self.draw(server, retry_for=1)
        self.assertEqual((caught.exception.status, caught.exception.code), (503, "unavailable"))
        self.assertGreater(len(server.asked), 1)

    def test_nobody_answers(self) -> None:
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            incident = ObjAlertIncident(f"http://127.0.0.1:{silent.getsockname()[1]}", retry_for=0.3)
            with self.assertRaisesRegex(UnavailableError, r"cannot reach http://127\.0\.0\.1:\d+: Connection refused"):
                incident.generate_short_ref()

    def test_it_waits_as_long_as_it_is_told(self) -> None:
        for told, least in (("1", 1.0), (formatdate(time.time() + 3, usegmt=True), 0.8)):
            with self.subTest(told), FakeServer(reply(503, PROBLEM, retry_after=told)).running() as server:
                start = time.monotonic()
                self.draw(server)
                self.assertGreaterEqual(time.monotonic() - start, least)

    def test_it_does_not_wait_longer_than_it_may(self) -> None:
        """Failure: a script hangs for an hour, or asks earlier than it was told."""
        with FakeServer(usual=reply(429, None, retry_after="3600")).running() as server:
            with self.assertRaises(TooManyError) as caught:
                self.draw(server)
            self.assertEqual((caught.exception.retry_after, len(server.asked)), (3600.0, 1))

    def test_a_time_that_cannot_be_read_is_none(self) -> None:
        for told in ("-1", "soon", "1e9", "\u00b2", "9" * 50 + "x", "Thu, 99 Foo 2026 00:00:00 GMT"):
            with self.subTest(told), FakeServer(reply(503, PROBLEM, retry_after=told), GOOD).running() as server:
                self.assertEqual(self.draw(server), "REF-20261121-A7K")


class Bounds(unittest.TestCase):
    def fail(self, step: Step, timeout: float = 0.3) -> UnavailableError:  # type: ignore[override]
        with FakeServer(usual=step).running() as server, self.assertRaises(UnavailableError) as caught:
            ObjAlertIncident(server.url, timeout=timeout, retry_for=0).generate_short_ref()
        return caught.exception

    def test_a_peer_that_drips_does_not_hold_a_script(self) -> None:
        """Failure: every single read is quick, and the answer never ends."""
        drips = {
            "status": drip(b"HTTP/1.1 200 ", b"x"),
            "headers": drip(b"HTTP/1.1 200 OK\r\n", b"x"),
            "continue": drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
            "body": drip(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b" "),
            "chunks": drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
            "silence": drip(b"", b""),
        }
        for name, step in drips.items():
            with self.subTest(name):
                start = time.monotonic()
                self.assertRegex(str(self.fail(step)), "timed out")
                self.assertLess(time.monotonic() - start, 3)

    def test_an_answer_without_end_is_given_up(self) -> None:
        """Failure: a peer fills the memory."""
        endless = drip(b"HTTP/1.1 200 OK\r\n\r\n", b" " * (1 << 20), pause=0)
        self.assertRegex(str(self.fail(endless, timeout=20)), "larger than 67108864 bytes")

    def test_headers_without_end_are_given_up(self) -> None:
        endless = drip(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n" * 1000, pause=0)
        self.assertRegex(str(self.fail(endless, timeout=20)), "not HTTP|reset")

    def test_a_text_that_is_too_long_is_refused_at_once(self) -> None:
        """Failure: a script hangs for as long as it may try again, because the server hung up on a long body."""
        with FakeServer().running() as server, self.assertRaisesRegex(InvalidError, "larger than 1048576 bytes"):
            ObjAlertIncident(server.url).add_incident_note("i", "GENERAL", "x" * (1 << 20))
        self.assertEqual(server.asked, [])
        with socket.create_server(("127.0.0.1", 0)) as proxy:

            def refuse() -> None:
                connection = proxy.accept()[0]
                connection.recv(100)
                connection.sendall(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n")
                connection.close()

            refusing = threading.Thread(target=refuse)
            refusing.start()
            incident = ObjAlertIncident(f"http://127.0.0.1:{proxy.getsockname()[1]}", retry_for=0)
            with self.assertRaisesRegex(InvalidError, "status 413"):
                incident.add_incident_note("i", "GENERAL", "x" * 1_000_000)
            refusing.join()


class Strangers(unittest.TestCase):
    def test_an_answer_that_is_none_of_ours_is_not_taken_for_one(self) -> None:
        deep = b'{"short_ref":' * 100_000
        for body in (b"<html>Sign in</html>", b"", b"[]", b"{}", b'{"short_ref": 1}', b"\xff", b"null", deep):
            with self.subTest(body[:20]), FakeServer(usual=reply(200, body)).running() as server:
                with self.assertRaisesRegex(ServerError, "is it a Tocsin server"):
                    ObjAlertIncident(server.url).generate_short_ref()
                self.assertEqual(len(server.asked), 1)

    def test_a_redirect_is_not_followed(self) -> None:
        """Failure: the token goes to whoever a proxy or an attacker names."""
        with FakeServer().running() as other:
            for status in (301, 302, 303, 307, 308):
                away = reply(status, None, location=other.url + "/login?next=secret")
                with self.subTest(status), FakeServer(usual=away).running() as server:
                    with self.assertRaisesRegex(ServerError, "redirects to .*/login, which is not followed") as caught:
                        ObjAlertIncident(server.url).generate_short_ref()
                    self.assertEqual((caught.exception.code, caught.exception.status), ("redirect", status))
            self.assertEqual(other.asked, [])


class Connections(unittest.TestCase):
    def test_one_connection_serves_many_calls(self) -> None:
        with FakeServer().running() as server, ObjAlertIncident(server.url) as incident:
            for _ in range(5):
                incident.generate_short_ref()
            self.assertEqual(len({asked.connection for asked in server.asked}), 1)

    def test_a_connection_that_was_closed_meanwhile_costs_nothing(self) -> None:
        with FakeServer(then_close(GOOD)).running() as server:
            with ObjAlertIncident(server.url, retry_for=0) as incident:
                incident.generate_short_ref()
                time.sleep(0.1)
                self.assertEqual(incident.generate_short_ref(), "REF-20261121-A7K")

    def test_threads_get_their_own_answers(self) -> None:
        """Failure: two threads read each other's answer from one connection."""

        def echo(handler: object, asked: object) -> None:
            path = asked.path.rsplit("/", 1)[1]  # type: ignore[attr-defined]
            reply(200, {"incident_guid": path})(handler, asked)  # type: ignore[arg-type]

        wrong: list[str] = []
        with FakeServer(usual=echo).running() as server, ObjAlertIncident(server.url) as incident:

            def work(thread: int) -> None:
                for call in range(25):
                    name = f"i-{thread}-{call}"
                    if incident.get_incident(name)["IncidentGuid"] != name:
                        wrong.append(name)

            threads = [threading.Thread(target=work, args=(number,)) for number in range(12)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual((wrong, len(server.asked)), ([], 300))
            self.assertLessEqual(len({asked.connection for asked in server.asked}), 60)
