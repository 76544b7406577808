"""A week in the life of a small operations team: enough of everything that every page has something to show."""

import json
import urllib.request

RULES = [
    ("INCIDENT_HIGH_PRIORITY", "High priority", "EMAIL:backend-team@example.com,WEBHOOK"),
    ("INCIDENT_CRITICAL", "Critical: wake somebody", "EMAIL:oncall@example.com,EMAIL:dba@example.com,WEBHOOK"),
    ("INCIDENT_RESOLVED", "Resolved", "EMAIL:backend-team@example.com"),
]

INCIDENTS = [
    ("Database connection pool exhausted", "CRITICAL", "DATABASE", "All slots taken, new requests fail.", "dba-team"),
    ("API latency degraded", "HIGH", "WEBAPI", "95th percentile over five seconds since 02:40 UTC.", "backend-team"),
    ("Checkout answers 502 for one customer in nine", "HIGH", "CHECKOUT", "Only behind the second load balancer.", "ada"),
    ("Nightly backup did not finish", "MEDIUM", "BACKUP", "The target volume is 97 % full.", "bob"),
    ("Certificate of status.example.com ends in nine days", "LOW", "TLS", "The renewal job was switched off.", None),
    ("Search index is four hours behind", "MEDIUM", "SEARCH", "Queue length grows since the last release.", "ada"),
    ("Mails to gmail.com are deferred", "HIGH", "MAIL", "421 4.7.28, our rate is limited.", "bob"),
    ("Kernel log: machine check on node 7", "LOW", "HARDWARE", "One corrected error an hour.", None),
]

NOTES = [
    ("INVESTIGATION", "`pg_stat_activity` shows **94 sessions** in `idle in transaction`, all from *UserService*."),
    ("INVESTIGATION", "Started with release 4.12:\n\n1. new retry loop\n2. no `finally` around it\n\n> see the diff"),
    ("MITIGATION", "Restarted the pool, and set `idle_in_transaction_session_timeout` to `30s`."),
    ("ROOT_CAUSE", "Connections leak in `UserService.authenticate()` when the directory server times out."),
    ("RESOLUTION", "Fix deployed with 4.12.1. See [the runbook](https://runbooks.example.com/pool)."),
    ("GENERAL", "Customers were told at 03:20 UTC."),
]


def tell(stage):
    """Fills an empty server. Returns the guids of its incidents."""
    for name, role in [("ada", "responder"), ("bob", "responder"), ("vera", "viewer")]:
        stage.user(name, role)
    stage.post("/tokens", name="grafana", role="ingest")
    for code, name, channels in RULES:
        stage.api("PUT", f"/api/v1/notify-rules/{code}", {"notify_name": name, "notify_channels": channels})
    guids = [
        stage.incident(title, severity, package, description=text, **({"assigned_to": whom} if whom else {}))
        for title, severity, package, text, whom in INCIDENTS
    ]
    work(stage, *guids)
    alerts(stage)
    silences(stage)
    return guids


def work(stage, pool, latency, checkout, backup, certificate, search, mail, kernel):
    move = lambda guid, status: stage.post(f"/incidents/{guid}/status", new_status=status)
    move(pool, "INVESTIGATING")
    for kind, text in NOTES[:3]:
        stage.post(f"/incidents/{pool}/notes", note_type=kind, content=text)
    stage.post(f"/incidents/{pool}/notifications", notify_code="INCIDENT_CRITICAL")
    stage.post(
        f"/incidents/{pool}/communications",
        channel="PHONE",
        direction="INBOUND",
        message="Support asks whether sign-in is affected",
        recipient="+1-555-0123",
        status="SENT",
        metadata={"duration_seconds": 180, "answered": True},
    )
    for status in ("INVESTIGATING", "MONITORING"):
        move(latency, status)
    for kind, text in NOTES[3:]:
        stage.post(f"/incidents/{latency}/notes", note_type=kind, content=text)
    closure = {"resolution_summary": "The second load balancer is out.", "root_cause": "It had an old configuration."}
    stage.api("POST", f"/api/v1/incidents/{checkout}/closure", closure)
    stage.post(f"/incidents/{checkout}/notifications", notify_code="INCIDENT_RESOLVED")
    stage.post(f"/incidents/{checkout}/report/emails", format="html", additional_recipients=["manager@example.com"])
    move(backup, "INVESTIGATING")
    stage.post(f"/incidents/{latency}/merges", source_incident_guid=search)
    move(mail, "CLOSED")
    move(mail, "INVESTIGATING")
    stage.api("PATCH", f"/api/v1/incidents/{kernel}", {"severity": "MEDIUM", "assigned_to": "bob"})


def alert(name, severity, host, text, status="firing", **labels):
    return {
        "status": status,
        "labels": {"alertname": name, "severity": severity, "instance": host, **labels},
        "annotations": {"summary": text, "runbook_url": f"https://runbooks.example.com/{name}"},
        "startsAt": "2026-11-20T02:38:00Z",
        "endsAt": "0001-01-01T00:00:00Z" if status == "firing" else "2026-11-20T04:00:00Z",
        "generatorURL": f"https://prometheus.example.com/graph?g0.expr={name}",
        "fingerprint": f"{name}-{host}-fingerprint"[:16] + str(len(name + host)),
    }


def alerts(stage):
    groups = {
        "disk": [alert("DiskFull", "critical", f"db{number}:9100", "Disk fills within an hour") for number in (1, 2, 3)],
        "cpu": [alert("HighLoad", "warning", "web4:9100", "Load over 12 for ten minutes")],
        "up": [alert("InstanceDown", "critical", "cache2:9100", "No answer for five minutes", "resolved")],
    }
    for name, members in groups.items():
        firing = [one | {"status": "firing", "endsAt": "0001-01-01T00:00:00Z"} for one in members]
        for batch in (firing, members):
            send(stage, "/in/alertmanager", {"version": "4", "groupKey": name, "status": "firing", "alerts": batch})
    send(stage, "/in/json", {"title": "Queue of the mailer is long", "severity": "low", "labels": {"queue": "out"}})


def send(stage, path, body):
    request = urllib.request.Request(stage.address + path, json.dumps(body).encode())
    request.add_header("Content-Type", "application/json")
    request.add_header("Authorization", f"Bearer {stage.token}")
    urllib.request.urlopen(request, timeout=30).close()


def silences(stage):
    stage.post("/silences", matchers=['instance=~"web.*"'], comment="Load test until noon", minutes=120)
    old = stage.post("/silences", matchers=["alertname=InstanceDown"], comment="Cache moves", minutes=30)
    stage.api("DELETE", f"/api/v1/silences/{old['silence_guid']}")
    stage.post(
        "/silences",
        matchers=["package=BACKUP", "severity!=critical"],
        comment="Backups, Sunday night",
        weekdays=["SUN"],
        from_time="01:00",
        minutes=240,
        time_zone="Europe/Berlin",
    )
    beat = {"interval_seconds": 86_400, "severity": "HIGH", "package": "BACKUP", "title": "Nightly backup"}
    stage.api("PUT", "/api/v1/heartbeats/nightly-backup", beat)
    stage.api("PUT", "/api/v1/heartbeats/billing", beat | {"interval_seconds": 3600, "title": "Billing run"})
    send(stage, "/in/heartbeats/nightly-backup", {})
