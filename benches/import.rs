//! What an import costs, step by step: `cargo bench --bench import`.
//!
//! Each group takes one artifact through more and more of the work, so the difference between two arms is the price of
//! one step: `unpack` only inflates and hashes, `harvest` also parses the sources of plugins, `whole` does all that an
//! import does up to the database. Real collections are measured too when they are named, with commas:
//! `IMPORT_BENCH=corpus/real/cisco-ios-11.6.0.tar.gz,… cargo bench --bench import`.

#![allow(clippy::unwrap_used)] // a benchmark that panics is a benchmark that failed
#![allow(missing_docs, unreachable_pub, dead_code)] // the harness of the tests, of which this uses a part

/// The harness of the tests, as far as benchmarks need it.
#[path = "../tests/galaxy/support"]
mod support {
    pub mod tarball;
}

use std::fmt::Write;
use std::io::Cursor;
use std::path::Path;

use criterion::Criterion;
use criterion::Throughput;
use criterion::criterion_group;
use criterion::criterion_main;
use pocket_galaxy::archive::collection;
use pocket_galaxy::archive::collection::Reading;
use pocket_galaxy::archive::harvest::Harvest;
use pocket_galaxy::archive::limits::Limits;
use pocket_galaxy::archive::rejection::Rejection;
use pocket_galaxy::archive::tarball::compression;
use pocket_galaxy::archive::tarball::walk::Visitor;
use pocket_galaxy::archive::tarball::walk::Wish;
use pocket_galaxy::archive::tarball::walk::walk;
use pocket_galaxy::kernel::name::ArtifactName;

use crate::support::tarball::collection as build;

/// An artifact and the name it is published under.
struct Subject {
    name: ArtifactName,
    bytes: Vec<u8>,
}

impl Subject {
    fn read(path: &Path) -> Self {
        let name = path.file_name().unwrap().to_str().unwrap();
        Self {
            name: ArtifactName::parse(name).unwrap(),
            bytes: std::fs::read(path).unwrap(),
        }
    }

    /// A collection of modules with documentation and code of usual length, about `kilobytes` when packed.
    fn made(name: &str, kilobytes: usize) -> Self {
        // Random digits do not compress, and a module has about a kilobyte of what does not.
        let builder = (0..kilobytes).fold(build(&format!("acme.{name}")), |builder, n| {
            builder.file(&format!("plugins/modules/m{n}.py"), module(n))
        });
        let artifact = builder.build();
        Self {
            name: ArtifactName::parse(&artifact.file_name()).unwrap(),
            bytes: artifact.bytes,
        }
    }
}

fn module(number: usize) -> String {
    let mut state = number as u64 + 1;
    let mut noise = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        state >> 16
    };
    let mut text = format!(
        "#!/usr/bin/python\nDOCUMENTATION = r'''\nmodule: m{number}\nshort_description: Number {number}\noptions:\n"
    );
    for option in 0..12 {
        let described = format!(
            "What {:x} is for, and what {:x} has to do with it.",
            noise(),
            noise()
        );
        write!(
            text,
            "  option{option}:\n    description: {described}\n    type: str\n    default: '{:x}'\n",
            noise()
        )
        .unwrap();
    }
    text +=
        "extends_documentation_fragment: [files]\n'''\nEXAMPLES = '''\n- acme.bench.m: {}\n'''\n";
    text += "RETURN = '''\nstate: {description: What is now, returned: always, type: str}\n'''\n";
    for line in 0..60 {
        writeln!(
            text,
            "def f{line}(module):\n    return module.params.get('{:x}', {line})\n",
            noise() & 0xffff
        )
        .unwrap();
    }
    text
}

/// Sees what an import sees, and forgets it.
struct Gatherer(Harvest);

impl Visitor for Gatherer {
    fn wish(&mut self, path: &str, size: u64) -> Result<Wish, Rejection> {
        Ok(if self.0.wants(path, size) {
            Wish::See
        } else {
            Wish::Pass
        })
    }

    fn see(&mut self, path: &str, sha256: [u8; 32], content: Vec<u8>) -> Result<(), Rejection> {
        self.0.take(path, sha256, content)
    }
}

fn visit(subject: &Subject, visitor: &mut dyn Visitor) -> usize {
    let mut file = Cursor::new(&subject.bytes);
    let reader = compression::open(&mut file).unwrap();
    let tree = walk(reader, &Limits::default(), u64::MAX, visitor);
    tree.ok().unwrap().paths().count()
}

fn whole(subject: &Subject) -> usize {
    let reading = Reading {
        expected: &subject.name,
        limits: &Limits::default(),
        library: &(),
    };
    let read = collection::read(&mut Cursor::new(&subject.bytes), reading, &mut ());
    read.ok().unwrap().docs.blob.len()
}

fn steps(criterion: &mut Criterion) {
    let named = std::env::var("IMPORT_BENCH").unwrap_or_default();
    let real = named.split(',').filter(|path| !path.is_empty());
    let subjects = [Subject::made("small", 50), Subject::made("large", 3000)];
    for subject in subjects
        .into_iter()
        .chain(real.map(|path| Subject::read(Path::new(path))))
    {
        let kilobytes = subject.bytes.len() / 1000;
        let mut group = criterion.benchmark_group(format!("{}_{kilobytes}_kB", subject.name));
        group.throughput(Throughput::Bytes(subject.bytes.len() as u64));
        group.sample_size(10);
        group.bench_function("unpack", |bencher| {
            bencher.iter(|| visit(&subject, &mut ()))
        });
        group.bench_function("harvest", |bencher| {
            bencher.iter(|| {
                visit(
                    &subject,
                    &mut Gatherer(Harvest::new(&Limits::default()).unwrap()),
                )
            });
        });
        group.bench_function("whole", |bencher| bencher.iter(|| whole(&subject)));
        group.finish();
    }
}

criterion_group!(benches, steps);
criterion_main!(benches);
