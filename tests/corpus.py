"""Publish real collections to a running Pocket Galaxy, install them back, and compare every byte.

    tests/corpus.py                          a few collections, built when needed (tests/run.sh does this)
    tests/corpus.py --all --corpus DIR       every artifact of a corpus that ../shared/tools/build_corpus.py wrote

Starts the hub on an empty data directory, publishes every version (the newest of the largest collections with the
real client, the rest with the bytes that client would send), installs the latest version of each collection with its
dependencies and its oldest version too, and compares what was installed with the artifacts. Ends with status 1 if
anything is refused, missing or different. Start reading at main().
"""

import argparse
import base64
import concurrent.futures
import contextlib
import hashlib
import http.client
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tarfile
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target").resolve()
BUILDER = ROOT.parent / "shared" / "tools" / "build_corpus.py"
CLIENT = TARGET / "clients" / "2.19" / "bin" / "ansible-galaxy"
API = "/api/galaxy/"

# Two releases of the `ansible` package are the least that gives several versions; each is a download of 50 MB.
SUBSET_RELEASES = ["14.5.0", "13.8.0"]
SUBSET = "amazon.aws ansible.posix community.docker community.library_inventory_filtering_v1 kubernetes.core".split()
# Published with the real client: starting it takes longer than all of the rest.
BY_CLIENT = 12
# Four artifacts of the corpus do not say which Ansible they need. The reference refuses them; if the hub does that too,
# its reason must name this.
REFUSED_BY_RIGHT = "requires_ansible"


class Stop(Exception):
    """A sentence for whoever runs this."""


# ---------------------------------------------------------------------------------------------------- the corpus


class Artifact:
    """One row of the index."""

    def __init__(self, folder, row):
        self.path = folder / row["file"]
        self.collection = f"{row['namespace']}.{row['name']}"
        self.version = row["version"]
        self.size = row["size"]
        self.lacks_requirement = row["requires_ansible"] is None

    def __str__(self):
        return f"{self.collection} {self.version}"


def read_corpus(folder, everything):
    """The artifacts of a corpus by collection, oldest version first."""
    try:
        rows = json.loads((folder / "index.json").read_text())["artifacts"]
    except FileNotFoundError:
        raise Stop(f"{folder} has no index.json; make a corpus with: {BUILDER} --out {folder}") from None
    corpus = {}
    for row in rows:
        artifact = Artifact(folder, row)
        if everything or artifact.collection in SUBSET:
            corpus.setdefault(artifact.collection, []).append(artifact)
    if not corpus:
        raise Stop(f"{folder} has none of {', '.join(SUBSET)}; take every artifact with --all")
    return corpus


def build_subset():
    """Builds the few collections of SUBSET below the target folder; needs the network the first time."""
    folder = TARGET / "corpus" / "real"
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, BUILDER, *SUBSET_RELEASES, "--out", folder, "--cache", TARGET / "corpus" / "downloads"]
    command += [word for name in SUBSET for word in ("--only", name)]
    if subprocess.run(command).returncode:
        raise Stop("the collections could not be built, as told above; pip must be able to reach a package index")
    return folder


# ------------------------------------------------------------------------------------------------------- the hub


class Hub:
    """A server and the token of its administrator."""

    def __init__(self, binary, home):
        self.binary, self.home = binary, home
        # Somebody else could take the port before the hub does. Then it says so, and this ends.
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.address = "127.0.0.1:%d" % probe.getsockname()[1]

    @contextlib.contextmanager
    def running(self):
        """Runs it for as long as the block lasts. A hub that goes away tells its last words."""
        command = [self.binary, "serve", "--data", self.home / "data", "--listen", self.address]
        with open(self.home / "hub.log", "wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            self.await_ready()
            command = [self.binary, "token", "create", "--user", "admin", "--data", self.home / "data"]
            self.token = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
            yield
        except (OSError, http.client.HTTPException, subprocess.CalledProcessError) as error:
            raise Stop(f"{error!r}; the hub said last:\n{self.last_words()}") from error
        finally:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(30)
            self.process.kill()

    def await_ready(self):
        deadline = time.monotonic() + 30
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise Stop(f"the hub did not start; it said:\n{self.last_words()}")
            time.sleep(0.05)

    def last_words(self):
        return (self.home / "hub.log").read_bytes()[-4000:].decode("utf-8", "replace")

    def is_ready(self):
        connection = http.client.HTTPConnection(self.address, timeout=5)
        with contextlib.closing(connection), contextlib.suppress(OSError):
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        return False

    def resident(self):
        """The most memory the hub has used so far, in MiB, where the system tells."""
        with contextlib.suppress(OSError):
            lines = pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
            return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM:"))
        return 0


# ---------------------------------------------------------------------------------------------------- publishing


class Uploader:
    """Publishes over one connection, with the bytes that the real client would send."""

    def __init__(self, hub):
        self.hub = hub
        self.connection = http.client.HTTPConnection(hub.address, timeout=120)

    def publish(self, artifact):
        """Publishes and waits for the import. Returns why it was refused, or None."""
        boundary = "===============7330845974216740156=="
        headers = {"Content-Type": f'multipart/form-data; boundary="{boundary}"'}
        body = self.form(artifact, boundary)
        status, answer = self.ask("POST", f"{API}v3/artifacts/collections/", body, headers)
        if status != 202:
            return f"{status} {answer}"
        task = answer["task"].rstrip("/").rsplit("/", 1)[1]
        while True:
            status, answer = self.ask("GET", f"{API}v3/imports/collections/{task}/")
            if status != 200:
                return f"{status} {answer}"
            if answer["finished_at"]:
                return None if answer["state"] == "completed" else answer["error"]["description"]
            time.sleep(0.05)

    @staticmethod
    def form(artifact, boundary):
        """Lines of 76 characters, each ended by CR LF, and the same after the last one, as the client does it."""
        data = artifact.path.read_bytes()
        text = base64.encodebytes(data).replace(b"\n", b"\r\n").decode()
        return (
            f"--{boundary}\r\nContent-Transfer-Encoding: base64\r\nContent-Type: application/octet-stream\r\n"
            f'Content-Disposition: form-data; name="file"; filename="{artifact.path.name}"\r\n\r\n{text}\r\n'
            f'--{boundary}\r\nContent-Type: text/plain\r\nContent-Disposition: form-data; name="sha256"\r\n\r\n'
            f"{hashlib.sha256(data).hexdigest()}\r\n--{boundary}--\r\n"
        ).encode()

    def ask(self, method, path, body=None, headers=()):
        headers = {**dict(headers), "Authorization": f"Token {self.hub.token}"}
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        return response.status, json.loads(response.read())


class Client:
    """The real client with a home of its own; one at a time uses it."""

    def __init__(self, command, hub, home):
        self.command, self.home = command, home
        home.mkdir()
        (home / "ansible.cfg").write_text(
            f"[galaxy]\nserver_list = pocket\ncache_dir = {home}/cache\n"
            f"[galaxy_server.pocket]\nurl = http://{hub.address}{API}\ntoken = {hub.token}\n"
        )
        # Nothing of this machine: no proxy, no settings.
        self.environment = {
            "PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "ANSIBLE_NOCOLOR": "true",
            "HOME": str(home), "ANSIBLE_HOME": f"{home}/ansible", "ANSIBLE_CONFIG": f"{home}/ansible.cfg",
            "ANSIBLE_LOCAL_TEMP": f"{home}/scratch",
        }

    def run(self, *arguments):
        """Returns what the command said when it failed, or None."""
        run = subprocess.run(
            [self.command, "collection", *arguments], cwd=self.home, env=self.environment, timeout=600,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True,
        )
        return run.stdout.strip() if run.returncode else None

    def publish(self, artifact):
        return self.run("publish", str(artifact.path))

    @contextlib.contextmanager
    def install(self, requirement):
        """Installs into a folder that is gone afterwards; gives the folder and why it failed, or None."""
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.home))
        try:
            yield folder / "ansible_collections", self.run("install", requirement, "-p", str(folder))
        finally:
            shutil.rmtree(folder)


# ---------------------------------------------------------------------------------------------------- installing


def compare(folder, artifact):
    """What is wrong with an installed collection, or None. Every file counts, and nothing else may be there."""
    installed = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
    published = set()
    with tarfile.open(artifact.path) as tar:
        for member in tar:
            if not member.isfile():
                continue
            name = member.name.removeprefix("./")
            published.add(name)
            if name not in installed:
                return f"{artifact}: {name} is not installed"
            if (folder / name).read_bytes() != tar.extractfile(member).read():
                return f"{artifact}: {name} is not what was published"
    extra = installed - published
    return f"{artifact}: {min(extra)} was never published" if extra else None


def compare_all(folder, published):
    """Compares everything in a folder of installed collections. Returns versions by collection, and what is wrong."""
    versions, wrong = {}, None
    for manifest in folder.glob("*/*/MANIFEST.json"):
        info = json.loads(manifest.read_text())["collection_info"]
        name = f"{info['namespace']}.{info['name']}"
        versions[name] = info["version"]
        artifact = next((a for a in published.get(name, []) if a.version == info["version"]), None)
        fault = compare(manifest.parent, artifact) if artifact else f"{name} {info['version']}: never published"
        wrong = wrong or fault
    return versions, wrong


def check_install(client, artifact, published, pinned):
    """Installs a collection with its dependencies and compares all. Returns (what happened, why it is wrong)."""
    requirement = f"{artifact.collection}:{artifact.version}" if pinned else artifact.collection
    with client.install(requirement) as (folder, failure):
        if failure:
            return "failed", f"{requirement}: {failure}"
        versions, wrong = compare_all(folder, published)
    if not wrong and versions.get(artifact.collection) != artifact.version:
        wrong = f"{requirement}: {versions.get(artifact.collection)} was installed, not {artifact.version}"
    return ("different", wrong) if wrong else ("same bytes", None)


# -------------------------------------------------------------------------------------------------------- stages


def in_parallel(title, workers, work, items):
    """Calls work(worker, item) for each item, one thread for each worker, and tells how fast that went.

    Returns the results in the order of the items.
    """
    idle, own = list(workers), threading.local()

    def call(item):
        if not hasattr(own, "worker"):
            own.worker = idle.pop()
        return work(own.worker, item)

    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(len(workers)) as pool:
        results = list(pool.map(call, items))
    took = time.monotonic() - began
    print(f"{title}: {len(items)} in {took:.1f} s, {len(items) / took:.1f} a second", flush=True)
    return results


def publish_all(hub, clients, corpus, jobs):
    """Publishes the corpus. Returns what was published, by collection, and (artifact, reason) of each refusal."""
    everything = [artifact for versions in corpus.values() for artifact in versions]
    newest = sorted((versions[-1] for versions in corpus.values()), key=lambda artifact: -artifact.size)
    by_client = newest[:BY_CLIENT]
    rest = [artifact for artifact in everything if artifact not in by_client]
    reasons = in_parallel("published with the real client", clients, Client.publish, by_client)
    uploaders = [Uploader(hub) for _ in range(jobs)]
    reasons += in_parallel("published with its bytes", uploaders, Uploader.publish, rest)
    refused = {artifact: reason for artifact, reason in zip(by_client + rest, reasons) if reason}
    published = {name: [a for a in versions if a not in refused] for name, versions in corpus.items()}
    return {name: versions for name, versions in published.items() if versions}, refused


def install_all(clients, published):
    """Installs the latest and the oldest version of each collection. Returns both outcomes by collection."""
    def latest(client, name):
        return check_install(client, published[name][-1], published, pinned=False)

    def oldest(client, name):
        return check_install(client, published[name][0], published, pinned=True)

    several = [name for name, versions in published.items() if len(versions) > 1]
    first = in_parallel("latest versions installed and compared", clients, latest, list(published))
    second = in_parallel("oldest versions installed and compared", clients, oldest, several)
    return dict(zip(published, first)), dict(zip(several, second))


def report(corpus, published, refused, latest, oldest):
    """Prints the table and what went wrong. Returns whether all went well."""
    print(f"\n{'collection':44} {'versions':>8} {'latest':>12} {'':20} {'oldest':>12}")
    nothing = ("", None)
    for name, versions in corpus.items():
        kept = published.get(name, [])
        row = f"{name:44} {f'{len(kept)}/{len(versions)}':>8} {kept[-1].version if kept else '-':>12}"
        row += f" {latest.get(name, nothing)[0]:20} {kept[0].version if name in oldest else '':>12}"
        print(f"{row} {oldest.get(name, nothing)[0]}".rstrip())
    by_right = [artifact for artifact, reason in refused.items()
                if artifact.lacks_requirement and REFUSED_BY_RIGHT in reason]
    for artifact, reason in refused.items():
        print(f"\nrefused{' (rightly)' if artifact in by_right else ''}: {artifact}: {reason}")
    wrong = [why for _, why in [*latest.values(), *oldest.values()] if why]
    for why in wrong:
        print(f"\nwrong: {why}")
    print(f"\n{sum(map(len, published.values()))} artifacts of {len(published)} collections published, {len(refused)} "
          f"refused ({len(by_right)} rightly), {len(latest) + len(oldest)} installs, {len(wrong)} of them wrong")
    return not wrong and len(refused) == len(by_right)


def parse(argv):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=pathlib.Path, metavar="FILE", default=TARGET / "debug" / "pocket-galaxy",
                        help="the hub (default: the one that cargo build makes)")
    parser.add_argument("--client", type=pathlib.Path, metavar="FILE", default=CLIENT,
                        help="ansible-galaxy (default: the one that tests/run.sh installs)")
    parser.add_argument("--corpus", type=pathlib.Path, metavar="DIR", help="where the artifacts are")
    parser.add_argument("--all", action="store_true", help="take every artifact of the corpus")
    parser.add_argument("--jobs", type=int, metavar="N", default=os.cpu_count() or 2, help="how many at a time")
    parser.add_argument("--if-available", action="store_true",
                        help="end well when the tool that builds collections is not on this machine")
    return parser.parse_args(argv)


def run(args):
    if not args.corpus and not BUILDER.exists():
        line = f"no real collections were tried: {BUILDER}, which builds them, is not on this machine"
        if args.if_available:
            print(line)
            return True
        raise Stop(f"{line}; give a folder of artifacts with --corpus")
    if not args.client.exists():
        raise Stop(f"{args.client} is missing; bash tests/run.sh installs it")
    if args.all and not args.corpus:
        raise Stop(f"--all needs --corpus DIR; make one with: {BUILDER} --out DIR")
    if not args.binary.exists():
        raise Stop(f"{args.binary} is missing; build it with: cargo build")
    corpus = read_corpus(args.corpus.resolve() if args.corpus else build_subset(), args.all)
    with tempfile.TemporaryDirectory(prefix="pocket-galaxy-") as home:
        home = pathlib.Path(home)
        hub = Hub(args.binary.resolve(), home)
        with hub.running():
            clients = [Client(args.client.absolute(), hub, home / f"client{number}") for number in range(args.jobs)]
            published, refused = publish_all(hub, clients, corpus, args.jobs)
            latest, oldest = install_all(clients, published)
            print(f"the hub used at most {hub.resident()} MiB of memory")
        return report(corpus, published, refused, latest, oldest)


def conclude(run, args):
    """Runs it and returns the exit status; why it had to stop is told in a sentence."""
    try:
        return 0 if run(args) else 1
    except Stop as stop:
        print(f"error: {stop}", file=sys.stderr)
        return 1


def main():
    return conclude(run, parse(sys.argv[1:]))


if __name__ == "__main__":
    sys.exit(main())
