"""Axion's ``factory.core.ObjAlertIncident``, answered by a Tocsin server.

As a module: ``from factory.core import ObjAlertIncident``, then ``ObjAlertIncident.ObjAlertIncident()``. As a program:
``python factory.core/ObjAlertIncident.py create-incident …``, or ``python -m factory.core.ObjAlertIncident …``.
"""

from tocsin_client import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    ObjAlertIncident,
    ServerError,
    TocsinError,
    TooManyError,
    UnauthenticatedError,
    UnavailableError,
)

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

if __name__ == "__main__":
    import sys

    from tocsin_client.command_line import main

    sys.exit(main())
