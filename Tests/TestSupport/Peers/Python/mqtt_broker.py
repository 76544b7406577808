"""An MQTT broker for tests that misbehaves as told. Takes one JSON object of options as its argument, prints its port, and
ends when its standard input does.

Options: output (file that gets one JSON line for each CONNECT and PUBLISH), mode: silent (never answers), close (hangs up
on CONNECT), no_puback (takes messages and never confirms), drop (hangs up on PUBLISH), old (answers MQTT 5 with "unacceptable
protocol version" as MQTT 3.1.1 does), old_close (hangs up on MQTT 5), upgraded (is old for the first CONNECT and
knows MQTT 5 later; hangs up on MQTT 3.1.1 after two messages), normal; connack and puback (reason codes), echo (text
that goes into the reason string of a refusal).
"""

import asyncio
import base64
import json
import struct
import sys

options = json.loads(sys.argv[1])
mode = options.get("mode", "normal")


def record(**what):
    with open(options["output"], "a", encoding="utf-8") as output:
        output.write(json.dumps(what) + "\n")


async def packet(reader):
    kind = (await reader.readexactly(1))[0]
    length = shift = 0
    while True:
        byte = (await reader.readexactly(1))[0]
        length |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            break
    return kind, await reader.readexactly(length)


def reason_string():
    """MQTT 5, section 3.4.2.2: property 0x1F."""
    text = options.get("echo", "").encode()
    if not text:
        return b"\0"
    value = b"\x1f" + struct.pack("!H", len(text)) + text
    return bytes([len(value)]) + value


connects = 0


async def serve(reader, writer):
    global connects
    level = messages = 0
    try:
        while True:
            kind, body = await packet(reader)
            if mode == "silent":
                continue
            if kind >> 4 == 1:
                level = body[6]
                connects += 1
                record(packet="CONNECT", level=level)
                if mode == "close" or mode == "old_close" and level == 5:
                    return
                if level == 5 and (mode == "old" or mode == "upgraded" and connects == 1):
                    writer.write(b"\x20\x02\x00\x01")
                    await writer.drain()
                    return
                code = options.get("connack", 0)
                if level == 5:
                    tail = bytes([0, code]) + reason_string() if code else bytes([0, 0, 0])
                    writer.write(bytes([0x20, len(tail)]) + tail)
                else:
                    writer.write(bytes([0x20, 2, 0, code]))
            elif kind >> 4 == 3:
                length = struct.unpack("!H", body[:2])[0]
                qos, rest = (kind >> 1) & 3, body[2 + length :]
                record(
                    packet="PUBLISH",
                    level=level,
                    topic=body[2 : 2 + length].decode(),
                    qos=qos,
                    retain=kind & 1,
                    dup=(kind >> 3) & 1,
                    payload=base64.b64encode(rest[2:] if qos else rest).decode(),
                )
                if mode == "drop":
                    return
                if mode == "no_puback":
                    continue
                code = options.get("puback", 0)
                if level == 5 and code:
                    tail = rest[:2] + bytes([code]) + reason_string()
                    writer.write(bytes([0x40, len(tail)]) + tail)
                else:
                    writer.write(b"\x40\x02" + rest[:2])
                messages += 1
                if mode == "upgraded" and level == 4 and messages == 2:
                    await writer.drain()
                    return
            elif kind >> 4 == 12:
                writer.write(b"\xd0\x00")
            elif kind >> 4 == 14:
                return
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
        pass
    finally:
        writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
