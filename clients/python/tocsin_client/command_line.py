"""The commands of Axion's ``ObjAlertIncident.py``: the same words, options and exit codes as those of ``tocsin``."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from tocsin_client.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    TocsinError,
    TooManyError,
    UnauthenticatedError,
    UnavailableError,
    harmless,
)
from tocsin_client.incidents import ObjAlertIncident
from tocsin_client.names import Record, row

_USAGE = 64
_NOT_ALL_SENT = 7
# A person waits in front of it.
_RETRY_FOR = 10.0

_INCIDENTS = ["IncidentGuid", "CreatedAt", "Severity", "Status", "Package", "AssignedTo", "Title"]
_COMMUNICATIONS = ["ShortRef", "Channel", "Direction", "Status", "Timestamp", "Recipient", "ExternalId", "ErrorMessage"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status."""
    options = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
    try:
        with ObjAlertIncident(retry_for=_RETRY_FOR) as incidents:
            status = _run(incidents, options)
        sys.stdout.flush()
    except TocsinError as error:
        print(f"{_name()}: {error}", file=sys.stderr)
        return _status(error)
    except BrokenPipeError:
        # Whoever read the output has seen enough. Python would complain once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130
    return status


class _Parser(argparse.ArgumentParser):
    """One that leaves with the status of wrong usage."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(_USAGE, f"{_name()}: {harmless(message)}\n")


def _parser() -> argparse.ArgumentParser:
    output = _Parser(add_help=False)
    output.add_argument("--json", action="store_true", help="one JSON object, or an array for lists")
    output.add_argument("-q", "--quiet", action="store_true", help="ids only, one a line")

    parser = _Parser(
        prog=_name(),
        description="Incidents on a Tocsin server.",
        epilog="The server is TOCSIN_SERVER, the token TOCSIN_TOKEN or in the file TOCSIN_TOKEN_FILE.",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def command(name: str, help: str) -> argparse.ArgumentParser:
        # Abbreviated options would change their meaning with every new one.
        return commands.add_parser(name, help=help, description=help, parents=[output], allow_abbrev=False)

    create = command("create-incident", "Open an incident.")
    create.add_argument("--title", required=True, help="what is wrong")
    create.add_argument("--severity", required=True, help="CRITICAL, HIGH, MEDIUM or LOW")
    create.add_argument("--package", required=True, help="the system at fault")
    create.add_argument("--description", help="more about it")
    create.add_argument("--assigned-to", help="the person or team responsible")
    create.add_argument("--created-by", "--by", help="who opens it; else the token's name")
    create.add_argument("--alert", action="append", metavar="GUID", help="an alert to link; may be repeated")

    listing = command("list-incidents", "List incidents, newest first.")
    for name in ("status", "severity", "package", "assigned-to", "search", "since", "until"):
        listing.add_argument(f"--{name}")
    listing.add_argument("--limit", type=int, default=50, help="at most so many; 50 without it")

    get = command("get-incident", "Show an incident.")
    get.add_argument("incident_guid", help="guid, its first characters, or a REF")

    notify = command("notify-incident", "Tell the people of a notify rule about an incident.")
    notify.add_argument("incident_guid", help="guid, its first characters, or a REF")
    notify.add_argument("notify_code", help="the rule's code")
    notify.add_argument("--message-template", help="the message, with {incident_title} and the like")
    notify.add_argument("--sent-by", "--by", help="who tells them; else the token's name")

    communications = command("list-communications", "List the messages of an incident, newest first.")
    communications.add_argument("incident_guid", help="guid, its first characters, or a REF")
    communications.add_argument("--channel", help="only this channel's")
    communications.add_argument("--limit", type=int, help="at most so many")

    lookup = command("lookup-ref", "Find the message and the incident behind a short reference.")
    lookup.add_argument("short_ref", help="such as REF-20251229-A7K")
    return parser


def _run(incidents: ObjAlertIncident, options: argparse.Namespace) -> int:
    if options.command == "create-incident":
        guid = incidents.create_incident(
            options.title,
            options.severity,
            options.package,
            options.description,
            options.assigned_to,
            options.created_by,
            options.alert,
        )
        _show_one(options, "IncidentGuid", {"IncidentGuid": guid} if options.quiet else incidents.get_incident(guid))
    elif options.command == "list-incidents":
        found = incidents.list_incidents(
            options.status,
            options.severity,
            options.package,
            options.assigned_to,
            options.search,
            options.since,
            options.until,
            options.limit,
        )
        _show_many(options, _INCIDENTS, found)
    elif options.command == "get-incident":
        _show_one(options, "IncidentGuid", incidents.get_incident(options.incident_guid))
    elif options.command == "notify-incident":
        counts = incidents.notify_incident(
            options.incident_guid, options.notify_code, options.message_template, options.sent_by
        )
        print(json.dumps(counts) if options.json else "\n".join(f"{name}\t{counts[name]}" for name in counts))
        return _NOT_ALL_SENT if counts["failed"] + counts["pending"] else 0
    elif options.command == "list-communications":
        found = incidents.get_incident_communications(options.incident_guid, options.channel, options.limit)
        _show_many(options, _COMMUNICATIONS, found)
    else:
        located = incidents.get_communication_by_ref(options.short_ref)
        if located is None:
            raise NotFoundError(f'there is no message with the reference "{harmless(options.short_ref)}"')
        _show_one(options, "IncidentGuid", located)
    return 0


def _show_one(options: argparse.Namespace, id: str, record: Record) -> None:
    if options.json:
        print(json.dumps(row(record)))
    elif options.quiet:
        print(_cell(record[id]))
    else:
        _print([[name, _cell(value)] for name, value in record.items() if value is not None])


def _show_many(options: argparse.Namespace, columns: Sequence[str], records: Sequence[Record]) -> None:
    if options.json:
        print(json.dumps([row(record) for record in records]))
    elif options.quiet:
        for record in records:
            print(_cell(record[columns[0]]))
    else:
        heading = [list(columns)] if sys.stdout.isatty() else []
        _print(heading + [[_cell(record.get(column)) for column in columns] for record in records])


def _print(lines: Sequence[Sequence[str]]) -> None:
    """Aligned for a person, with tabs for a pipe."""
    if not sys.stdout.isatty():
        for line in lines:
            print("\t".join(line))
    elif lines:
        widths = [max(map(len, column)) for column in zip(*lines)]
        for line in lines:
            print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return harmless(text.replace("\r", "\\r").replace("\n", "\\n").replace("\t", "\\t"))


def _status(error: TocsinError) -> int:
    statuses: list[tuple[type[TocsinError], int]] = [
        (InvalidError, _USAGE),
        (NotFoundError, 3),
        (UnauthenticatedError, 4),
        (ForbiddenError, 4),
        (ConflictError, 5),
        (UnavailableError, 6),
        (TooManyError, 6),
    ]
    return next((status for kind, status in statuses if isinstance(error, kind)), 1)


def _name() -> str:
    return "ObjAlertIncident.py"
