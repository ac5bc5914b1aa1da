#!/usr/bin/env python3
"""A real OpenID Connect provider for the tests: Canaille with everything in memory, on a free port.

Prints its issuer on one line and then does what each line of standard input says, in JSON; it answers `ok` to each.
It ends with its input. `bash tests/run.sh` installs what it needs.
"""

import datetime
import json
import logging
import sys
import threading

from joserfc.jwk import RSAKey
from werkzeug.serving import WSGIRequestHandler, make_server

import canaille
from canaille.app import models
from canaille.backends import Backend

CLIENT, SECRET = "hub", "the-hub's-secret/with%and+"
PASSWORD = "correct horse battery"


class Quiet(WSGIRequestHandler):
    def log(self, *_):
        pass


def key():
    return RSAKey.generate_key(2048, auto_kid=True).as_dict(private=True)


def settings(issuer):
    return {
        "SECRET_KEY": "of these tests",
        "SERVER_NAME": issuer.removeprefix("http://"),
        "PREFERRED_URL_SCHEME": "http",
        "CANAILLE": {"DATABASE": "memory", "CAPTCHA_ENABLED": False, "LOGGING": {"version": 1}},
        "CANAILLE_OIDC": {"ACTIVE_JWKS": [key()]},
    }


def add_user(name, email):
    user = models.User(
        user_name=name, display_name=name, formatted_name=name.title(), given_name=name.title(), family_name="Tester",
        emails=[email], password=PASSWORD,
    )
    Backend.instance.save(user)


def set_groups(name, groups):
    user = Backend.instance.get(models.User, user_name=name)
    for group in Backend.instance.query(models.Group):
        if user in group.members and group.display_name not in groups:
            group.members = [member for member in group.members if member != user]
            Backend.instance.save(group) if group.members else Backend.instance.delete(group)
    for wanted in groups:
        group = Backend.instance.get(models.Group, display_name=wanted)
        if group is None:
            group = models.Group(display_name=wanted, members=[])
        if user not in group.members:
            group.members = [*group.members, user]
            Backend.instance.save(group)


def add_client(redirect):
    now = datetime.datetime.now(datetime.timezone.utc)
    for client in Backend.instance.query(models.Client):
        Backend.instance.delete(client)
    client = models.Client(
        client_id=CLIENT, client_secret=SECRET, client_name="The hub", client_uri=redirect, client_id_issued_at=now,
        contacts=["admin@example.org"], redirect_uris=[redirect], grant_types=["authorization_code"],
        response_types=["code"], scope=["openid", "profile", "email", "groups"],
        token_endpoint_auth_method="client_secret_basic",
    )
    Backend.instance.save(client)
    client.audience = [client]
    Backend.instance.save(client)


def main():
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, None, threaded=True, request_handler=Quiet)
    issuer = f"http://127.0.0.1:{server.port}"
    app = canaille.create_app(config=settings(issuer))
    server.app = app
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(issuer, flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        with app.app_context():
            match order:
                case {"client": redirect}:
                    add_client(redirect)
                case {"user": name, "email": email}:
                    add_user(name, email)
                case {"user": name, "groups": groups}:
                    set_groups(name, groups)
                case {"rotate": True}:
                    app.config["CANAILLE_OIDC"]["ACTIVE_JWKS"] = [key()]
        print("ok", flush=True)


if __name__ == "__main__":
    main()
