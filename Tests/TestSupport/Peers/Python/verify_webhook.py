"""Judges a webhook by the reference library of Standard Webhooks. Reads {"secret", "headers", "body"} (body in base64)
from standard input; prints the verified body, or fails."""

import base64
import json
import sys

from standardwebhooks.webhooks import Webhook

received = json.load(sys.stdin)
secret = received["secret"]
key = secret if secret.startswith("whsec_") else secret.encode()
print(json.dumps(Webhook(key).verify(base64.b64decode(received["body"]), received["headers"])))
