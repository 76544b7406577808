"""Uses PagerDuty's own client against a fake PagerDuty: pagerduty_client.py URL KEY. Fails when the fake does not behave as
the client expects of PagerDuty."""

import sys

from pagerduty import EventsApiV2Client, HttpError

url, key = sys.argv[1:]


def connect(key):
    client = EventsApiV2Client(key)
    # Its setter demands https, which the fake does not speak.
    client._url = url
    return client


client = connect(key)
dedup_key = client.trigger("by the client", "host.example.com", severity="warning", custom_details={"a": 1})
assert client.acknowledge(dedup_key) == dedup_key
assert client.resolve(dedup_key) == dedup_key
for call in (
    lambda: client.trigger("x" * 1025, "host"),
    lambda: client.trigger("x", "host", severity="awful"),
    lambda: connect("k" * 31).trigger("x", "host"),
    lambda: connect("k" * 32).trigger("x", "host"),
):
    try:
        call()
    except HttpError as failure:
        assert failure.response.status_code == 400
    else:
        sys.exit("the fake took what PagerDuty refuses")
