"""``ObjAlertIncident``: the calls of Axion's module."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any

from tocsin_client.api import API, segment
from tocsin_client.errors import InvalidError, NotFoundError, ServerError
from tocsin_client.names import Record, record
from tocsin_client.settings import Secret, Settings


class ObjAlertIncident:
    """Incidents on a Tocsin server.

    Records are dictionaries under the columns' names (``IncidentGuid``, ``Title`` …). Times in them are RFC 3339 text
    in UTC. What fails raises a ``TocsinError``. An incident is named by its guid, its first characters, or a REF.

    Whoever the token belongs to acts, unless ``created_by`` and the like name somebody else, which takes a token of
    role ``admin``. Several threads may use one object at once.
    """

    def __init__(
        self,
        server: str | None = None,
        token: str | None = None,
        *,
        token_file: str | os.PathLike[str] | None = None,
        ca_file: str | os.PathLike[str] | None = None,
        timeout: float = 45.0,
        retry_for: float = 90.0,
    ) -> None:
        """Say where the server is. Nothing is sent yet.

        Args:
            server: its address; else ``TOCSIN_SERVER``, else ``http://127.0.0.1:8420``.
            token: else ``TOCSIN_TOKEN``.
            token_file: a file with the token; else ``TOCSIN_TOKEN_FILE``.
            ca_file: certificate authorities in PEM; else ``TOCSIN_CA_FILE``, else the system's.
            timeout: seconds for one try. Notifying may take 35.
            retry_for: for so many seconds a call is tried again when the server cannot be reached, is busy (503) or
                wants less at once (429). It is done once all the same.

        """
        secret = None if token is None else Secret(token)
        del token
        self._api = API(Settings.find(server, secret, token_file, ca_file, timeout, retry_for))

    def __repr__(self) -> str:
        return f"ObjAlertIncident({str(self._api.settings.address)!r})"

    def __enter__(self) -> ObjAlertIncident:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections to the server. They open again with the next call."""
        self._api.close()

    # Incidents

    def create_incident(
        self,
        title: str,
        severity: str,
        package: str,
        description: str | None = None,
        assigned_to: str | None = None,
        created_by: str | None = None,
        alert_links: Sequence[str] | None = None,
    ) -> str:
        """Open an incident and return its guid.

        Args:
            title: 1 to 255 characters.
            severity: CRITICAL, HIGH, MEDIUM or LOW.
            package: the system at fault.
            description: more about it.
            assigned_to: the person or team responsible.
            created_by: who opens it.
            alert_links: guids of alerts that belong to it.

        """
        created = self._api.post(
            "/incidents",
            {
                "title": title,
                "severity": severity,
                "package": package,
                "description": description,
                "assigned_to": assigned_to,
                "created_by": created_by,
                "alert_links": _texts(alert_links, "alert_links"),
            },
        )
        return _text(created, "incident_guid")

    def get_incident(self, incident_guid: str) -> Record:
        """Return an incident with the number of its alerts, notes, communications and events."""
        return record(self._api.get(_path(incident_guid)))

    def list_incidents(
        self,
        status: str | None = None,
        severity: str | None = None,
        package: str | None = None,
        assigned_to: str | None = None,
        search: str | None = None,
        since: str | None = None,
        until: str | None = None,
        limit: int | None = None,
    ) -> list[Record]:
        """Return the incidents that fit, newest first: at most ``limit``, or all."""
        filters = {
            "status": status,
            "severity": severity,
            "package": package,
            "assigned_to": assigned_to,
            "search": search,
            "since": since,
            "until": until,
        }
        return self._records("/incidents", filters, limit)

    def update_incident_status(self, incident_guid: str, new_status: str, updated_by: str | None = None) -> Record:
        """Move an incident to another status and return it. ``ConflictError`` says what is allowed instead."""
        return record(
            self._api.post(_path(incident_guid, "/status"), {"new_status": new_status, "updated_by": updated_by})
        )

    def close_incident(
        self,
        incident_guid: str,
        resolution_summary: str | None = None,
        root_cause: str | None = None,
        closed_by: str | None = None,
    ) -> Record:
        """Close an incident and return it."""
        return record(
            self._api.post(
                _path(incident_guid, "/closure"),
                {"resolution_summary": resolution_summary, "root_cause": root_cause, "closed_by": closed_by},
            )
        )

    def merge_incidents(
        self, source_incident_guid: str, target_incident_guid: str, merged_by: str | None = None
    ) -> Record:
        """Move all that belongs to the source to the target, close the source, and return the target."""
        return record(
            self._api.post(
                _path(target_incident_guid, "/merges", "target_incident_guid"),
                {"source_incident_guid": source_incident_guid, "merged_by": merged_by},
            )
        )

    # What belongs to an incident

    def add_incident_note(self, incident_guid: str, note_type: str, content: str, created_by: str | None = None) -> str:
        """Write a note and return its guid.

        Args:
            incident_guid: the incident.
            note_type: ROOT_CAUSE, RESOLUTION, INVESTIGATION, MITIGATION or GENERAL.
            content: up to 64 KiB of UTF-8.
            created_by: who writes it.

        """
        note = self._api.post(
            _path(incident_guid, "/notes"), {"note_type": note_type, "content": content, "created_by": created_by}
        )
        return _text(note, "note_guid")

    def get_incident_notes(self, incident_guid: str) -> list[Record]:
        """Return the notes, oldest first."""
        return self._records(_path(incident_guid, "/notes"))

    def link_alert_to_incident(self, incident_guid: str, alert_guid: str, linked_by: str | None = None) -> Record:
        """Link an alert and return the link. To link it again changes nothing."""
        return record(
            self._api.post(_path(incident_guid, "/alerts"), {"alert_guid": alert_guid, "linked_by": linked_by})
        )

    def get_incident_alerts(self, incident_guid: str) -> list[Record]:
        """Return the links to alerts, in the order they were made. ``Alert`` is the alert itself, if Tocsin has it."""
        return self._records(_path(incident_guid, "/alerts"))

    def list_alerts(self, limit: int | None = None) -> list[Record]:
        """Return the alerts that Tocsin received last, newest first."""
        return self._records("/alerts", None, limit)

    def get_incident_timeline(self, incident_guid: str) -> list[Record]:
        """Return all that happened, oldest first."""
        return self._records(_path(incident_guid, "/timeline"))

    # Communications

    def notify_incident(
        self,
        incident_guid: str,
        notify_code: str,
        message_template: str | None = None,
        sent_by: str | None = None,
    ) -> dict[str, int]:
        """Tell the people of a notify rule, and return how many messages were ``sent``, ``failed`` or are ``pending``.

        What is pending is tried again by the server. A message that fails raises nothing: look at the counts.

        Args:
            incident_guid: the incident.
            notify_code: the rule's code in ``def_notify``.
            message_template: the text, with ``{incident_title}`` and the like.
            sent_by: who tells them.

        """
        return _counts(
            self._api.post(
                _path(incident_guid, "/notifications"),
                {"notify_code": notify_code, "message_template": message_template, "sent_by": sent_by},
            )
        )

    def log_communication(
        self,
        incident_guid: str,
        channel: str,
        direction: str = "OUTBOUND",
        message: str | None = None,
        recipient: str | None = None,
        status: str = "SENT",
        external_id: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        *,
        logged_by: str | None = None,
    ) -> tuple[str, str]:
        """Put a message on record that went another way, and return its guid and its short reference.

        Args:
            incident_guid: the incident.
            channel: such as ``PHONE``.
            direction: OUTBOUND or INBOUND.
            message: the text.
            recipient: to whom it went.
            status: SENT, FAILED or PENDING.
            external_id: the other system's reference.
            metadata: anything that JSON can hold.
            logged_by: who puts it on record.

        """
        logged = self._api.post(
            _path(incident_guid, "/communications"),
            {
                "channel": channel,
                "direction": direction,
                "message": message,
                "recipient": recipient,
                "status": status,
                "external_id": external_id,
                "metadata": None if metadata is None else dict(metadata),
                "logged_by": logged_by,
            },
        )
        return _text(logged, "communication_guid"), _text(logged, "short_ref")

    def get_incident_communications(
        self, incident_guid: str, channel: str | None = None, limit: int | None = None
    ) -> list[Record]:
        """Return the messages, newest first: of one channel or of all, at most ``limit`` or all."""
        return self._records(_path(incident_guid, "/communications"), {"channel": channel}, limit)

    def get_communication_by_ref(self, short_ref: str) -> Record | None:
        """Return the message with this short reference, with its incident's title, severity, status and package.

        ``None`` when there is none, or when the text holds no reference.
        """
        try:
            return record(self._api.get("/communications/" + segment(short_ref, "short_ref")))
        except NotFoundError:
            return None
        except InvalidError as error:
            if error.parameter == "short_ref":
                return None
            raise

    def generate_short_ref(self) -> str:
        """Return a short reference that is free: ``REF-YYYYMMDD-XXX``."""
        return _text(self._api.post("/short-refs", {}), "short_ref")

    # Reports and figures

    def generate_incident_report(self, incident_guid: str, format: str = "text") -> str:
        """Return the report as ``text``, ``markdown``, ``html`` or ``json``."""
        return self._api.text(_path(incident_guid, "/report"), {"format": format})

    def email_incident_report(
        self,
        incident_guid: str,
        format: str = "html",
        additional_recipients: Sequence[str] | None = None,
        *,
        sent_by: str | None = None,
    ) -> dict[str, int]:
        """Mail the report to the server's usual recipients and others, and return the counts as for a notification."""
        return _counts(
            self._api.post(
                _path(incident_guid, "/report/emails"),
                {
                    "format": format,
                    "additional_recipients": _texts(additional_recipients, "additional_recipients"),
                    "sent_by": sent_by,
                },
            )
        )

    def get_incident_metrics(
        self, package: str | None = None, start_date: str | None = None, end_date: str | None = None
    ) -> dict[str, Any]:
        """Return counts and durations of the incidents created from one day to another, both included, in UTC.

        Days are ``YYYY-MM-DD``. Names are as in ``total_incidents``, ``by_severity['CRITICAL']``.
        """
        return self._api.get("/metrics/incidents", {"package": package, "start_date": start_date, "end_date": end_date})

    # Notify rules

    def list_notify_rules(self) -> list[Record]:
        """Return the rows of ``def_notify``."""
        return self._records("/notify-rules")

    def set_notify_rule(
        self,
        notify_code: str,
        notify_name: str,
        notify_channels: str,
        message_template: str | None = None,
        updated_by: str | None = None,
    ) -> Record:
        """Write a row of ``def_notify`` and return it: channels such as ``PAGERDUTY,SLACK:#ops``. It takes an admin."""
        return record(
            self._api.put(
                "/notify-rules/" + segment(notify_code, "notify_code"),
                {
                    "notify_name": notify_name,
                    "notify_channels": notify_channels,
                    "message_template": message_template,
                    "updated_by": updated_by,
                },
            )
        )

    def _records(self, path: str, query: Mapping[str, object] | None = None, limit: int | None = None) -> list[Record]:
        return [record(item) for item in self._api.items(path, query, limit)]


def _path(incident_guid: str, rest: str = "", name: str = "incident_guid") -> str:
    return "/incidents/" + segment(incident_guid, name) + rest


def _texts(values: Sequence[str] | None, name: str) -> list[str] | None:
    # A text is a sequence of texts too: its letters.
    if isinstance(values, str):
        raise InvalidError(f"{name} is a text; it takes a list of texts", parameter=name)
    return None if values is None else list(values)


def _text(answer: Mapping[str, Any], name: str) -> str:
    value = answer.get(name)
    if not isinstance(value, str):
        raise ServerError(f"the server's answer has no {name}: is it a Tocsin server?")
    return value


def _counts(outcome: Mapping[str, Any]) -> dict[str, int]:
    counts = {name: outcome.get(name) for name in ("sent", "failed", "pending")}
    if not all(isinstance(count, int) for count in counts.values()):
        raise ServerError("the server's answer has no counts: is it a Tocsin server?")
    return {name: int(count or 0) for name, count in counts.items()}
