"""Posts CloudEvents with the CNCF's own package, as structured, binary and batch: cloudevents_client.py SERVER TOKEN. Prints
the statuses that came back, one a line."""

import json
import sys
import urllib.error
import urllib.request
from datetime import datetime, timedelta, timezone

from cloudevents.core.bindings.http import to_binary_event, to_structured_event
from cloudevents.core.v1.event import CloudEvent

server, token = sys.argv[1:]
start = datetime(2026, 11, 21, 10, 0, 0, 123456, tzinfo=timezone.utc)


def post(headers, body):
    request = urllib.request.Request(server + "/in/cloudevents", data=body, method="POST")
    for name, value in headers.items():
        request.add_header(name, value)
    request.add_header("Authorization", "Bearer " + token)
    try:
        with urllib.request.urlopen(request) as answer:
            print(answer.status)
    except urllib.error.HTTPError as failure:
        print(failure.code, json.load(failure)["detail"])


def event(number, kind, minutes=0, data=None, **more):
    attributes = {
        "id": str(number), "source": "/backups/zürich 1", "type": kind, "subject": 'db "1" 100 %',
        "time": start + timedelta(minutes=minutes), "datacontenttype": "application/json", **more,
    }
    return CloudEvent(attributes=attributes, data=data)


firing = event(1, "com.example.disk.firing", data={"severity": "critical", "package": "DISK"})
for convert in (to_structured_event, to_binary_event):
    message = convert(firing)
    post(message.headers, message.body)
message = to_binary_event(event(2, "com.example.disk.resolved", 5))
post(message.headers, message.body)
message = to_binary_event(event(3, "com.example.note", data="words", datacontenttype="text/plain", severity="low"))
post(message.headers, message.body)
batch = [json.loads(to_structured_event(event(number, "com.example.job.failed")).body) for number in (4, 5)]
post({"Content-Type": "application/cloudevents-batch+json"}, json.dumps(batch).encode())
