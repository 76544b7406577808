"""Puts a text into every field that takes one: of incidents, notes, messages, alerts, silences, rules, people, tokens."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from stage import Wrong, expect

NOTE_TYPES = ["ROOT_CAUSE", "RESOLUTION", "INVESTIGATION", "MITIGATION", "GENERAL"]
HARMLESS = "Plain words"


class Garden:
    """What was planted, and where it can be looked at."""

    def __init__(self, stage):
        self.stage = stage
        self.taken = Counter()
        # One dictionary of guids for each text.
        self.plants = []

    def plant(self, texts):
        with ThreadPoolExecutor(4) as pool:
            self.plants += pool.map(self._one, *zip(*enumerate(texts, len(self.plants))))

    def taken_everywhere(self, least):
        """Fails when a field took fewer than that: then a check of ours is what refused, and nothing was tested."""
        poor = {field: count for field, count in self.taken.items() if count < least and field not in PICKY}
        expect(not poor, f"too few texts were taken, of {len(self.plants)}:", poor)

    def _send(self, method, path, field, text, body, harmless=HARMLESS):
        """Sends with the text in a field, or with a harmless one where it is refused, so that every page has all parts."""
        for value in (text, harmless):
            try:
                answer = self.stage.api(method, "/api/v1" + path, body(value))
                self.taken[field] += value == text
                return answer
            except Wrong as refusal:
                if "answered 422" not in str(refusal) and "answered 400" not in str(refusal):
                    raise
        raise Wrong(method, path, field, "was refused even with harmless text")

    def _one(self, number, text):
        plant = {"text": text}
        guid = plant["incident"] = self._incident(text)
        self._events(guid, number, text)
        plant["alert"] = self._alert(number, text)
        plant["silence"] = self._silence(text)
        plant["heartbeat"] = f"beat-{number}"
        self._send("PUT", f"/heartbeats/beat-{number}", "heartbeat title", text, lambda value: beat(title=value))
        self._people(number, text, plant)
        return plant

    def _incident(self, text):
        guid = self._send("POST", "/incidents", "title", text, lambda value: incident(title=value))["incident_guid"]
        for field in ("package", "description", "assigned_to"):
            self._send("PATCH", f"/incidents/{guid}", field, text, lambda value: {field: value})
        self._send("POST", f"/incidents/{guid}/alerts", "alert link", text, lambda value: {"alert_guid": value})
        return guid

    def _events(self, guid, number, text):
        kind = NOTE_TYPES[number % 5]
        path = f"/incidents/{guid}"
        self._send("POST", f"{path}/notes", "note", text, lambda value: {"note_type": kind, "content": value})
        # Who did it: an admin's programs may say so.
        self._send("POST", f"{path}/notes", "actor", text, lambda value: note(created_by=value))
        for field in ("message", "recipient", "external_id", "channel"):
            self._send("POST", f"{path}/communications", field, text, lambda value: message(**{field: value}), "PHONE")
        self._send("POST", f"{path}/communications", "metadata", text, lambda value: message(metadata={value: value}))
        self._send("POST", f"{path}/notifications", "template", text, lambda value: sent(message_template=value))
        self._send("POST", f"{path}/closure", "resolution", text, lambda value: {"resolution_summary": value})
        self.stage.post(f"{path}/status", new_status="INVESTIGATING")
        self._send("POST", f"{path}/closure", "root cause", text, lambda value: {"root_cause": value})

    def _alert(self, number, text):
        def body(value):
            return {
                "title": value, "description": value, "url": value, "package": value, "dedup_key": value + f" {number}",
                "group": value, "labels": {"alertname": value, "runbook_url": value, value: value}, "severity": "low",
            }  # fmt: skip

        for value in (text, HARMLESS):
            answer = self._in("/in/json", body(value))
            if "alert_guids" in answer:
                self.taken["alert"] += value == text
                break
        annotations = {"summary": text, "description": text, "runbook_url": text, "dashboard": text}
        alert = {
            "status": "firing", "labels": {"alertname": text, "n": str(number)}, "annotations": annotations,
            "startsAt": "2026-11-20T02:38:00Z", "generatorURL": text, "fingerprint": f"{number:016x}",
        }  # fmt: skip
        told = self._in("/in/alertmanager", {"version": "4", "groupKey": text, "status": "firing", "alerts": [alert]})
        self.taken["alertmanager"] += told.get("received") == 1
        return answer["alert_guids"][0]

    def _in(self, path, body):
        try:
            return self.stage.api("POST", path, body)
        except Wrong as refusal:
            if "answered 422" in str(refusal) or "answered 400" in str(refusal):
                return {}
            raise

    def _silence(self, text):
        quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        kept = {"comment": HARMLESS, "minutes": 600}
        made = self._send("POST", "/silences", "comment", text, lambda value: silence(**kept | {"comment": value}))
        path = f"/silences/{made['silence_guid']}"
        self._send("POST", f"{path}/comments", "comment on silence", text, lambda value: {"comment": value})
        self._send("PATCH", path, "matcher", quoted, lambda value: {"matchers": [f'host="{value}"', "n=never"]})
        return made["silence_guid"]

    def _people(self, number, text, plant):
        plant["rule"] = f"RULE_{number}"
        rule = f"/notify-rules/RULE_{number}"
        self._send("PUT", rule, "rule name", text, lambda value: to(notify_name=value))
        self._send("PUT", f"{rule}_B", "rule target", f"SMS:{text}", lambda value: to(notify_channels=value), "EMAIL")
        self._send("PUT", f"{rule}_C", "rule template", text, lambda value: to(message_template=value))
        made = self._send("POST", "/tokens", "token name", text, lambda value: token(name=f"{value} {number}"))
        plant["token"] = made["token_guid"]
        made = self._send("POST", "/users", "user name", text, lambda value: person(name=f"{value} {number}"))
        plant["user"] = made["user_guid"]
        named = {"name": f"user {number}"}
        self._send("POST", "/users", "email", f"{text}@x", lambda value: person(**named, email=value), "a@example.com")


# Fields with a form of their own: most texts are no mail address, and no matcher can hold a control character.
PICKY = {"email", "rule target", "channel"}


def incident(**more):
    return {"title": HARMLESS, "severity": "LOW", "package": "P"} | more


def note(**more):
    return {"note_type": "GENERAL", "content": HARMLESS} | more


def message(**more):
    return {"channel": "PHONE", "message": HARMLESS, "recipient": HARMLESS} | more


def sent(**more):
    return {"notify_code": "EVERYBODY"} | more


def silence(**more):
    return {"matchers": ["n=never"]} | more


def beat(**more):
    return {"interval_seconds": 86_400, "package": "P", "title": HARMLESS} | more


def to(**more):
    return {"notify_name": HARMLESS, "notify_channels": "EMAIL:a@example.com"} | more


def token(**more):
    return {"role": "viewer"} | more


def person(**more):
    return {"role": "viewer"} | more
