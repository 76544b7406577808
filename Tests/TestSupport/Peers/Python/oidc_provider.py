"""Canaille, an OpenID provider, on 127.0.0.1 for the time of one test. Prints its port.

The argument is JSON: redirect_uri, client_id, client_secret, auth_method, alg, and users, each with name, password and
groups. "rotate" on standard input: from then on it signs with another key. It ends with its standard input.
"""

import datetime
import json
import logging
import os
import socket
import sys
import threading

from canaille import create_app
from canaille.app import models
from canaille.backends import Backend
from joserfc.jwk import ECKey, OKPKey, RSAKey
from werkzeug.serving import make_server

options = json.loads(sys.argv[1])
logging.getLogger("werkzeug").setLevel(logging.ERROR)
listener = socket.create_server(("127.0.0.1", 0))
port = listener.getsockname()[1]


def keys():
    made = [RSAKey.generate_key(2048), ECKey.generate_key("P-256"), OKPKey.generate_key("Ed25519")]
    return [key.as_dict(private=True) | {"kid": key.thumbprint()} for key in made]


app = create_app(
    {
        "SECRET_KEY": os.urandom(16).hex(),
        "SERVER_NAME": f"127.0.0.1:{port}",
        "PREFERRED_URL_SCHEME": "http",
        "CANAILLE": {"DATABASE": "memory", "LOGGING": {"version": 1, "disable_existing_loggers": False}},
        "CANAILLE_OIDC": {"ACTIVE_JWKS": keys()},
    }
)

with app.app_context():
    backend = Backend.instance
    groups = {}
    for user in options["users"]:
        account = models.User(
            user_name=user["name"],
            display_name=user["name"],
            formatted_name=user["name"],
            given_name=user["name"],
            family_name="Test",
            emails=[f"{user['name']}@example.com"],
            password=user["password"],
        )
        backend.save(account)
        for name in user["groups"]:
            groups.setdefault(name, []).append(account)
    for name, members in groups.items():
        backend.save(models.Group(display_name=name, members=members))
    client = models.Client(
        client_id=options["client_id"],
        client_secret=options["client_secret"],
        client_id_issued_at=datetime.datetime.now(datetime.timezone.utc),
        client_secret_expires_at=None,
        client_name="Tocsin",
        client_uri="http://127.0.0.1",
        redirect_uris=[options["redirect_uri"]],
        grant_types=["authorization_code"],
        response_types=["code"],
        scope=["openid", "profile", "email", "groups"],
        token_endpoint_auth_method=options["auth_method"],
        id_token_signed_response_alg=options["alg"],
    )
    backend.save(client)
    client.audience = [client]
    backend.save(client)

server = make_server("127.0.0.1", port, app, threaded=True, fd=listener.fileno())
threading.Thread(target=server.serve_forever, daemon=True).start()
print(port, flush=True)
for line in sys.stdin:
    if line.strip() == "rotate":
        app.config["CANAILLE_OIDC"]["ACTIVE_JWKS"] = keys()
        print("rotated", flush=True)
