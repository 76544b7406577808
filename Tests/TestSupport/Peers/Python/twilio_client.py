"""Twilio's own REST client against a server that claims to be Twilio. Arguments: the server's address, account and token.
Prints what the client understood, as JSON."""

import datetime
import json
import sys

from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

address, account, token = sys.argv[1:]
client = Client(account, token)
client.api.base_url = address


def refusal(**message):
    try:
        client.messages.create(**message)
    except TwilioRestException as error:
        return [error.status, error.code]


sent = [client.messages.create(to="+15550123456", from_="+15550100000", body=f"message {n}") for n in range(5)]
after = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1)
print(
    json.dumps(
        {
            "sids": [message.sid for message in sent],
            "statuses": [message.status for message in sent],
            "segments": [message.num_segments for message in sent],
            "listed": [m.body for m in client.messages.list(to="+15550123456", date_sent_after=after, page_size=2)],
            "others": len(client.messages.list(to="+15550199999", page_size=2)),
            "account": client.api.accounts(account).fetch().status,
            "bad_number": refusal(to="12", from_="+15550100000", body="x"),
            "too_long": refusal(to="+15550123456", from_="+15550100000", body="x" * 1601),
            "no_body": refusal(to="+15550123456", from_="+15550100000"),
        }
    )
)
