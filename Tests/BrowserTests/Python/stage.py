"""What a scenario plays on: the server that the test started, its API, its command line, and the mails it sent.

A scenario is called with one JSON object:

  address   of the server
  token     of an admin
  program   the built tocsin
  database  its SQLite file
  mails     the file to which the SMTP server writes, one JSON object a line
  link      the set-up link, where nobody has been made yet
"""

import base64
import email
import email.policy
import json
import os
import subprocess
import sys
import time
import traceback
import urllib.error
import urllib.parse
import urllib.request

NAME, PASSWORD = "root", "purple giraffe on a ladder"


class Wrong(AssertionError):
    """What the test says when it fails."""


def expect(condition, *words):
    if not condition:
        raise Wrong(" ".join(str(word) for word in words))


def eventually(what, look, seconds=20):
    """Waits until `look` returns something true, and returns it. For what other processes do."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise Wrong("never happened:", what)


class Stage:
    def __init__(self, options=None):
        options = options or json.loads(sys.argv[1])
        self.address = options["address"].rstrip("/")
        self.token = options.get("token")
        self.program = options.get("program")
        self.database = options.get("database")
        self.mails_file = options.get("mails")
        self.link = options.get("link")

    def api(self, method, path, body=None, status=None):
        """One call of the HTTP API. Its answer as JSON, or as text; a refusal fails the test."""
        request = urllib.request.Request(f"{self.address}{path}", method=method)
        request.add_header("Authorization", f"Bearer {self.token}")
        data = None
        if body is not None:
            request.add_header("Content-Type", "application/json")
            data = json.dumps(body).encode()
        try:
            with urllib.request.urlopen(request, data, timeout=60) as answer:
                text = answer.read().decode()
                is_json = "json" in (answer.headers["Content-Type"] or "")
                expect(status in (None, answer.status), method, path, "answered", answer.status)
                return json.loads(text) if is_json and text else text
        except urllib.error.HTTPError as refusal:
            text = refusal.read().decode()
            expect(refusal.code == status, method, path, "answered", refusal.code, text)
            return json.loads(text) if text.startswith("{") else text

    def get(self, path, **query):
        return self.api("GET", "/api/v1" + path + ("?" + urllib.parse.urlencode(query) if query else ""))

    def post(self, path, **body):
        return self.api("POST", "/api/v1" + path, body)

    def all(self, path, **query):
        """Every item of a list, page by page."""
        items, cursor = [], None
        while True:
            page = self.get(path, limit=200, **query, **({"cursor": cursor} if cursor else {}))
            items += page["items"]
            cursor = page.get("next_cursor")
            if not cursor:
                return items

    def tocsin(self, *arguments, text=None):
        """Runs the command line on the server's database, whether the server runs or not."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("TOCSIN_")}
        environment |= {"TOCSIN_DATABASE": self.database}
        done = subprocess.run(
            [self.program, *arguments], input=text, capture_output=True, text=True, env=environment, check=False
        )
        expect(done.returncode == 0, "tocsin", *arguments, "ended with", done.returncode, done.stderr)
        return done.stdout.strip()

    def incident(self, title="Something burns", severity="HIGH", package="WEBAPI", **more):
        """Opens an incident and returns its guid."""
        return self.post("/incidents", title=title, severity=severity, package=package, **more)["incident_guid"]

    def user(self, name, role="responder"):
        return self.post("/users", name=name, role=role, password=PASSWORD)

    def events(self, guid):
        """The types of an incident's events, oldest first."""
        return [event["event_type"] for event in self.all(f"/incidents/{guid}/timeline")]

    def mails(self):
        """The mails that arrived: recipients, subject, Message-ID, and the contents of all parts by their type."""
        if not self.mails_file or not os.path.exists(self.mails_file):
            return []
        with open(self.mails_file, encoding="utf-8") as lines:
            return [self._mail(json.loads(line)) for line in lines if line.endswith("\n")]

    @staticmethod
    def _mail(line):
        mail = email.message_from_bytes(base64.b64decode(line["raw"]), policy=email.policy.default)
        parts = [part for part in mail.walk() if not part.is_multipart()]
        return {
            "to": line["recipients"],
            "subject": str(mail["subject"]),
            "id": str(mail["message-id"]),
            "parts": {part.get_content_type(): part.get_content() for part in parts},
        }


def play(scenario, *arguments):
    """Runs a scenario for the test that started this process: what is wrong goes to stderr and makes it fail."""
    try:
        scenario(Stage(), *arguments)
    except Wrong as wrong:
        sys.exit(f"{where(wrong)}{wrong}")
    except Exception as error:
        # The browser's own complaint, without the twenty frames of its library, and without the page.
        text = str(error).split("Aria snapshot")[0]
        sys.exit(f"{where(error)}{type(error).__name__}: {text[:3000]}")


def where(error):
    """The lines of the scenario that led there."""
    here = os.path.dirname(os.path.abspath(__file__))
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(here)]
    return "".join(f"{os.path.basename(frame.filename)}:{frame.lineno}: {frame.line}\n" for frame in frames)
