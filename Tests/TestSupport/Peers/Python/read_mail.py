"""Reads raw mails as a mail program would: one a line in base64 on standard input. Prints what it found as a JSON list."""

import base64
import email
import email.policy
import json
import sys


def read(raw):
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    parts = [part for part in mail.walk() if not part.is_multipart()]
    defects = [d for part in mail.walk() for d in part.defects] + [d for value in mail.values() for d in value.defects]
    rest = raw.replace(b"\r\n", b"")
    return {
        "headers": [[name.lower(), str(value)] for name, value in mail.items()],
        "types": [mail.get_content_type()] + [part.get_content_type() for part in parts],
        "bodies": [part.get_payload(decode=True).decode("utf-8") for part in parts],
        "defects": [repr(defect) for defect in defects],
        "from": [[a.display_name, a.addr_spec] for a in mail["from"].addresses],
        "seconds": mail["date"].datetime.timestamp(),
        "longest_line": max(len(line) for line in raw.split(b"\r\n")),
        "bare_breaks": rest.count(b"\n") + rest.count(b"\r"),
    }


print(json.dumps([read(base64.b64decode(line)) for line in sys.stdin]))
