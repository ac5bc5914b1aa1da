#!/usr/bin/env python3
"""Compare the plugin documentation of a running Pocket Galaxy with what the real ansible-doc says.

    tests/docs_oracle.py --corpus DIR                      the collections of CORPUS, and what they depend on
    tests/docs_oracle.py --corpus DIR --all                every collection there
    tests/docs_oracle.py --corpus DIR --collections a.b …  some of them
    tests/docs_oracle.py --sample                          the few that tests/corpus.py builds

DIR is a corpus that ../shared/tools/build_corpus.py wrote; of each collection, the newest version counts. What
ansible-doc says is kept in a cache (--cache DIR), as it never changes; --oracle-only fills that and ends. Then this
starts the hub on an empty data directory, publishes all (dependencies first, because fragments come from collections
that the hub has already), and compares plugin by plugin. Ends with status 1 if too few plugins (--at-least PERCENT)
have the same options. Start reading at main().
"""

import argparse
import collections
import gzip
import hashlib
import itertools
import json
import os
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
import time

sys.dont_write_bytecode = True  # no folder of compiled files among the tests

import corpus  # noqa: E402

CLIENT = corpus.TARGET / "clients" / "2.19" / "bin"
CACHE = corpus.TARGET / "corpus" / "oracle"
# Well known, and between them they have every kind of plugin and each odd way of writing its documentation.
CORPUS = """
    amazon.aws ansible.mysql ansible.netcommon ansible.posix ansible.utils ansible.windows arista.eos awx.awx
    azure.azcollection cisco.aci cisco.intersight cisco.ios cisco.nxos community.aws community.crypto community.dns
    community.docker community.general community.hashi_vault community.postgresql community.vmware community.windows
    community.zabbix containers.podman dellemc.openmanage f5networks.f5_modules fortinet.fortios google.cloud
    grafana.grafana hetzner.hcloud infinidat.infinibox junipernetworks.junos kubernetes.core microsoft.ad netapp.ontap
    netapp_eseries.santricity netbox.netbox openstack.cloud vmware.vmware vyos.vyos
""".split()
# What the reference asks ansible-doc for.
TYPES = ("become cache callback cliconf connection filter httpapi inventory lookup module shell strategy test "
         "vars").split()
# What makes an option what it is; the rest explains it.
OPTION = "type elements required default choices aliases".split()
RETURNED = "type elements returned description".split()
# Tables: maps in ansible-doc, lists of rows with a name in the answer.
TABLES = {"options": "suboptions", "suboptions": "suboptions", "return": "contains", "contains": "contains"}
ABSENT = object()
# Prints every text in the fragments of ansible-core; the hub brings the same facts in words of its own.
PRINT_WORDS = """
import importlib, json, pkgutil, yaml, ansible.plugins.doc_fragments as fragments
def texts(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from texts([*value.keys(), *value.values()])
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)
words = set()
for entry in pkgutil.iter_modules(fragments.__path__):
    fragment = importlib.import_module(f"{fragments.__name__}.{entry.name}").ModuleDocFragment
    for name, value in vars(fragment).items():
        if name.isupper() and isinstance(value, str):
            words.update(texts(yaml.safe_load(value)))
print(json.dumps(sorted(word for word in words if " " in word)))
"""


# ---------------------------------------------------------------------------------------------------- the corpus


class Artifact(corpus.Artifact):
    """One row of the index, with what matters here."""

    def __init__(self, folder, row):
        super().__init__(folder, row)
        self.sha256 = row["sha256"]
        self.dependencies = list(row["dependencies"])


def newest(folder):
    """The newest artifact of each collection of a corpus, by collection."""
    try:
        rows = json.loads((folder / "index.json").read_text())["artifacts"]
    except FileNotFoundError:
        raise corpus.Stop(f"{folder} has no index.json; make a corpus with: {corpus.BUILDER} --out {folder}") from None
    artifacts = {}
    for row in rows:  # the oldest version first
        artifact = Artifact(folder, row)
        artifacts[artifact.collection] = artifact
    return artifacts


def closure(names, artifacts):
    """These collections and all they depend on, as far as the corpus has that; dependencies come first."""
    found = {}

    def visit(name, above):
        if name in artifacts and name not in found and name not in above:
            for dependency in artifacts[name].dependencies:
                visit(dependency, {*above, name})
            found[name] = artifacts[name]

    for name in names:
        visit(name, set())
    return list(found.values())


def plugins_of(artifact):
    """The (type, dotted name) of each plugin, as the reference finds them: by file. Two files can be one plugin."""
    found = set()
    with tarfile.open(artifact.path) as tar:
        for member in tar:
            top, *parts = pathlib.PurePosixPath(member.name).parts or [""]
            path = pathlib.PurePosixPath(*parts)
            if top == "plugins" and len(parts) > 1 and member.isfile() and path.suffix in (".py", ".ps1"):
                kind = "module" if parts[0] == "modules" else parts[0]
                if kind in TYPES and path.name != "__init__.py":
                    found.add((kind, ".".join([*path.parts[1:-1], path.stem])))
    return found


# ---------------------------------------------------------------------------------------------------- the oracle


class Oracle:
    """The real ansible-doc, and a folder that remembers its answers."""

    def __init__(self, client, cache, home):
        self.client, self.home = client, home
        self.tree = home / "collections"
        self.unpacked = set()
        home.mkdir()
        (home / "ansible.cfg").write_text("")
        # Nothing of this machine.
        self.environment = {
            "PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "ANSIBLE_NOCOLOR": "true",
            "HOME": str(home), "ANSIBLE_HOME": f"{home}/ansible", "ANSIBLE_CONFIG": f"{home}/ansible.cfg",
            "ANSIBLE_LOCAL_TEMP": f"{home}/scratch", "ANSIBLE_COLLECTIONS_PATH": str(self.tree),
            "ANSIBLE_COLLECTIONS_SCAN_SYS_PATH": "false",
        }
        version = self.call("ansible-doc", "--version")
        self.version = re.match(r"ansible-doc \[core (\S+)\]", version)[1]
        self.cache = cache / self.version
        self.cache.mkdir(parents=True, exist_ok=True)
        self.words = set(self.remember("words.json.gz", lambda: json.loads(self.call("python", "-c", PRINT_WORDS))))

    def call(self, program, *arguments):
        run = subprocess.run(
            [self.client / program, *arguments], cwd=self.home, env=self.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=lambda: os.nice(10),
        )
        if run.returncode:
            raise corpus.Stop(f"{program} {' '.join(arguments)[:200]} failed:\n{run.stderr[-4000:]}")
        return run.stdout

    def remember(self, name, find):
        """The answer in the cache, or the one that `find` finds."""
        path = self.cache / name
        if path.exists():
            return json.loads(gzip.decompress(path.read_bytes()))
        answer = find()
        scratch = path.with_name(f"{name}.{os.getpid()}")
        scratch.write_bytes(gzip.compress(json.dumps(answer).encode(), 6, mtime=0))
        scratch.replace(path)
        return answer

    def docs(self, artifact, needed):
        """What ansible-doc says of each plugin that has documentation, by (type, name).

        `needed` is the collection with what it depends on: fragments of those show in its documentation.
        """
        key = hashlib.sha256("".join(sorted(one.sha256 for one in needed)).encode()).hexdigest()[:16]
        name = f"{artifact.collection}-{artifact.version}-{artifact.sha256[:16]}-{key}.json.gz"
        kinds = self.remember(name, lambda: self.ask(artifact, needed))
        return {
            (kind, full.removeprefix(f"{artifact.collection}.")): said
            for kind, docs in kinds.items() for full, said in docs.items() if "error" not in said
        }

    def ask(self, artifact, needed):
        """One process for all plugins of a collection; `--json` with their names says the same, type by type."""
        for one in needed:
            if one not in self.unpacked:
                self.unpacked.add(one)
                with tarfile.open(one.path) as tar:
                    tar.extractall(self.tree / "ansible_collections" / one.collection.replace(".", "/"))
        began = time.monotonic()
        dump = json.loads(self.call("ansible-doc", "--metadata-dump", "--no-fail-on-errors", "--json",
                                    artifact.collection))
        print(f"asked ansible-doc for {artifact} in {time.monotonic() - began:.1f} s", flush=True)
        return {kind: dump["all"].get(kind, {}) for kind in TYPES}


def rows(table):
    """A table as the reference gives it: no rows at all unless every value is a map. A name of its own wins."""
    if not all(isinstance(value, dict) for value in table.values()):
        return []
    return [{"name": name, **value} for name, value in table.items()]


def reshape(said):
    """What ansible-doc says, in the form of the answer. `filename` is left out."""
    def nested(row, key):
        if isinstance(row.get(key), dict):
            row[key] = [nested(inner, key) for inner in rows(row[key])]
        return row

    doc = {key: value for key, value in said["doc"].items() if key != "filename"}
    if isinstance(doc.get("options"), dict):
        doc["options"] = [nested(row, "suboptions") for row in rows(doc["options"])]
    returned = said["return"]
    if returned and isinstance(returned, dict):
        returned = [nested(row, "contains") for row in rows(returned)]
    return {**said, "doc": doc, "return": returned}


# ------------------------------------------------------------------------------------------------------- the hub


def publish_all(hub, artifacts):
    """Publishes in this order. Returns those that are in the hub now."""
    uploader, published, began = corpus.Uploader(hub), [], time.monotonic()
    for artifact in artifacts:
        reason = uploader.publish(artifact)
        if not reason:
            published.append(artifact)
        elif artifact.lacks_requirement and corpus.REFUSED_BY_RIGHT in reason:
            print(f"refused (rightly): {artifact}: {reason}")
        else:
            raise corpus.Stop(f"{artifact} was refused: {reason}")
    print(f"published {len(published)} collections in {time.monotonic() - began:.1f} s", flush=True)
    return published


def fetch(uploader, artifact):
    """The documentation strings of each plugin in the answer of the hub, by (type, name); None where it has none."""
    namespace, name = artifact.collection.split(".")
    path = f"{corpus.API}v3/plugin/ansible/content/published/collections/index/{namespace}/{name}/versions/"
    status, answer = uploader.ask("GET", f"{path}{artifact.version}/docs-blob/")
    if status != 200:
        raise corpus.Stop(f"{artifact}: the documentation was answered with {status} {answer}")
    found = {}
    for content in answer["docs_blob"]["contents"]:
        if content["content_type"] not in TYPES:
            continue  # roles have entry points there, which the reference leaves out
        strings = content["doc_strings"] or None
        if strings:
            strings["doc"] = {key: value for key, value in strings["doc"].items() if key != "filename"}
        found[content["content_type"], content["content_name"]] = strings
    return found


# ----------------------------------------------------------------------------------------------------- comparing


def same(one, other):
    """Equality as JSON knows it: 1, 1.0 and true are three values."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def is_table(value):
    return isinstance(value, list) and all(isinstance(row, dict) and isinstance(row.get("name"), str) for row in value)


def pairs(expected, got, words):
    """The rows of two tables by name, as (name, row, row); the order does not matter.

    A row that goes by words of ansible-core and not by its own name belongs to one that nothing else fits.
    """
    def by_name(table):
        counts, found = collections.Counter(), {}
        for row in table:
            counts[row["name"]] += 1
            found[row["name"], counts[row["name"]]] = row
        return found

    left, right = by_name(expected), by_name(got)
    free = iter([key for key in right if key not in left])
    for key, row in left.items():
        if key not in right and key[0] in words:
            key = next(free, key)
        yield key[0], row, right.pop(key, ABSENT)
    for key, row in right.items():
        yield key[0], ABSENT, row


def differences(expected, got, words, path=(), tables=("options", "return")):
    """Yields (path, kind, expected, got) for all that differs; kind is words where only the wording does.

    A value below one of the keys `tables` is a table, and a table has such keys again in each of its rows.
    """
    if expected is ABSENT or got is ABSENT:
        yield path, "lacking" if got is ABSENT else "unexpected", expected, got
    elif same(expected, got):
        return
    elif isinstance(expected, dict) and isinstance(got, dict):
        for key in sorted({*expected, *got}):
            below = TABLES if key in tables else tables if key == "doc" else ()
            yield from differences(expected.get(key, ABSENT), got.get(key, ABSENT), words, (*path, key), below)
    elif tables is TABLES and is_table(expected) and is_table(got):
        inner = TABLES[path[-1]]
        for name, one, other in pairs(expected, got, words):
            yield from differences(one, other, words, (*path, (name,)), (inner,))
    elif is_wording(expected, words) and got and is_text(got):
        yield path, "words", expected, got
    elif isinstance(expected, list) and isinstance(got, list):
        for index, (one, other) in enumerate(itertools.zip_longest(expected, got, fillvalue=ABSENT)):
            yield from differences(one, other, words, (*path, (index,)))
    else:
        yield path, "other type" if type(expected) is not type(got) else "other value", expected, got


def is_text(value):
    return isinstance(value, str) or isinstance(value, list) and all(isinstance(part, str) for part in value)


def is_wording(value, words):
    parts = [value] if isinstance(value, str) else value
    return is_text(value) and bool(parts) and words.issuperset(parts)


def written(path):
    return ".".join(f"[{part[0]}]" if isinstance(part, tuple) else part for part in path)


def cause(path, kind):
    """The path without names and numbers, however deep the tables are."""
    text = ".".join("*" if isinstance(part, tuple) else part for part in path)
    text = re.sub(r"(\.(suboptions|contains)\.\*)+", r".\2.*", text)
    return f"{text}: {kind}" if text else kind


def essence(table, keys):
    """A table with nothing but these keys of each row, through all levels."""
    if not is_table(table):
        return table
    return [
        {"name": row["name"], **{key: row[key] for key in keys if key in row},
         **{key: essence(row[key], keys) for key in ("suboptions", "contains") if key in row}}
        for row in table
    ]


class Score:
    """How well the plugins of one collection, or of all, compare."""

    def __init__(self):
        self.documented = self.options = self.returned = self.but_words = self.exact = self.lacking = self.extra = 0

    def add(self, other):
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    def line(self, title):
        def share(count):
            return f"{100 * count / self.documented if self.documented else 100:.2f} %"

        return (f"{title:44} {self.documented:>7} {share(self.options):>9} {share(self.returned):>9} "
                f"{share(self.but_words):>9} {share(self.exact):>9} {self.lacking:>8} {self.extra:>6}")


class Comparison:
    """All differences, and the scores by collection."""

    HEADER = (f"{'collection':44} {'plugins':>7} {'options':>9} {'returns':>9} {'all':>9} {'verbatim':>9} "
              f"{'only ref':>8} {'only us':>6}")

    def __init__(self, words, report):
        self.words, self.report = words, report
        self.scores, self.groups, self.notes = {}, collections.defaultdict(list), []

    def collection(self, artifact, documented, answered):
        """Compares the plugins of a collection; both arguments are by (type, name)."""
        score = self.scores[artifact] = Score()
        names = plugins_of(artifact)
        for name in sorted(names):
            plugin = f"{name[0]} {artifact.collection}.{name[1]}"
            said, got = documented.get(name), answered.get(name)
            score.documented += said is not None
            if said and got:
                self.plugin(score, plugin, reshape(said), got)
            elif said or got:
                score.lacking += said is not None
                score.extra += got is not None
                kind = "documented only by ansible-doc" if said else "documented only by the hub"
                self.tell(plugin, (), kind, ABSENT, ABSENT)
                self.groups[kind].append((plugin, (), ABSENT, ABSENT))
        answers = {name for name in answered if name[0] in TYPES}
        for title, odd in (("not in the answer", names - answers), ("only in the answer", answers - names)):
            if odd:
                self.notes.append(f"{artifact}: {len(odd)} plugins are {title}, such as {' '.join(min(odd))}")

    def plugin(self, score, plugin, said, got):
        score.options += self.alike("options", said["doc"], got["doc"], OPTION)
        score.returned += self.alike("return", said, got, RETURNED)
        found = list(differences(said, got, self.words))
        for difference in found:
            self.tell(plugin, *difference)
        grave = [difference for difference in found if difference[1] != "words"]
        score.exact += not found
        score.but_words += not grave
        if found:
            path, kind, expected, other = (grave or found)[0]
            self.groups[cause(path, kind)].append((plugin, path, expected, other))

    def alike(self, table, expected, got, keys):
        """Whether that table is the same, as far as these keys of its rows go."""
        one, other = ({table: essence(side[table], keys)} if table in side else {} for side in (expected, got))
        return all(kind == "words" for _, kind, _, _ in differences(one, other, self.words))

    def tell(self, plugin, path, kind, expected, got):
        if self.report:
            kind_of_plugin, name = plugin.split()
            line = {"plugin": name, "type": kind_of_plugin, "path": written(path), "cause": cause(path, kind)}
            line.update({} if expected is ABSENT else {"expected": expected}, **{} if got is ABSENT else {"got": got})
            self.report.write(json.dumps(line) + "\n")

    def print(self, at_least):
        """Prints the table and the causes. Returns whether enough options are equal."""
        total = Score()
        print(f"\n{self.HEADER}")
        for artifact, score in self.scores.items():
            total.add(score)
            print(score.line(str(artifact)))
        print(total.line("all"))
        for title, examples in sorted(self.groups.items(), key=lambda group: -len(group[1])):
            print(f"\n{len(examples)} × {title}")
            for plugin, path, expected, got in examples[:3]:
                print(f"    {plugin} {written(path)}".rstrip())
                for who, value in (("expected", expected), ("got", got)):
                    if value is not ABSENT:
                        print(f"        {who:9}{json.dumps(value, ensure_ascii=False)[:100]}")
        for note in self.notes:
            print(f"\nnote: {note}")
        share = 100 * total.options / total.documented if total.documented else 0
        print(f"\n{total.documented} plugins have documentation. {share:.2f} % of them have the same options, at least "
              f"{at_least} % must; {total.lacking} are documented only by ansible-doc, {total.extra} only by the hub")
        return share >= at_least


# -------------------------------------------------------------------------------------------------------- running


def choose(args):
    """The names that were asked for, and the newest artifact of every collection."""
    folder = args.corpus.resolve() if args.corpus else corpus.build_subset()
    artifacts = newest(folder)
    names = args.collections or (corpus.SUBSET if args.sample else sorted(artifacts) if args.all else CORPUS)
    unknown = [name for name in names if name not in artifacts]
    if unknown:
        raise corpus.Stop(f"{folder} does not have {', '.join(unknown)}")
    return names, artifacts


def parse(argv):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=pathlib.Path, metavar="DIR", help="where the artifacts are")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--all", action="store_true", help="take every collection of the corpus")
    which.add_argument("--sample", action="store_true", help="take the few collections that tests/corpus.py builds")
    which.add_argument("--collections", nargs="+", metavar="NAME", help="take these collections")
    parser.add_argument("--binary", type=pathlib.Path, metavar="FILE", help="the hub (default: the one that cargo "
                        "build makes)", default=corpus.TARGET / "debug" / "pocket-galaxy")
    parser.add_argument("--client", type=pathlib.Path, metavar="DIR", default=CLIENT, help="the folder of ansible-doc "
                        "and its python (default: the one that tests/run.sh makes)")
    parser.add_argument("--cache", type=pathlib.Path, metavar="DIR", default=CACHE,
                        help=f"where the answers of ansible-doc are kept (default: {CACHE})")
    parser.add_argument("--report", type=pathlib.Path, metavar="FILE", help="write all differences, as JSON lines")
    parser.add_argument("--at-least", type=float, metavar="PERCENT", default=99.0,
                        help="how many plugins must have the same options (default: 99)")
    parser.add_argument("--oracle-only", action="store_true", help="only fill the cache")
    parser.add_argument("--if-available", action="store_true",
                        help="end well when the tool that builds collections is not on this machine")
    return parser.parse_args(argv)


def run(args):
    if not args.corpus and not args.sample:
        raise corpus.Stop(f"--corpus DIR is missing; make a corpus with: {corpus.BUILDER} --out DIR")
    if not args.corpus and not corpus.BUILDER.exists():
        line = f"no documentation was compared: {corpus.BUILDER}, which builds collections, is not on this machine"
        if args.if_available:
            print(line)
            return True
        raise corpus.Stop(f"{line}; give a folder of artifacts with --corpus")
    if not (args.client / "ansible-doc").exists():
        raise corpus.Stop(f"{args.client / 'ansible-doc'} is missing; bash tests/run.sh installs it")
    if not args.oracle_only and not args.binary.exists():
        raise corpus.Stop(f"{args.binary} is missing; build it with: cargo build")
    names, artifacts = choose(args)
    needed = closure(names, artifacts)
    with tempfile.TemporaryDirectory(prefix="pocket-galaxy-") as home:
        home = pathlib.Path(home)
        oracle = Oracle(args.client.absolute(), args.cache.resolve(), home / "oracle")
        documented = {artifact: oracle.docs(artifact, closure([artifact.collection], artifacts)) for artifact in needed}
        print(f"ansible-core {oracle.version} documents {sum(map(len, documented.values()))} plugins of {len(needed)} "
              "collections", flush=True)
        if args.oracle_only:
            return True
        hub = corpus.Hub(args.binary.resolve(), home)
        with hub.running(), open(args.report or os.devnull, "w") as report:
            comparison = Comparison(oracle.words, report if args.report else None)
            published = publish_all(hub, needed)
            uploader = corpus.Uploader(hub)
            for artifact in published:
                comparison.collection(artifact, documented[artifact], fetch(uploader, artifact))
            print(f"the hub used at most {hub.resident()} MiB of memory")
        return comparison.print(args.at_least)


def main():
    return corpus.conclude(run, parse(sys.argv[1:]))


if __name__ == "__main__":
    sys.exit(main())
