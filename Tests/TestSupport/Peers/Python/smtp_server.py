"""A real SMTP server for tests. Takes one JSON object of options as its argument, prints its port, and ends when its
standard input does.

Options: output (file that gets one JSON line for each mail), tls (none, starttls, implicit), certificate and key (PEM
files), username and password (then it wants a log-in), reply_to_rcpt and reply_after_data (such as "550 no"), slow_data
and slow_quit (seconds that taking a mail and its farewell take), hang_up_after (bytes from the client, after which the connection breaks).
"""

import asyncio
import base64
import json
import logging
import ssl
import sys
import warnings

from aiosmtpd.smtp import SMTP, AuthResult

# It warns of log-ins without encryption, which some tests want.
warnings.simplefilter("ignore")
logging.disable(logging.WARNING)

options = json.loads(sys.argv[1])


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if options.get("reply_to_rcpt"):
            return options["reply_to_rcpt"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        await asyncio.sleep(options.get("slow_data", 0))
        if options.get("reply_after_data"):
            return options["reply_after_data"]
        mail = {
            "sender": envelope.mail_from,
            "recipients": envelope.rcpt_tos,
            "raw": base64.b64encode(envelope.original_content).decode(),
            "encrypted": session.ssl is not None or options["tls"] == "implicit",
            "user": session.auth_data.decode() if session.authenticated else None,
        }
        with open(options["output"], "a", encoding="utf-8") as output:
            output.write(json.dumps(mail) + "\n")
        return "250 taken"

    async def handle_QUIT(self, server, session, envelope):
        await asyncio.sleep(options.get("slow_quit", 0))
        return "221 Bye"


def authenticate(server, session, envelope, mechanism, data):
    wanted = (options["username"].encode(), options["password"].encode())
    success = (data.login, data.password) == wanted
    # Not handled: the server answers 535 by itself.
    return AuthResult(success=success, handled=success, auth_data=data.login)


def tls_context():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options["certificate"], options["key"])
    return context


class Session(SMTP):
    received = 0

    def data_received(self, data):
        self.received += len(data)
        if self.received > options.get("hang_up_after", self.received):
            self.transport.abort()
        else:
            super().data_received(data)


def session():
    wants_login = "username" in options
    starttls = options["tls"] == "starttls"
    return Session(
        Handler(),
        hostname="localhost",
        tls_context=tls_context() if starttls else None,
        require_starttls=starttls,
        auth_required=wants_login,
        auth_require_tls=False,
        authenticator=authenticate if wants_login else None,
        data_size_limit=None,
    )


async def main():
    loop = asyncio.get_running_loop()
    context = tls_context() if options["tls"] == "implicit" else None
    server = await loop.create_server(session, "127.0.0.1", 0, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
