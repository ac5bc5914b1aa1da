"""Send a running Pocket Galaxy requests that nobody would write, made from its own description, and see that none of
them makes it fail.

    tests/hostile_requests.py            what tests/run.sh does: always the same requests
    tests/hostile_requests.py --examples 100 --seed 7    more, and others

Starts the hub on an empty data directory and puts one thing of each kind into it. Checks that the description is valid
OpenAPI. Then schemathesis asks for every operation in it, as a superuser and as a stranger, with what the description
allows and with what it does not; a part of the paths name what is there. Every answer with a status of 500 or above is
a mistake of the hub, and so is its end. Ends with status 1 then, and tells how to ask the same again. Start reading at
main().
"""

import argparse
import contextlib
import http.client
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # no folder of compiled files among the tests

import corpus  # noqa: E402

SUPERUSER = "fuzzer"
# Ways to end the account that asks; the rest of its requests would be those of a stranger.
SELF_DESTRUCTION = ["/api/galaxy/_ui/v1/me/"]
# What parts of paths are called where they are not the `id` of something in a list.
NAMES = {"namespace": "acme", "name": "acme", "version": "1.0.0", "file": "acme-tools-1.0.0.tar.gz", "number": 1,
         "base_path": "published", "from": "published", "to": "community", "holder": 2, "user": 2}
# How many of the operations must have been asked for something that went well. Fewer would mean that nothing was tried.
GOOD_MIN = 100
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


class Api:
    """The hub, as a superuser sees it."""

    def __init__(self, hub):
        self.hub = hub
        self.headers = {"Authorization": f"Token {hub.token}", "Content-Type": "application/json"}

    def read(self, method, path, body=None):
        """The status and the text of an answer."""
        connection = http.client.HTTPConnection(self.hub.address, timeout=60)
        with contextlib.closing(connection):
            connection.request(method, path, json.dumps(body) if body is not None else None, self.headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def ask(self, method, path, body=None):
        """The status and the JSON of an answer, `None` where there is none."""
        status, text = self.read(method, path, body)
        return status, json.loads(text) if text[:1] in ("{", "[") else None

    def make(self, path, body):
        status, answer = self.ask("POST", corpus.API + path, body)
        if status not in (200, 201, 202):
            raise corpus.Stop(f"POST {path} answered {status}: {answer}")
        return answer


def fill(hub, api, home):
    """One thing of each kind, so that there is something to find, to change and to delete."""
    for name in ("acme", "other"):
        api.make("v3/namespaces/", {"name": name, "groups": []})
    api.make("pulp/api/v3/remotes/ansible/collection/", {"name": "far", "url": "https://galaxy.example.com/"})
    repository = "pulp/api/v3/repositories/ansible/ansible/"
    api.make(repository, {"name": "own"})
    api.make("_ui/v1/groups/", {"name": "crew"})
    api.make("_ui/v1/users/", {"username": "ana", "password": "Hedgehog-4-tea"})
    api.make("pulp/api/v3/roles/", {"name": "mine.role", "permissions": ["galaxy.add_namespace"]})
    api.make("_ui/v2/teams/", {"name": "team"})
    api.make("v3/auth/tokens/", {"name": "spare"})

    def run(*command):
        done = subprocess.run([corpus.CLIENT, *command], cwd=home, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, env={**os.environ, "HOME": str(home), "LC_ALL": "C.UTF-8"})
        if done.returncode:
            raise corpus.Stop(f"ansible-galaxy {' '.join(command)} said:\n{done.stdout}")

    run("collection", "init", "acme.tools")
    (home / "acme/tools/meta/runtime.yml").write_text('requires_ansible: ">=2.15.0"\n')
    run("collection", "build", "acme/tools")
    run("collection", "publish", "acme-tools-1.0.0.tar.gz", "--server", f"http://{hub.address}{corpus.API}",
        "--token", hub.token)


def identity(thing):
    """How the path of a thing names it."""
    found = UUID.findall(str(thing.get("pulp_href", "")))
    return found[-1] if found else thing.get("id", thing.get("pk", thing.get("pulp_id")))


def known(api, paths):
    """What the parts of each path can be, so that it leads to something: the last of the list in front of an id."""
    found = {}
    for path in paths:
        values = {name: NAMES[name] for name in re.findall(r"{(\w+)}", path) if name in NAMES}
        if "{namespace}" in path:
            values["name"] = "tools"
        front, id, _rest = path.partition("{id}")
        if id and "{" not in front:
            _status, answer = api.ask("GET", front)
            things = (answer or {}).get("results", (answer or {}).get("data", [])) if isinstance(answer, dict) else []
            values.update({"id": identity(thing) for thing in things if identity(thing) is not None})
        found[path] = values
    return found


# Schemathesis loads this as a module of its own. Every second path leads to something.
HOOKS = """
import json, pathlib
import schemathesis

KNOWN = json.loads(pathlib.Path(__file__).with_name("known.json").read_text())

@schemathesis.hook
def map_path_parameters(context, path_parameters):
    values = KNOWN.get(context.operation.path, {})
    if path_parameters and len(str(path_parameters)) % 2:
        path_parameters = {**path_parameters, **{key: values[key] for key in path_parameters if key in values}}
    return path_parameters
"""


class Attack:
    """A run of schemathesis, beside others."""

    def __init__(self, hub, home, args, title, examples, options):
        self.title = title
        command = [pathlib.Path(sys.executable).with_name("schemathesis"), "run", home / "openapi.json",
                   "--url", f"http://{hub.address}", "--checks", "not_a_server_error", "--phases", args.phases,
                   "--max-examples", examples, "--seed", args.seed,
                   # How fast a machine is says nothing of the hub.
                   "--request-timeout", "60", "--suppress-health-check", "too_slow", "--generation-database", "none",
                   "--warnings", "off", "--continue-on-failure", "--no-color", *options]
        self.log = home / f"{title}.log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen([str(word) for word in command], cwd=home, stdout=log, stderr=log, env={
                **os.environ, "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(home)})

    def went_well(self):
        """Waits for its end. Returns whether the hub did not fail."""
        status, said = self.process.wait(), self.log.read_text()
        if status:
            print(f"WRONG, asked as a {self.title}:\n{said}")
        else:
            print(f"as a {self.title}: {' '.join(re.findall('[0-9]+ generated', said))}", flush=True)
        return status == 0


def answers(api):
    """How many answers of each hundred the hub has given, and how many operations answered well."""
    counts, good = {}, set()
    _status, text = api.read("GET", "/metrics")
    for labels, count in re.findall(r"^galaxy_request_seconds_count{(.*)} ([0-9]+)$", text, re.MULTILINE):
        status = re.search(r'status="([0-9])', labels)[1]
        counts[status] = counts.get(status, 0) + int(count)
        if status == "2":
            good.add(re.sub(r',?status="[0-9]+"', "", labels))
    return counts, len(good)


def run(args):
    if not args.binary.exists():
        raise corpus.Stop(f"{args.binary} is missing; build it with: cargo build")
    if not corpus.CLIENT.exists():
        raise corpus.Stop(f"{corpus.CLIENT} is missing; bash tests/run.sh installs it")
    with tempfile.TemporaryDirectory(prefix="pocket-galaxy-") as home:
        home = pathlib.Path(home)
        hub = corpus.Hub(args.binary.resolve(), home)
        with hub.running():
            return try_all(hub, home, args)


def try_all(hub, home, args):
    api = Api(hub)
    fill(hub, api, home)
    _status, description = api.ask("GET", corpus.API + "v3/openapi.json")
    check(description)
    (home / "openapi.json").write_text(json.dumps(description))
    (home / "known.json").write_text(json.dumps(known(api, description["paths"])))
    (home / "hooks.py").write_text(HOOKS)
    # Small numbers are guessed often: those before the superuser are for that.
    for number in range(40):
        api.make("pulp/api/v3/users/", {"username": f"crowd{number}", "password": None})
    # A token with a name: requests that end the caller's token end the one without.
    api.make("_ui/v1/users/", {"username": SUPERUSER, "password": "Hedgehog-4-tea", "is_superuser": True})
    command = [args.binary, "token", "create", "--user", SUPERUSER, "--name", "hostile", "--data", home / "data"]
    token = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    options = ["--header", f"Authorization: Token {token}"]
    for path in SELF_DESTRUCTION:
        options += ["--exclude-path", path]
    # Most of what a stranger asks ends at the door.
    attacks = [Attack(hub, home, args, "superuser", args.examples, options),
               Attack(hub, home, args, "stranger", max(1, args.examples // 4), [])]
    well = [attack.went_well() for attack in attacks]
    counts, good = answers(api)
    print(f"answers: {', '.join(f'{count} of {status}xx' for status, count in sorted(counts.items()))}; "
          f"{good} operations went well")
    api.headers["Authorization"] = f"Token {token}"
    status, me = api.ask("GET", corpus.API + "_ui/v1/me/")
    if status != 200 or not me["is_superuser"]:
        raise corpus.Stop("the superuser who asked is none any more, so the last requests were those of a stranger")
    if good < GOOD_MIN:
        raise corpus.Stop(f"fewer than {GOOD_MIN} operations went well, so little of the hub was tried")
    return all(well) and "5" not in counts


def check(description):
    """Fails if the description is no valid OpenAPI document."""
    import openapi_spec_validator

    try:
        openapi_spec_validator.validate(description)
    except Exception as error:
        raise corpus.Stop(f"the description is not valid: {error}") from error


def parse(argv):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    binary = corpus.TARGET / "debug" / "pocket-galaxy"
    parser.add_argument("--binary", type=pathlib.Path, metavar="FILE", default=binary,
                        help="the hub (default: the one that cargo build makes)")
    parser.add_argument("--examples", type=int, metavar="N", default=8,
                        help="how often a superuser asks for each operation; a stranger does a quarter of that")
    parser.add_argument("--phases", default="fuzzing", help="of schemathesis: examples, coverage, fuzzing, stateful")
    parser.add_argument("--seed", type=int, metavar="N", default=1, help="which random requests")
    return parser.parse_args(argv)


def main():
    return corpus.conclude(run, parse(sys.argv[1:]))


if __name__ == "__main__":
    sys.exit(main())
