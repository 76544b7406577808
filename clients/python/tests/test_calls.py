"""Every call of Axion's module: what it takes, what it asks of the server, what it returns."""

from __future__ import annotations

import inspect
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import unittest
from typing import Any, Callable

import tocsin_client
from tests.fake import Asked, FakeServer, Handler, Step, reply
from tocsin_client import ConflictError, InvalidError, NotFoundError, ObjAlertIncident, ServerError, TocsinError
from tocsin_client.names import pascal, record, row, snake

NOT_GIVEN = inspect.Parameter.empty
FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# The calls of the documentation of Axion's module: names, order, and what may be left out.
SIGNATURES: dict[str, list[tuple[str, Any]]] = {
    "create_incident": [
        *(("title", NOT_GIVEN), ("severity", NOT_GIVEN), ("package", NOT_GIVEN), ("description", None)),
        *(("assigned_to", None), ("created_by", None), ("alert_links", None)),
    ],
    "update_incident_status": [("incident_guid", NOT_GIVEN), ("new_status", NOT_GIVEN), ("updated_by", None)],
    "add_incident_note": [
        *(("incident_guid", NOT_GIVEN), ("note_type", NOT_GIVEN), ("content", NOT_GIVEN), ("created_by", None))
    ],
    "close_incident": [
        *(("incident_guid", NOT_GIVEN), ("resolution_summary", None), ("root_cause", None), ("closed_by", None))
    ],
    "notify_incident": [
        *(("incident_guid", NOT_GIVEN), ("notify_code", NOT_GIVEN), ("message_template", None), ("sent_by", None))
    ],
    "log_communication": [
        *(("incident_guid", NOT_GIVEN), ("channel", NOT_GIVEN), ("direction", "OUTBOUND"), ("message", None)),
        *(("recipient", None), ("status", "SENT"), ("external_id", None), ("metadata", None)),
    ],
    "get_incident_communications": [("incident_guid", NOT_GIVEN), ("channel", None), ("limit", None)],
    "get_communication_by_ref": [("short_ref", NOT_GIVEN)],
    "generate_short_ref": [],
    "link_alert_to_incident": [("incident_guid", NOT_GIVEN), ("alert_guid", NOT_GIVEN), ("linked_by", None)],
    "merge_incidents": [
        *(("source_incident_guid", NOT_GIVEN), ("target_incident_guid", NOT_GIVEN), ("merged_by", None))
    ],
    "generate_incident_report": [("incident_guid", NOT_GIVEN), ("format", "text")],
    "email_incident_report": [("incident_guid", NOT_GIVEN), ("format", "html"), ("additional_recipients", None)],
    "get_incident_metrics": [("package", None), ("start_date", None), ("end_date", None)],
    "get_incident": [("incident_guid", NOT_GIVEN)],
    "get_incident_alerts": [("incident_guid", NOT_GIVEN)],
    "get_incident_timeline": [("incident_guid", NOT_GIVEN)],
}

PAGE = {"items": [{"incident_guid": "i", "metadata": {"some_key": 1}}], "next_cursor": None}
RECORDS = [{"IncidentGuid": "i", "Metadata": {"some_key": 1}}]
OUTCOME = {"sent": 2, "failed": 1, "pending": 0, "communications": []}
COUNTS = {"sent": 2, "failed": 1, "pending": 0}
ONE = {"incident_guid": "i", "closed_by": None}

Call = Callable[[ObjAlertIncident], Any]

# A call, the request that it makes, the answer, and what the call returns.
CALLS: list[tuple[Call, str, Any, Any, Any]] = [
    (
        lambda i: i.create_incident("T", "HIGH", "P", alert_links=("a", "b"), created_by="me"),
        "POST /incidents",
        {"title": "T", "severity": "HIGH", "package": "P", "alert_links": ["a", "b"], "created_by": "me"},
        ONE,
        "i",
    ),
    (lambda i: i.get_incident("i"), "GET /incidents/i", None, ONE, {"IncidentGuid": "i", "ClosedBy": None}),
    (lambda i: i.list_incidents(), "GET /incidents?limit=200", None, PAGE, RECORDS),
    (
        lambda i: i.list_incidents("CREATED", search="a b&c+d", limit=5),
        "GET /incidents?status=CREATED&search=a%20b%26c%2Bd&limit=5",
        None,
        PAGE,
        RECORDS,
    ),
    (
        lambda i: i.update_incident_status("i", "MONITORING", "me"),
        "POST /incidents/i/status",
        {"new_status": "MONITORING", "updated_by": "me"},
        ONE,
        {"IncidentGuid": "i", "ClosedBy": None},
    ),
    (lambda i: i.close_incident("i"), "POST /incidents/i/closure", {}, ONE, {"IncidentGuid": "i", "ClosedBy": None}),
    (
        lambda i: i.close_incident("i", "done", "cause", "me"),
        "POST /incidents/i/closure",
        {"resolution_summary": "done", "root_cause": "cause", "closed_by": "me"},
        ONE,
        {"IncidentGuid": "i", "ClosedBy": None},
    ),
    (
        lambda i: i.add_incident_note("i", "GENERAL", "text", "me"),
        "POST /incidents/i/notes",
        {"note_type": "GENERAL", "content": "text", "created_by": "me"},
        {"note_guid": "n"},
        "n",
    ),
    (lambda i: i.get_incident_notes("i"), "GET /incidents/i/notes?limit=200", None, PAGE, RECORDS),
    (
        lambda i: i.link_alert_to_incident("i", "a", "me"),
        "POST /incidents/i/alerts",
        {"alert_guid": "a", "linked_by": "me"},
        {"alert_guid": "a", "alert": {"dedup_key": "k", "labels": {"some_label": "x"}}},
        {"AlertGuid": "a", "Alert": {"DedupKey": "k", "Labels": {"some_label": "x"}}},
    ),
    (lambda i: i.get_incident_alerts("i"), "GET /incidents/i/alerts?limit=200", None, PAGE, RECORDS),
    (lambda i: i.list_alerts(7), "GET /alerts?limit=7", None, PAGE, RECORDS),
    (lambda i: i.get_incident_timeline("i"), "GET /incidents/i/timeline?limit=200", None, PAGE, RECORDS),
    (
        lambda i: i.merge_incidents("source", "target", "me"),
        "POST /incidents/target/merges",
        {"source_incident_guid": "source", "merged_by": "me"},
        ONE,
        {"IncidentGuid": "i", "ClosedBy": None},
    ),
    (
        lambda i: i.notify_incident("i", "CODE", "{incident_title}", "me"),
        "POST /incidents/i/notifications",
        {"notify_code": "CODE", "message_template": "{incident_title}", "sent_by": "me"},
        OUTCOME,
        COUNTS,
    ),
    (
        lambda i: i.log_communication(
            "i", "PHONE", metadata={"duration_seconds": 180, "answered": None}, logged_by="me"
        ),
        "POST /incidents/i/communications",
        {
            "channel": "PHONE",
            "direction": "OUTBOUND",
            "status": "SENT",
            "metadata": {"duration_seconds": 180, "answered": None},
            "logged_by": "me",
        },
        {"communication_guid": "c", "short_ref": "REF-20261121-A7K"},
        ("c", "REF-20261121-A7K"),
    ),
    (
        lambda i: i.get_incident_communications("i", "SLACK", 10),
        "GET /incidents/i/communications?channel=SLACK&limit=10",
        None,
        PAGE,
        RECORDS,
    ),
    (
        lambda i: i.get_communication_by_ref("REF-20251229-A7K"),
        "GET /communications/REF-20251229-A7K",
        None,
        {"short_ref": "REF-20251229-A7K", "incident_title": "T", "attempts": [{"duration_ms": 1}]},
        {"ShortRef": "REF-20251229-A7K", "IncidentTitle": "T", "Attempts": [{"DurationMs": 1}]},
    ),
    (
        lambda i: i.generate_short_ref(),
        "POST /short-refs",
        {},
        {"short_ref": "REF-20261121-A7K"},
        "REF-20261121-A7K",
    ),
    (
        lambda i: i.generate_incident_report("i"),
        "GET /incidents/i/report?format=text",
        None,
        "Größe ✓".encode(),
        "Größe ✓",
    ),
    (
        lambda i: i.email_incident_report("i", additional_recipients=["a@example.com"]),
        "POST /incidents/i/report/emails",
        {"format": "html", "additional_recipients": ["a@example.com"]},
        OUTCOME,
        COUNTS,
    ),
    (
        lambda i: i.get_incident_metrics("P", "2025-01-01", "2025-01-31"),
        "GET /metrics/incidents?package=P&start_date=2025-01-01&end_date=2025-01-31",
        None,
        {"by_severity": {"CRITICAL": 1}, "avg_resolution_time_hours": None},
        {"by_severity": {"CRITICAL": 1}, "avg_resolution_time_hours": None},
    ),
    (lambda i: i.list_notify_rules(), "GET /notify-rules?limit=200", None, PAGE, RECORDS),
    (
        lambda i: i.set_notify_rule("CO DE", "name", "EMAIL"),
        "PUT /notify-rules/CO%20DE",
        {"notify_name": "name", "notify_channels": "EMAIL"},
        {"notify_code": "CO DE"},
        {"NotifyCode": "CO DE"},
    ),
]


class Calls(unittest.TestCase):
    def test_names_order_and_defaults_are_those_of_axions_module(self) -> None:
        for name, wanted in SIGNATURES.items():
            parameters = list(inspect.signature(getattr(ObjAlertIncident, name)).parameters.values())[1:]
            positional = [(one.name, one.default) for one in parameters if one.kind is not one.KEYWORD_ONLY]
            self.assertEqual(positional, wanted, name)

    def test_each_call_makes_its_request_and_returns_what_axions_did(self) -> None:
        for call, asked, body, answer, wanted in CALLS:
            with self.subTest(asked), FakeServer(usual=reply(200, answer)).running() as server:
                with ObjAlertIncident(server.url) as incident:
                    self.assertEqual(call(incident), wanted)
                (request,) = server.asked
                self.assertEqual(f"{request.method} {request.path}".replace("/api/v1", ""), asked)
                self.assertEqual(request.body, body)
                self.assertEqual("idempotency-key" in request.headers, request.method == "POST")

    def test_every_public_call_is_tested_here(self) -> None:
        public = {name for name in vars(ObjAlertIncident) if not name.startswith("_")} - {"close"}
        source = inspect.getsource(sys.modules[__name__])
        self.assertEqual({name for name in public if f"i.{name}(" not in source}, set())

    def test_a_reference_that_leads_nowhere_is_none(self) -> None:
        refused = {"code": "invalid", "parameter": "short_ref", "detail": "…"}
        for step in (reply(404, {"code": "not_found"}), reply(422, refused)):
            with FakeServer(usual=step).running() as server:
                self.assertIsNone(ObjAlertIncident(server.url).get_communication_by_ref("hello"))
        self.assertIsNone(ObjAlertIncident("http://127.0.0.1:1").get_communication_by_ref(""))
        with FakeServer(usual=reply(422, {"code": "invalid", "pointer": "/x"})).running() as server:
            self.assertRaises(InvalidError, ObjAlertIncident(server.url).get_communication_by_ref, "REF-20251229-A7K")

    def test_an_incident_that_has_no_name_is_not_asked_for(self) -> None:
        """Failure: an empty guid asks for the list of all incidents, and `..` for something else."""
        with FakeServer().running() as server:
            incident = ObjAlertIncident(server.url)
            for bad in ("", ".", "..", None):
                with self.subTest(bad), self.assertRaisesRegex(InvalidError, "incident_guid is empty or no text"):
                    incident.get_incident(bad)  # type: ignore[arg-type]
            self.assertEqual(server.asked, [])

    def test_a_name_stays_one_part_of_the_path(self) -> None:
        with FakeServer(usual=reply(200, ONE)).running() as server:
            ObjAlertIncident(server.url).get_incident("a/../b?c#d%é \r\nX: y")
            self.assertEqual(server.asked[0].path, "/api/v1/incidents/a%2F..%2Fb%3Fc%23d%25%C3%A9%20%0D%0AX%3A%20y")

    def test_a_text_is_not_taken_for_a_list(self) -> None:
        """Failure: mails go to m, a, n, a, g, e, r."""
        incident = ObjAlertIncident("http://127.0.0.1:1")
        with self.assertRaisesRegex(InvalidError, "additional_recipients is a text"):
            incident.email_incident_report("i", additional_recipients="manager@example.com")
        with self.assertRaisesRegex(InvalidError, "alert_links is a text"):
            incident.create_incident("T", "HIGH", "P", alert_links="alert-1")


class Lists(unittest.TestCase):
    def pages(self, total: int) -> Step:
        def page(handler: Handler, asked: Asked) -> None:
            from urllib.parse import parse_qs, urlsplit

            query = parse_qs(urlsplit(asked.path).query)
            start, limit = int(query.get("cursor", ["0"])[0]), int(query["limit"][0])
            items = [{"alert_guid": str(number)} for number in range(start, min(total, start + limit))]
            following = str(start + limit) if start + limit < total else None
            reply(200, {"items": items, "next_cursor": following})(handler, asked)

        return page

    def test_all_pages_are_read(self) -> None:
        with FakeServer(usual=self.pages(450)).running() as server:
            alerts = ObjAlertIncident(server.url).get_incident_alerts("i")
            self.assertEqual([alert["AlertGuid"] for alert in alerts], [str(number) for number in range(450)])
            self.assertEqual(len(server.asked), 3)

    def test_no_more_than_asked_for_are_read(self) -> None:
        for limit, asked in ((1, 1), (200, 1), (201, 2), (250, 2), (1000, 3)):
            with self.subTest(limit), FakeServer(usual=self.pages(450)).running() as server:
                self.assertEqual(len(ObjAlertIncident(server.url).list_alerts(limit)), min(limit, 450))
                self.assertEqual(len(server.asked), asked)
        with self.assertRaisesRegex(InvalidError, "limit is 0; it takes 1 or more"):
            ObjAlertIncident("http://127.0.0.1:1").list_alerts(0)

    def test_a_list_that_goes_round_ends(self) -> None:
        with FakeServer(usual=reply(200, {"items": [], "next_cursor": "again"})).running() as server:
            with self.assertRaisesRegex(ServerError, "does not come to an end"):
                ObjAlertIncident(server.url).list_incidents()
            self.assertEqual(len(server.asked), 2)


class Errors(unittest.TestCase):
    def test_each_status_has_its_class(self) -> None:
        for status, name in (
            *((400, "InvalidError"), (401, "UnauthenticatedError"), (403, "ForbiddenError"), (404, "NotFoundError")),
            *((409, "ConflictError"), (412, "InvalidError"), (413, "InvalidError"), (415, "InvalidError")),
            *((418, "InvalidError"), (422, "InvalidError"), (429, "TooManyError"), (500, "ServerError")),
            *((502, "UnavailableError"), (503, "UnavailableError"), (504, "UnavailableError"), (599, "ServerError")),
        ):
            with self.subTest(status), FakeServer(usual=reply(status, b"<html>")).running() as server:
                with self.assertRaisesRegex(TocsinError, f"status {status}") as caught:
                    ObjAlertIncident(server.url, retry_for=0).get_incident("i")
                self.assertIs(type(caught.exception), getattr(tocsin_client, name))
                self.assertEqual(caught.exception.status, status)

    def test_what_the_problem_document_says_is_there(self) -> None:
        problem = {
            "code": "conflict",
            "detail": "the incident is CREATED. Allowed from CREATED: INVESTIGATING, CLOSED",
            "pointer": "/new_status",
            "request_id": "r-1",
            "allowed": ["INVESTIGATING", "CLOSED"],
        }
        with FakeServer(usual=reply(409, problem)).running() as server, self.assertRaises(ConflictError) as caught:
            ObjAlertIncident(server.url).update_incident_status("i", "MONITORING")
        for error in (caught.exception, pickle.loads(pickle.dumps(caught.exception))):
            self.assertEqual(str(error), problem["detail"])
            self.assertEqual((error.code, error.status, error.pointer), ("conflict", 409, "/new_status"))
            self.assertEqual((error.parameter, error.request_id), (None, "r-1"))
            self.assertEqual(error.allowed, ("INVESTIGATING", "CLOSED"))

    def test_a_problem_document_that_is_odd_is_an_error_all_the_same(self) -> None:
        odd: list[Any] = [
            [],
            {"detail": 1, "code": 2, "pointer": 3, "allowed": 4},
            {"allowed": [1, "a"]},
            {"detail": ""},
        ]
        for body in odd:
            with self.subTest(str(body)), FakeServer(usual=reply(404, body)).running() as server:
                with self.assertRaisesRegex(NotFoundError, "the server answered with status 404"):
                    ObjAlertIncident(server.url).get_incident("i")

    def test_no_error_acts_on_a_terminal(self) -> None:
        with FakeServer(usual=reply(404, {"detail": "a\x1b[2Jb\u202ec"})).running() as server:
            with self.assertRaises(NotFoundError) as caught:
                ObjAlertIncident(server.url).get_incident("i")
        self.assertEqual(str(caught.exception), "a\ufffd[2Jb\ufffdc")


class Names(unittest.TestCase):
    def test_the_rule_holds_both_ways_for_every_column(self) -> None:
        with open(os.path.join(FOLDER, "../../docs/schema.sqlite.sql"), encoding="utf-8") as file:
            words = {word.strip("(,") for word in file.read().split()}
        columns = {word for word in words if word.isalnum() and word[:1].isupper() and not word.isupper()}
        self.assertLessEqual({"IncidentGuid", "ShortRef", "MergedIntoGuid", "ExternalId"}, columns)
        for column in columns:
            self.assertEqual(pascal(snake(column)), column)
        self.assertEqual(snake("IncidentGuid"), "incident_guid")

    def test_what_users_named_keeps_its_name(self) -> None:
        given = {
            "short_ref": "R",
            "metadata": {"duration_seconds": 1, "a": [{"b_c": 1}]},
            "attempts": [{"started_at": 1}],
        }
        turned = record(given)
        self.assertEqual(turned["Metadata"], given["metadata"])
        self.assertEqual(turned["Attempts"], [{"StartedAt": 1}])
        self.assertEqual(row(turned), given)


class Namespace(unittest.TestCase):
    """What else a program has under `factory` stays where it is."""

    def run_with(self, files: dict[str, str], script: str, install_first: bool) -> str:
        with tempfile.TemporaryDirectory() as folder:
            ours, theirs = os.path.join(folder, "ours"), os.path.join(folder, "theirs")
            shutil.copytree(os.path.join(FOLDER, "factory.core"), os.path.join(ours, "factory", "core"))
            shutil.copytree(os.path.join(FOLDER, "tocsin_client"), os.path.join(ours, "tocsin_client"))
            for name, text in files.items():
                os.makedirs(os.path.dirname(os.path.join(theirs, name)), exist_ok=True)
                with open(os.path.join(theirs, name), "w", encoding="utf-8") as file:
                    file.write(text)
            paths = [ours, theirs] if install_first else [theirs, ours]
            environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
            ran = subprocess.run(
                [sys.executable, "-c", script], env=environment, capture_output=True, text=True, timeout=30, cwd=folder
            )
            return ran.stdout + ran.stderr

    def test_modules_beside_ours_can_be_imported(self) -> None:
        files = {"factory/core/ObjNotify.py": "NAME = 'theirs'", "factory/other.py": "NAME = 'other'"}
        script = (
            "from factory.core import ObjAlertIncident, ObjNotify\nimport factory.other\n"
            "print(ObjAlertIncident.ObjAlertIncident, ObjNotify.NAME, factory.other.NAME)"
        )
        for install_first in (True, False):
            self.assertEqual(
                self.run_with(files, script, install_first),
                "<class 'tocsin_client.incidents.ObjAlertIncident'> theirs other\n",
            )

    def test_a_package_with_an_init_of_its_own_is_not_hidden(self) -> None:
        files = {"factory/__init__.py": "NAME = 'theirs'", "factory/core/__init__.py": "", "factory/core/X.py": ""}
        for install_first in (True, False):
            self.assertEqual(
                self.run_with(files, "import factory, factory.core.X; print(factory.NAME)", install_first), "theirs\n"
            )

    def test_such_a_package_takes_ours_in_by_one_line(self) -> None:
        files = {
            "factory/__init__.py": "",
            "factory/core/__init__.py": "",
            "factory/core/ObjAlertIncident.py": "from tocsin_client import *",
        }
        script = "from factory.core import ObjAlertIncident; print(ObjAlertIncident.ObjAlertIncident.__name__)"
        self.assertEqual(self.run_with(files, script, False), "ObjAlertIncident\n")
