"""Judges Block Kit messages by the models of Slack's Python library. Reads an array of arrays of blocks from standard
input; fails with the first thing that is wrong."""

import json
import sys

from slack_sdk.models.blocks import ActionsBlock, Block, ContextBlock, HeaderBlock, SectionBlock

for message in json.load(sys.stdin):
    blocks = Block.parse_all(message)
    assert 1 <= len(blocks) <= 50
    for block, source in zip(blocks, message):
        assert type(block) in (ActionsBlock, ContextBlock, HeaderBlock, SectionBlock), source
        block.validate_json()
        # The library's model has every field that we send, and no other.
        assert block.to_dict() == source, (block.to_dict(), source)
        for field in getattr(block, "fields", None) or []:
            assert len(field.text) <= 2000
            field.validate_json()
        for element in getattr(block, "elements", None) or []:
            element.validate_json()
