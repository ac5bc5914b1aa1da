//! What the hub's hot paths cost. Each group has two arms that run in turn, so that their ratio means
//! something on a busy machine: `cargo bench` or `cargo bench -- versions`.

#![allow(clippy::unwrap_used)] // a benchmark that panics is a benchmark that failed
#![allow(missing_docs, unreachable_pub, dead_code)] // the harness of the tests, of which this uses a part

/// The harness of the tests, as far as benchmarks need it.
#[path = "../tests/galaxy/support"]
mod support {
    pub mod browser;
    pub mod client;
    pub mod form;
    pub mod server;
    /// What is measured is not watched.
    pub mod plans {
        use pocket_galaxy::db::Db;

        pub fn watch() {}

        pub fn check(_: &Db) {}
    }
    pub mod tarball;
}

use std::hint::black_box;

use criterion::Criterion;
use criterion::Throughput;
use criterion::criterion_group;
use criterion::criterion_main;
use pocket_galaxy::kernel::version::Version;

use crate::support::client::Client;
use crate::support::server::TestServer;
use crate::support::tarball::Artifact;
use crate::support::tarball::collection;

/// Bytes that do not compress, so that sizes are what they say.
fn noise(count: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    (0..count).map(|_| next()).collect()
}

fn version_key(criterion: &mut Criterion) {
    let texts: Vec<String> = (0..100)
        .map(|n| format!("{}.{}.{}-rc.{n}", n % 7, n % 13, n))
        .collect();
    let mut group = criterion.benchmark_group("version_key");
    group.throughput(Throughput::Elements(texts.len() as u64));
    group.bench_function("parse_and_key", |bencher| {
        bencher.iter(|| {
            texts
                .iter()
                .map(|text| Version::parse(black_box(text)).unwrap().key().len())
                .sum::<usize>()
        });
    });
    group.bench_function("parse_with_semver_crate", |bencher| {
        bencher.iter(|| {
            texts
                .iter()
                .map(|text| semver::Version::parse(black_box(text)).unwrap().pre.len())
                .sum::<usize>()
        });
    });
    group.finish();
}

fn publish(client: &Client, artifact: &Artifact) {
    client.publish(artifact).succeeds();
}

fn http(criterion: &mut Criterion) {
    let galaxy = TestServer::start();
    let admin = galaxy.admin();
    for patch in 0..350 {
        publish(
            &admin,
            &collection("acme.many")
                .version(&format!("1.0.{patch}"))
                .build(),
        );
    }
    publish(&admin, &collection("acme.few").build());
    publish(
        &admin,
        &collection("acme.large")
            .file("files/blob.bin", noise(3_000_000))
            .build(),
    );
    let mut get = |group: &str, arms: [(&str, &str); 2]| {
        let mut group = criterion.benchmark_group(group);
        for (arm, path) in arms {
            group.bench_function(arm, |bencher| {
                bencher.iter(|| admin.get(path).expect(200).bytes.len())
            });
        }
        group.finish();
    };
    get(
        "versions",
        [
            (
                "first_100_of_350",
                "v3/collections/acme/many/versions/?limit=100",
            ),
            (
                "the_only_one",
                "v3/collections/acme/few/versions/?limit=100",
            ),
        ],
    );
    get(
        "version",
        [
            ("detail", "v3/collections/acme/many/versions/1.0.17/"),
            ("bare_request", "/livez"),
        ],
    );
    let file = "v3/plugin/ansible/content/published/collections/artifacts/acme-large-1.0.0.tar.gz";
    let link = admin.get(file).expect(302).header("location").to_owned();
    let path = link.strip_prefix(&galaxy.origin()).unwrap().to_owned();
    let ranged = admin.header("range", "bytes=0-65535");
    let mut group = criterion.benchmark_group("download");
    group.bench_function("3_MB", |bencher| {
        bencher.iter(|| admin.get(&path).expect(200).bytes.len())
    });
    group.bench_function("its_first_64_KiB", |bencher| {
        bencher.iter(|| ranged.get(&path).expect(206).bytes.len())
    });
    group.finish();
}

criterion_group!(benches, version_key, http);
criterion_main!(benches);
