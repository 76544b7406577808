"""The token is sent to the server and shown to nobody."""

from __future__ import annotations

import contextlib
import http.client
import io
import logging
import os
import pickle
import socket
import subprocess
import sys
import tempfile
import traceback
import unittest
from types import TracebackType
from unittest import mock

from tests.fake import TOKEN, FakeServer, reply, reset, without_environment
from tocsin_client import InvalidError, ObjAlertIncident, TocsinError, UnavailableError


class Secrets(unittest.TestCase):
    def test_it_is_sent_as_bearer(self) -> None:
        with FakeServer().running() as server:
            ObjAlertIncident(server.url, TOKEN).generate_short_ref()
            self.assertEqual(server.asked[0].headers["authorization"], f"Bearer {TOKEN}")
            ObjAlertIncident(server.url).generate_short_ref()
            self.assertNotIn("authorization", server.asked[1].headers)

    def test_no_error_shows_it_with_all_that_hangs_on_it(self) -> None:
        """Failure: a crash reporter that sends the variables of every frame sends the token with them."""
        refused = {"code": "unauthenticated", "detail": "who are you?"}
        for name, step in (("401", reply(401, refused)), ("reset", reset), ("junk", reply(200, b"<html>"))):
            with self.subTest(name), FakeServer(usual=step).running() as server:
                with mock.patch.dict(os.environ, {"TOCSIN_TOKEN": TOKEN}):
                    incident = ObjAlertIncident(server.url, retry_for=0)
                with self.assertRaises(TocsinError) as caught:
                    incident.generate_short_ref()
                shown = repr(incident) + repr(vars(incident)) + repr(incident._api.settings)
                self.assertNotIn(TOKEN, everything(caught.exception) + shown)
        with socket.create_server(("127.0.0.1", 0)) as deaf:
            # It breaks off while the headers are still at hand.
            stuck = ObjAlertIncident(f"http://127.0.0.1:{deaf.getsockname()[1]}", TOKEN, timeout=0.5, retry_for=0)
            with mock.patch("tocsin_client.api._LARGEST_BODY", 1 << 30):
                with self.assertRaisesRegex(UnavailableError, "timed out") as unavailable:
                    stuck.add_incident_note("i", "GENERAL", "x" * (32 << 20))
            self.assertNotIn(TOKEN, everything(unavailable.exception))

    def test_the_log_does_not_show_it_not_even_of_a_program_that_prints_all_http(self) -> None:
        printed = io.StringIO()
        logging.basicConfig(stream=printed, level=logging.DEBUG, force=True)
        self.addCleanup(logging.basicConfig, force=True)
        with FakeServer(reset).running() as server, mock.patch.object(http.client.HTTPConnection, "debuglevel", 1):
            with contextlib.redirect_stdout(printed):
                ObjAlertIncident(server.url, TOKEN).generate_short_ref()
        self.assertIn("POST /short-refs", printed.getvalue())
        self.assertNotIn(TOKEN, printed.getvalue())

    def test_one_that_cannot_be_a_header_is_refused_unseen(self) -> None:
        for token in (TOKEN + "\nX-Admin: 1", TOKEN + "\r\n\r\n", TOKEN + " x", TOKEN + "\x00", TOKEN + "é", ""):
            # Space at the ends is what files have.
            if token.strip() == TOKEN:
                continue
            with self.subTest(repr(token)), self.assertRaisesRegex(InvalidError, "is not a token") as caught:
                ObjAlertIncident("http://127.0.0.1", token)
            self.assertNotIn(TOKEN, everything(caught.exception))

    def test_it_is_not_written_by_pickle(self) -> None:
        with self.assertRaises(TypeError):
            pickle.dumps(ObjAlertIncident("http://127.0.0.1", TOKEN))


class Certificates(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.good, self.good_key = certificate(folder.name, "good", "IP:127.0.0.1")
        self.other, self.other_key = certificate(folder.name, "other", "DNS:tocsin.example.com")

    def ask(self, presented: str, key: str, ca_file: str | None) -> FakeServer:
        import ssl

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(presented, key)
        with FakeServer().running(context) as server:
            address = server.url.replace("http:", "https:")
            self.server = server
            ObjAlertIncident(address, TOKEN, ca_file=ca_file, retry_for=5).generate_short_ref()
        return server

    def test_a_trusted_one_for_this_name_is_taken(self) -> None:
        server = self.ask(self.good, self.good_key, self.good)
        self.assertEqual(server.asked[0].headers["authorization"], f"Bearer {TOKEN}")

    def test_the_environment_may_name_whom_to_trust(self) -> None:
        with mock.patch.dict(os.environ, {"TOCSIN_CA_FILE": self.good}):
            self.assertEqual(len(self.ask(self.good, self.good_key, None).asked), 1)

    def test_no_other_one_gets_the_token(self) -> None:
        """Failure: whoever stands in between reads it."""
        for name, presented, key, ca_file in (
            ("unknown", self.good, self.good_key, None),
            ("another authority's", self.good, self.good_key, self.other),
            ("another name's", self.other, self.other_key, self.other),
        ):
            with self.subTest(name), self.assertRaisesRegex(UnavailableError, "its certificate is not trusted"):
                self.ask(presented, key, ca_file)
            self.assertEqual(self.server.asked, [])

    def test_a_file_without_certificates_is_named(self) -> None:
        for file in ("/nonexistent.pem", self.good_key):
            with self.subTest(file), self.assertRaisesRegex(InvalidError, f"cannot use the CA file {file}: "):
                ObjAlertIncident("https://127.0.0.1", ca_file=file)


class Settings(unittest.TestCase):
    def setUp(self) -> None:
        hidden = without_environment()
        hidden.start()
        self.addCleanup(hidden.stop)

    def sent(self, token: str | None = None, token_file: str | None = None, **environment: str) -> str | None:
        with (
            FakeServer().running() as server,
            mock.patch.dict(os.environ, {**environment, "TOCSIN_SERVER": server.url}),
        ):
            ObjAlertIncident(token=token, token_file=token_file).generate_short_ref()
            return server.asked[0].headers.get("authorization", "").replace("Bearer ", "") or None

    def test_what_is_given_goes_before_the_environment_and_a_token_before_a_file(self) -> None:
        with tempfile.NamedTemporaryFile("w", suffix=".token") as file:
            file.write("from-file\n")
            file.flush()
            self.assertIsNone(self.sent())
            self.assertEqual(self.sent(TOCSIN_TOKEN_FILE=file.name), "from-file")
            self.assertEqual(self.sent(TOCSIN_TOKEN_FILE=file.name, TOCSIN_TOKEN="env"), "env")
            self.assertEqual(self.sent(token_file=file.name, TOCSIN_TOKEN="env"), "from-file")
            self.assertEqual(self.sent(token="given", token_file=file.name, TOCSIN_TOKEN="env"), "given")

    def test_addresses(self) -> None:
        for given, shown in (
            ("http://127.0.0.1:8420", "http://127.0.0.1:8420"),
            ("https://tocsin.example.com", "https://tocsin.example.com:443"),
            ("https://example.com/tocsin/", "https://example.com:443/tocsin"),
            ("http://[::1]:8420", "http://[::1]:8420"),
            (None, "http://127.0.0.1:8420"),
        ):
            self.assertEqual(repr(ObjAlertIncident(given)), f"ObjAlertIncident('{shown}')")
        for bad in (
            *(
                "tocsin.example.com",
                "ftp://x",
                "http://",
                "http://x:port",
                "http://x:99999",
                "http://a b",
                "http://x\ny",
            ),
            *(f"https://{TOKEN}@x", f"https://u:{TOKEN}@x", f"https://x/?token={TOKEN}", f"https://x/#{TOKEN}"),
        ):
            with self.subTest(bad), self.assertRaisesRegex(InvalidError, "TOCSIN_SERVER") as caught:
                ObjAlertIncident(bad)
            self.assertNotIn(TOKEN, str(caught.exception))

    def test_a_prefix_stands_before_every_path(self) -> None:
        with FakeServer().running() as server:
            ObjAlertIncident(server.url + "/tocsin/").generate_short_ref()
            self.assertEqual(server.asked[0].path, "/tocsin/api/v1/short-refs")

    def test_a_file_that_cannot_be_read_is_named(self) -> None:
        with self.assertRaisesRegex(InvalidError, "cannot read the token file /nonexistent: No such file"):
            ObjAlertIncident(token_file="/nonexistent")

    def test_times_are_seconds(self) -> None:
        for timeout, retry_for in ((0, 1), (-1, 1), (float("inf"), 1), (float("nan"), 1), (1, -1)):
            with self.subTest(f"{timeout} {retry_for}"), self.assertRaises(InvalidError):
                ObjAlertIncident(timeout=timeout, retry_for=retry_for)


@unittest.skipUnless(hasattr(os, "fork"), "needs fork")
class Children(unittest.TestCase):
    def test_a_child_does_not_use_its_parents_connections(self) -> None:
        """Failure: parent and child read each other's answers."""
        script = """
import os, sys
sys.path.insert(0, sys.argv[2])
from tocsin_client import ObjAlertIncident
incident = ObjAlertIncident(sys.argv[1])
incident.generate_short_ref()
child = os.fork()
incident.generate_short_ref()
if child == 0: os._exit(0)
sys.exit(os.waitpid(child, 0)[1])
"""
        with FakeServer().running() as server:
            folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
            subprocess.run([sys.executable, "-c", script, server.url, folder], check=True, timeout=30)
            self.assertEqual(len({asked.connection for asked in server.asked}), 2)


def certificate(folder: str, name: str, subject: str) -> tuple[str, str]:
    """A certificate that is its own authority."""
    paths = (os.path.join(folder, name + ".pem"), os.path.join(folder, name + ".key"))
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
        + ["-subj", f"/CN={name}", "-addext", f"subjectAltName={subject}", "-out", paths[0], "-keyout", paths[1]],
        check=True,
        capture_output=True,
    )
    return paths


def everything(error: BaseException | None) -> str:
    """An error as a crash reporter sees it: with the variables of every frame, and with what led to it."""
    texts: list[str] = []
    while error is not None:
        texts.append(repr(error) + repr(vars(error)))
        frames: TracebackType | None = error.__traceback__
        for frame, _ in traceback.walk_tb(frames):
            # Not the test's own, which knows the token.
            if "tests" not in frame.f_code.co_filename:
                texts.append(repr(frame.f_locals))
        error = error.__context__
    return "\n".join(texts)
