"""Uses Slack's own client against a fake Slack: slack_client.py API_URL WEBHOOK_URL TOKEN. Fails when the fake does not
behave as the client expects of Slack."""

import sys

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.models.blocks import HeaderBlock, SectionBlock
from slack_sdk.webhook import WebhookClient

api, webhook, token = sys.argv[1:]
client = WebClient(token=token, base_url=api + "/")
assert client.auth_test()["ok"]
first = client.chat_postMessage(
    channel="#ops", text="first", blocks=[HeaderBlock(text="first"), SectionBlock(text="more")], unfurl_links=False
)
assert first["ok"] and first["channel"].startswith("C") and "." in first["ts"]
reply = client.chat_postMessage(channel=first["channel"], text="reply", thread_ts=first["ts"], reply_broadcast=True)
assert reply["ts"] != first["ts"]
assert client.chat_update(channel=first["channel"], ts=first["ts"], text="edited")["ts"] == first["ts"]


def error(call, **arguments):
    try:
        call(**arguments)
    except SlackApiError as failure:
        return failure.response["error"]


long = {"type": "section", "text": {"type": "plain_text", "text": "x" * 3001}}
assert error(client.chat_postMessage, channel="#nowhere", text="x") == "channel_not_found"
assert error(client.chat_postMessage, channel="#old", text="x") == "is_archived"
assert error(client.chat_postMessage, channel="#ops", text="x", blocks=[long]) == "invalid_blocks"
assert error(client.chat_postMessage, channel="#ops", text="x", blocks=[{"type": "header"}]) == "invalid_blocks"
assert error(client.chat_update, channel=first["channel"], ts="1.1", text="x") == "message_not_found"
assert error(WebClient(token="xoxb-wrong", base_url=api + "/").auth_test) == "invalid_auth"

hook = WebhookClient(webhook)
answer = hook.send(text="by webhook", unfurl_links=False)
assert (answer.status_code, answer.body) == (200, "ok")
answer = hook.send(text="by webhook", blocks=[long])
assert (answer.status_code, answer.body) == (400, "invalid_blocks")
