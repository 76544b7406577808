"""Twilio's own library as the judge of signatures. Reads a JSON list of {"token", "url", "fields": [[name, value], …],
"signature"} from standard input. Prints for each: the signature that the library makes, whether it accepts the given one,
and the fields as a form in base64."""

import base64
import json
import sys
import urllib.parse

from twilio.request_validator import RequestValidator


class Fields(dict):
    """As Django hands them over: a name may have several values."""

    def getlist(self, name):
        return self[name]


def judge(case):
    fields = Fields()
    for name, value in case["fields"]:
        fields.setdefault(name, []).append(value)
    validator = RequestValidator(case["token"])
    return {
        "signature": validator.compute_signature(case["url"], fields),
        "accepts": validator.validate(case["url"], fields, case["signature"]),
        "form": base64.b64encode(urllib.parse.urlencode([tuple(field) for field in case["fields"]]).encode()).decode(),
    }


print(json.dumps([judge(case) for case in json.load(sys.stdin)]))
