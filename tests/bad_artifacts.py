"""Publish faulty artifacts, one of each kind, to a running Pocket Galaxy, and see that each ends as it must.

    tests/bad_artifacts.py                   builds them first (tests/run.sh does this)
    tests/bad_artifacts.py --corpus DIR      takes those that ../shared/tools/build_corpus.py --bad wrote

`reject` must be refused with a sentence that tells the fault, `accept` published, `either` survived. After each one the
hub must be well, hold nothing of what it refused, and have used little memory; nothing may appear outside of its folder.
Ends with status 1 if anything is otherwise. Start reading at main().
"""

import argparse
import contextlib
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True  # no folder of compiled files among the tests

import corpus  # noqa: E402

# The promise is about one import; the hub itself and the upload are in it too.
MEMORY_MAX = 150
# What a refusal must never say: the hub's own mistakes.
OWN_FAULTS = re.compile(r"internal error|panick|traceback|interrupted", re.IGNORECASE)


class Bad:
    """One row of expected.json."""

    def __init__(self, folder, row):
        self.path = folder / row["file"]
        self.kind, self.expect, self.reason = row["kind"], row["expect"], row["reason"]

    def __str__(self):
        return f"{self.kind} ({self.reason})"


def build():
    """Builds the artifacts below the target folder; needs no network."""
    folder = corpus.TARGET / "corpus" / "bad"
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, corpus.BUILDER, "--bad", "--out", folder]
    if subprocess.run(command, stdout=subprocess.DEVNULL).returncode:
        raise corpus.Stop("the faulty artifacts could not be built, as told above")
    return folder


class Memory:
    """The most memory the hub used since the last look, where the system tells."""

    def __init__(self, hub):
        self.hub = hub

    def reset(self):
        with contextlib.suppress(OSError):
            pathlib.Path(f"/proc/{self.hub.process.pid}/clear_refs").write_text("5")

    def peak(self):
        return self.hub.resident()


def leftovers(hub):
    """Files of artifacts in the hub's folder."""
    return {path.name for path in (hub.home / "data" / "artifacts").rglob("*") if path.is_file()}


def lets_go(hub, before):
    """Whether the hub soon has the files again that it had before: it removes one after it has told that it will."""
    deadline = time.monotonic() + 10
    while leftovers(hub) != before:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def try_one(hub, bad, memory):
    """Publishes one. Returns (what is wrong with how that ended, what the hub said, peak memory in MiB)."""
    before = leftovers(hub)
    memory.reset()
    said = corpus.Uploader(hub).publish(bad)
    peak = memory.peak()
    if not hub.is_ready():
        return "the hub is not ready any more", said, peak
    if bad.expect == "reject" and not said:
        return "it was published", said, peak
    if bad.expect == "accept" and said:
        return "it was refused", said, peak
    if said and OWN_FAULTS.search(said):
        return "the refusal does not tell what is wrong with the file", said, peak
    if said and not lets_go(hub, before):
        return "it was refused, and something of it was kept", said, peak
    if peak > MEMORY_MAX:
        return f"it took {peak} MiB of memory, more than {MEMORY_MAX}", said, peak
    return None, said, peak


def try_all(hub, folder, verbose):
    """Publishes all of them, one after the other. Returns whether all ended well."""
    rows = [Bad(folder, row) for row in json.loads((folder / "expected.json").read_text())["artifacts"]]
    memory, wrong, most = Memory(hub), 0, (0, None)
    for bad in rows:
        fault, said, peak = try_one(hub, bad, memory)
        most = max(most, (peak, bad.kind))
        wrong += fault is not None
        if fault or verbose:
            print(f"{'WRONG: ' + fault if fault else 'well':5} {bad.expect:7} {peak:4} MiB  {bad}\n      {said}", flush=True)
    counts = {word: sum(bad.expect == word for bad in rows) for word in ("reject", "either", "accept")}
    print(f"{len(rows)} faulty artifacts ({counts['reject']} to be refused, {counts['either']} to be survived, "
          f"{counts['accept']} to be accepted): {wrong} ended wrongly; at most {most[0]} MiB of memory ({most[1]})")
    return bool(rows) and not wrong


def run(args):
    if not args.corpus and not corpus.BUILDER.exists():
        line = f"no faulty artifacts were tried: {corpus.BUILDER}, which builds them, is not on this machine"
        if args.if_available:
            print(line)
            return True
        raise corpus.Stop(f"{line}; give a folder of them with --corpus")
    if not args.binary.exists():
        raise corpus.Stop(f"{args.binary} is missing; build it with: cargo build")
    folder = args.corpus.resolve() if args.corpus else build()
    with tempfile.TemporaryDirectory(prefix="pocket-galaxy-") as home:
        home = pathlib.Path(home) / "deep" / "er"
        home.mkdir(parents=True)
        hub = corpus.Hub(args.binary.resolve(), home)
        with hub.running():
            well = try_all(hub, folder, args.verbose)
        strays = [path for path in home.parent.parent.rglob("*evil*")]
        for stray in strays:
            print(f"WRONG: {stray} was written")
        return well and not strays


def parse(argv):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=pathlib.Path, metavar="FILE", default=corpus.TARGET / "debug" / "pocket-galaxy",
                        help="the hub (default: the one that cargo build makes)")
    parser.add_argument("--corpus", type=pathlib.Path, metavar="DIR", help="where the artifacts and expected.json are")
    parser.add_argument("--verbose", action="store_true", help="print how each one ended")
    parser.add_argument("--if-available", action="store_true",
                        help="end well when the tool that builds the artifacts is not on this machine")
    return parser.parse_args(argv)


def main():
    return corpus.conclude(run, parse(sys.argv[1:]))


if __name__ == "__main__":
    sys.exit(main())
