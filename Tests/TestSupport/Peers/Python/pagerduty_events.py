"""Sends events with PagerDuty's own client: pagerduty_events.py URL KEY ACTION [DEDUP_KEY]. Prints the dedup key; exits
with 3 when the event was refused, after printing the status."""

import sys

from pagerduty import Error, EventsApiV2Client

url, key, action, *rest = sys.argv[1:]
client = EventsApiV2Client(key)
# Its setter demands https, which a server on this machine need not speak.
client._url = url
try:
    if action == "trigger":
        print(
            client.trigger(
                "Disk full on db1",
                "db1.example.com",
                dedup_key=rest[0] if rest else None,
                severity="critical",
                custom_details={"service": "DATABASE", "free": {"bytes": 0}},
                links=[{"href": "https://monitoring.example.com/db1", "text": "db1"}],
            )
        )
    else:
        print(getattr(client, action)(rest[0]))
except Error as failure:
    print(failure.response.status_code if failure.response is not None else failure)
    sys.exit(3)
