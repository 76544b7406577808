"""Two servers for bin/demo, on free loopback ports: one takes mail, one takes webhooks. Each keeps what it gets.

Usage: demo-servers.py FOLDER
Prints both ports on one line when it listens, and runs until it is told to stop.
"""

import asyncio
import json
import pathlib
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.smtp import SMTP

folder = pathlib.Path(sys.argv[1])
mails = folder / "mails"
webhooks = folder / "webhooks"
mails.mkdir(parents=True)
webhooks.mkdir(parents=True)
count = {mails: 0, webhooks: 0}
lock = threading.Lock()


def keep(place, suffix, content):
    with lock:
        count[place] += 1
        (place / f"{count[place]:02d}{suffix}").write_bytes(content)


class MailHandler:
    async def handle_DATA(self, server, session, envelope):
        keep(mails, ".eml", envelope.original_content)
        return "250 2.0.0 kept"


class WebhookHandler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        keep(webhooks, ".json", json.dumps(body, indent=2, ensure_ascii=False).encode() + b"\n")
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


async def main():
    loop = asyncio.get_running_loop()
    mail = await loop.create_server(lambda: SMTP(MailHandler(), hostname="localhost"), "127.0.0.1", 0)
    webhook = ThreadingHTTPServer(("127.0.0.1", 0), WebhookHandler)
    threading.Thread(target=webhook.serve_forever, daemon=True).start()
    print(mail.sockets[0].getsockname()[1], webhook.server_address[1], flush=True)
    await mail.serve_forever()


asyncio.run(main())
