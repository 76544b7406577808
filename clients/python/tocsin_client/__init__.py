"""A client of Tocsin's HTTP API with the calls of Axion's ``ObjAlertIncident``. It needs the standard library only."""

from tocsin_client.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    ServerError,
    TocsinError,
    TooManyError,
    UnauthenticatedError,
    UnavailableError,
)
from tocsin_client.incidents import ObjAlertIncident

__all__ = [
    "ConflictError",
    "ForbiddenError",
    "InvalidError",
    "NotFoundError",
    "ObjAlertIncident",
    "ServerError",
    "TocsinError",
    "TooManyError",
    "UnauthenticatedError",
    "UnavailableError",
]
