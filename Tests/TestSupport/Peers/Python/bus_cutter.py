"""Stands before a D-Bus and hangs up on everybody after a while. Takes one JSON object of options as its argument, prints
"ready", and ends when its standard input does.

Options: path (its own socket), bus (the bus's socket), seconds (that a connection lasts), output (file that gets a line
for each connection).
"""

import asyncio
import json
import sys

options = json.loads(sys.argv[1])


async def copy(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)


async def serve(reader, writer):
    with open(options["output"], "a", encoding="utf-8") as output:
        output.write("connection\n")
    bus_reader, bus_writer = await asyncio.open_unix_connection(options["bus"])
    try:
        both = asyncio.gather(copy(reader, bus_writer), copy(bus_reader, writer))
        await asyncio.wait_for(both, options["seconds"])
    except (asyncio.TimeoutError, ConnectionError):
        pass
    finally:
        bus_writer.close()
        writer.close()


async def main():
    await asyncio.start_unix_server(serve, options["path"])
    print("ready", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
