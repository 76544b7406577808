"""Judges Discord messages by disnake, a Discord library that knows the limits of embeds. Reads an array of messages from
standard input; fails with the first thing that is wrong."""

import json
import sys

from disnake import AllowedMentions, Embed

for message in json.load(sys.stdin):
    assert len(message["content"]) <= 2000
    assert message["allowed_mentions"] == AllowedMentions.none().to_dict(), message
    embeds = [Embed.from_dict(embed) for embed in message.get("embeds", [])]
    for embed, source in zip(embeds, message.get("embeds", [])):
        embed.check_limits()
        assert embed.to_dict() == {**source, "timestamp": embed.timestamp.isoformat()}, (embed.to_dict(), source)
    assert sum(map(len, embeds)) <= 6000
