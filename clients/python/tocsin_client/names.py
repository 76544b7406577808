"""The one rule between the names of the API and those of Axion's records: ``incident_guid`` is ``IncidentGuid``."""

from __future__ import annotations

from typing import Any

#: A row as Axion's scripts know it: names in PascalCase. Times are RFC 3339 text in UTC, what is empty is ``None``.
Record = dict[str, Any]

# Fields that hold records of Tocsin. All else that is nested is data of users (metadata, labels): its names stay.
_RECORDS = {"alert", "attempts", "communications"}


def pascal(name: str) -> str:
    """Return the column's name for a JSON name: ``incident_guid`` gives ``IncidentGuid``."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def snake(name: str) -> str:
    """Return the JSON name for a column's: ``IncidentGuid`` gives ``incident_guid``."""
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in name).lstrip("_")


def record(row: dict[str, Any]) -> Record:
    """Return a row of the API under its columns' names."""
    return {pascal(name): _nested(value) if name in _RECORDS else value for name, value in row.items()}


def row(record: Record) -> dict[str, Any]:
    """Return a record under the API's names; the opposite of :func:`record`."""
    return {snake(name): _nested_row(value) if snake(name) in _RECORDS else value for name, value in record.items()}


def _nested(value: Any) -> Any:
    if isinstance(value, list):
        return [_nested(item) for item in value]
    return record(value) if isinstance(value, dict) else value


def _nested_row(value: Any) -> Any:
    if isinstance(value, list):
        return [_nested_row(item) for item in value]
    return row(value) if isinstance(value, dict) else value
