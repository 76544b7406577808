"""What no generator of requests can know, told to schemathesis."""

import uuid

import schemathesis
from schemathesis import GenerationMode


@schemathesis.hook
def before_call(context, case, kwargs):
    """A key is for one request, a good password is one that nobody has, a name is taken once."""
    if case.meta is None or case.meta.generation.mode != GenerationMode.POSITIVE:
        return
    if case.headers and "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = str(uuid.uuid4())
    if not isinstance(case.body, dict):
        return
    for field, value in VALUES.items():
        if isinstance(case.body.get(field), str):
            case.body[field] = value()
    if case.body.get("metadata") is not None:
        case.body["metadata"] = {"answered": True}
    if "/silences" in case.path:
        # Once or weekly, and never what would fit every alert.
        for field in SCHEDULE:
            case.body.pop(field, None)
        if case.method == "POST" and "/comments" not in case.path:
            case.body["minutes"] = 60
        if case.body.get("matchers") is not None:
            case.body["matchers"] = ['alertname=~"Disk.*"']
        if "comments" in case.path:
            case.body["comment"] = "Said."
    if case.path.endswith("/users"):
        # Hashing thousands of passwords would be most of the time; their own tests do it.
        case.body["password"] = None


# What depends on each other in a silence.
SCHEDULE = ["starts_at", "ends_at", "weekdays", "from_time", "minutes", "time_zone"]

# What may hold only what people would write.
VALUES = {
    "password": lambda: str(uuid.uuid4()),
    "name": lambda: str(uuid.uuid4()),
    "expires_at": lambda: "90d",
    "acknowledged_until": lambda: "90d",
    "email": lambda: f"{uuid.uuid4()}@example.com",
}
