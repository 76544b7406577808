"""The commands of Axion's script, as a user runs them."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
import unittest
from unittest import mock

from tests.fake import TOKEN, FakeServer, Step, reply, without_environment
from tocsin_client.command_line import main

FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
INCIDENT = {"incident_guid": "019aa7c0", "title": "A\tB\u001b[2J", "status": "CREATED", "closed_by": None}
LOCATED = {"short_ref": "REF-20251229-A7K", "incident_guid": "019aa7c0", "incident_title": "T", "metadata": {"a_b": 1}}


class Commands(unittest.TestCase):
    def run_it(self, step: Step, *arguments: str, status: int = 0) -> str:
        output, talk = io.StringIO(), io.StringIO()
        with FakeServer(usual=step).running() as server, without_environment():
            with mock.patch.dict(os.environ, {"TOCSIN_SERVER": server.url, "TOCSIN_TOKEN": TOKEN}):
                with contextlib.redirect_stdout(output), contextlib.redirect_stderr(talk):
                    try:
                        ended = main(arguments)
                    except SystemExit as error:
                        ended = int(error.code or 0)
            self.asked = server.asked
        self.talk = talk.getvalue()
        self.assertEqual(ended, status, self.talk)
        self.assertNotIn(TOKEN, output.getvalue() + self.talk)
        return output.getvalue()

    def test_the_path_of_axions_script_is_a_program(self) -> None:
        with FakeServer(usual=reply(200, {"items": [INCIDENT]})).running() as server:
            environment = {**os.environ, "TOCSIN_SERVER": server.url, "PYTHONPATH": FOLDER, "PYTHONIOENCODING": "ascii"}
            ran = subprocess.run(
                [sys.executable, "factory.core/ObjAlertIncident.py", "list-incidents"],
                cwd=FOLDER,
                env=environment,
                capture_output=True,
                encoding="utf-8",
                timeout=60,
                check=True,
            )
        self.assertEqual(ran.stdout, "019aa7c0\t\t\tCREATED\t\t\tA\\tB\\ufffd[2J\n")

    def test_create(self) -> None:
        arguments = ["create-incident", "--title", "T", "--severity", "HIGH", "--package", "P", "--assigned-to", "dba"]
        text = self.run_it(reply(201, INCIDENT), *arguments, "--alert", "a", "--alert", "b")
        self.assertEqual(
            self.asked[0].body,
            {"title": "T", "severity": "HIGH", "package": "P", "assigned_to": "dba", "alert_links": ["a", "b"]},
        )
        self.assertEqual(text, "IncidentGuid\t019aa7c0\nTitle\tA\\tB\ufffd[2J\nStatus\tCREATED\n")
        self.assertEqual(self.run_it(reply(201, INCIDENT), *arguments, "-q"), "019aa7c0\n")

    def test_lists(self) -> None:
        page = reply(200, {"items": [INCIDENT, INCIDENT], "next_cursor": None})
        line = "019aa7c0\t\t\tCREATED\t\t\tA\\tB\ufffd[2J\n"
        self.assertEqual(self.run_it(page, "list-incidents", "--status", "CREATED"), line * 2)
        self.assertEqual(self.asked[0].path, "/api/v1/incidents?status=CREATED&limit=50")
        self.assertEqual(self.run_it(page, "list-incidents", "--quiet"), "019aa7c0\n" * 2)
        self.assertEqual(json.loads(self.run_it(page, "list-incidents", "--json")), [INCIDENT, INCIDENT])
        self.assertEqual(self.run_it(reply(200, {"items": []}), "list-communications", "i", "--channel", "SMS"), "")
        self.assertEqual(self.asked[0].path, "/api/v1/incidents/i/communications?channel=SMS&limit=200")

    def test_json_has_the_names_of_the_api(self) -> None:
        self.assertEqual(
            json.loads(self.run_it(reply(200, LOCATED), "lookup-ref", "REF-20251229-A7K", "--json")), LOCATED
        )

    def test_exit_codes(self) -> None:
        for answer, wanted in ((404, 3), (401, 4), (403, 4), (409, 5), (422, 64), (500, 1), (302, 1)):
            self.run_it(reply(answer, {"detail": "because"}), "get-incident", "i", status=wanted)
            self.assertTrue(self.talk.startswith("ObjAlertIncident.py: "), self.talk)
        self.run_it(reply(404, None), "lookup-ref", "REF-20251229-A7K", status=3)
        self.assertIn("there is no message with the reference", self.talk)
        self.run_it(reply(429, None, retry_after="100"), "get-incident", "i", status=6)
        for counts, wanted in (((2, 0, 0), 0), ((1, 1, 0), 7), ((1, 0, 1), 7)):
            outcome = dict(zip(("sent", "failed", "pending"), counts))
            text = self.run_it(reply(200, outcome), "notify-incident", "i", "CODE", status=wanted)
            self.assertEqual(text, "sent\t{}\nfailed\t{}\npending\t{}\n".format(*counts))

    def test_wrong_usage(self) -> None:
        for arguments in ([], ["frobnicate"], ["get-incident"], ["create-incident", "--title", "T"]):
            self.run_it(reply(200, None), *arguments, status=64)
            self.assertIn("usage: ObjAlertIncident.py", self.talk)
        self.run_it(reply(200, None), "list-incidents", "--stat", "CREATED", status=64)
        self.assertIn("list-communications", self.run_it(reply(200, None), "--help"))
