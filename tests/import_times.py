"""Time how long it takes until a published collection can be installed and its documentation read.

    tests/import_times.py FILE.tar.gz …      artifacts, such as those of ../shared/tools/build_corpus.py

Each one is published several times, each time to a hub with an empty data directory, with the bytes that the real client
would send. The clock runs from the first byte sent until the import has ended and the whole documentation was fetched.
Prints the median. Needs a release build: cargo build --release. Start reading at main().
"""

import argparse
import pathlib
import statistics
import sys
import tempfile
import time

sys.dont_write_bytecode = True  # no folder of compiled files among the tests

import corpus  # noqa: E402


def publish_once(binary, path):
    """Publishes to a new hub. Returns (seconds, size of the documentation in bytes, memory of the hub in MiB)."""
    namespace, name, version = path.name.removesuffix(".tar.gz").split("-", 2)
    artifact = argparse.Namespace(path=path)
    with tempfile.TemporaryDirectory(prefix="pocket-galaxy-") as home:
        hub = corpus.Hub(binary, pathlib.Path(home))
        with hub.running():
            uploader = corpus.Uploader(hub)
            began = time.perf_counter()
            refusal = uploader.publish(artifact)
            if refusal:
                raise corpus.Stop(f"{path.name}: {refusal}")
            docs = f"{corpus.API}v3/collections/{namespace}/{name}/versions/{version}/docs-blob/"
            uploader.connection.request("GET", docs, headers={"Authorization": f"Token {hub.token}",
                                                              "Accept-Encoding": "gzip"})
            size = len(uploader.connection.getresponse().read())
            return time.perf_counter() - began, size, hub.resident()


def parse(argv):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=pathlib.Path, nargs="+", metavar="FILE")
    parser.add_argument("--binary", type=pathlib.Path, metavar="FILE",
                        default=corpus.TARGET / "release" / "pocket-galaxy")
    parser.add_argument("--runs", type=int, metavar="N", default=5)
    return parser.parse_args(argv)


def run(args):
    for path in args.files:
        if not path.exists():
            raise corpus.Stop(f"{path} is missing")
        runs = [publish_once(args.binary.resolve(), path) for _ in range(args.runs)]
        median = statistics.median(seconds for seconds, _, _ in runs)
        print(f"{path.name:44} {path.stat().st_size / 1e6:7.2f} MB  {median * 1000:8.1f} ms  "
              f"docs {runs[0][1] / 1e6:6.2f} MB in gzip, hub at most {max(run[2] for run in runs)} MiB", flush=True)
    return True


def main():
    return corpus.conclude(run, parse(sys.argv[1:]))


if __name__ == "__main__":
    sys.exit(main())
