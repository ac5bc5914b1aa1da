//! Random lives of content: whatever is moved, copied, deleted, deprecated and rolled back, each repository holds what a
//! plain model of it holds, and nothing in the database contradicts anything else.

mod check;
mod steps;

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use serde_json::Value;
use serde_json::json;

use crate::properties::life::steps::steps;
use crate::properties::runner;
use crate::support::client::Client;
use crate::support::server::TestServer;
use crate::support::signer::Signer;
use crate::support::tarball::Builder;
use crate::support::tarball::collection;

const REPOSITORIES: &str = "pulp/api/v3/repositories/ansible/ansible/";
const SIGNATURES: &str = "pulp/api/v3/content/ansible/collection_signatures/";
const CONTENT: &str = "/api/galaxy/pulp/api/v3/content/ansible/collection_versions/";

/// The repositories, and how many versions each keeps.
const PLACES: [(&str, Option<i64>); 3] = [("first", None), ("second", Some(1)), ("third", Some(2))];

/// One artifact, as far as the model knows it.
#[derive(Debug, Clone)]
struct Known {
    name: &'static str,
    version: &'static str,
    uuid: String,
    signature: String,
}

impl Known {
    fn namespace(&self) -> &'static str {
        self.name.split_once('.').unwrap().0
    }
}

/// What the versions of a repository hold, by their number: artifacts by theirs.
type History = BTreeMap<i64, BTreeSet<usize>>;

struct Hub {
    server: TestServer,
    admin: Client,
    places: Vec<String>,
    artifacts: Vec<Known>,
    model: Vec<History>,
}

/// Two versions of a collection, one of them twice with other bytes; and two of another, in another namespace.
fn artifacts() -> [(&'static str, &'static str, Builder); 5] {
    let one = |name: &'static str, version: &'static str, words: &str| {
        let artifact = collection(name)
            .version(version)
            .info("description", words.into());
        (name, version, artifact)
    };
    [
        one("acme.a", "1.0.0", "first"),
        one("acme.a", "1.0.0", "other bytes"),
        one("acme.a", "1.1.0-rc.1", "next"),
        one("rival.b", "2.0.0", "last"),
        one("rival.b", "10.0.0", "later"),
    ]
}

impl Hub {
    /// Every artifact is in the first repository once; where two are the same version, the later one stays.
    fn start() -> Self {
        let server = TestServer::start();
        let admin = server.admin();
        let signer = Signer::new();
        let places = PLACES.map(|(name, retain)| {
            let body = json!({
                "name": name, "retain_repo_versions": retain, "gpgkey": signer.public_key(),
            });
            let body = body.to_string();
            let made = admin.post(REPOSITORIES, &body).expect(201).json();
            let href = made["pulp_href"].as_str().unwrap().to_owned();
            let body = json!({"name": name, "base_path": name, "repository": href}).to_string();
            admin
                .post("pulp/api/v3/distributions/ansible/ansible/", &body)
                .expect(202);
            href
        });
        let mut hub = Self {
            server,
            admin,
            places: places.to_vec(),
            artifacts: Vec::new(),
            model: Vec::new(),
        };
        for (name, version, builder) in artifacts() {
            let artifact = builder.build();
            hub.admin
                .publish_to("content/first/v3/artifacts/collections/", &artifact)
                .succeeds();
            let sql = format!(
                "SELECT uuid FROM content WHERE id = (SELECT id FROM collection_version WHERE sha256 = '{}')",
                artifact.sha256()
            );
            hub.artifacts.push(Known {
                name,
                version,
                uuid: hub.server.value(&sql),
                signature: signer.sign(&builder.manifest()),
            });
        }
        hub.model = vec![History::new(); PLACES.len()];
        for place in 0..PLACES.len() {
            let latest = hub.latest(place);
            hub.model[place].insert(latest, BTreeSet::new());
        }
        let latest = hub.latest(0);
        hub.model[0] = History::from([(latest, BTreeSet::from([1, 2, 3, 4]))]);
        hub
    }

    fn latest(&self, place: usize) -> i64 {
        let found = self.admin.get(&self.places[place]).expect(200).json();
        let href = found["latest_version_href"].as_str().unwrap();
        href.trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap()
            .parse()
            .unwrap()
    }

    fn holds(&self, place: usize) -> BTreeSet<usize> {
        self.model[place].values().next_back().unwrap().clone()
    }

    fn href(&self, artifact: usize) -> String {
        format!("{CONTENT}{}/", self.artifacts[artifact].uuid)
    }

    fn is_there(&self, artifact: usize) -> bool {
        let uuid = &self.artifacts[artifact].uuid;
        self.server.value(&format!(
            "SELECT EXISTS (SELECT 1 FROM content WHERE uuid = '{uuid}')"
        ))
    }

    /// What a repository holds once these are put in: each takes the place of the same version.
    fn with(&self, mut held: BTreeSet<usize>, added: &[usize]) -> BTreeSet<usize> {
        for artifact in added {
            let same = |other: &usize| {
                let (one, two) = (&self.artifacts[*artifact], &self.artifacts[*other]);
                one.name == two.name && one.version == two.version
            };
            held.retain(|other| !same(other));
            held.insert(*artifact);
        }
        held
    }

    /// Notes what a repository should hold now. There is a new version exactly if that is something else.
    fn expect(&mut self, place: usize, held: BTreeSet<usize>) {
        let (before, old) = self.model[place]
            .last_key_value()
            .map(|(n, held)| (*n, held.clone()))
            .unwrap();
        let latest = self.latest(place);
        // A mark is content too: a version that changed nothing else holds the same artifacts.
        assert_eq!(
            latest > before,
            held != old,
            "version {latest} after {before}"
        );
        if latest > before {
            self.model[place].insert(latest, held);
        }
    }

    fn modify(&self, place: usize, body: &Value, status: u16) {
        let path = format!("{}modify/", self.places[place]);
        self.admin.post(&path, &body.to_string()).expect(status);
    }

    /// The namespaces of what a repository should hold.
    fn namespaces(&self, place: usize) -> BTreeSet<&str> {
        let held = self.holds(place).into_iter();
        held.map(|held| self.artifacts[held].namespace()).collect()
    }

    /// As [`Hub::expect`], where marks may go too.
    fn leaves(&mut self, place: usize, held: BTreeSet<usize>) {
        let latest = self.latest(place);
        self.model[place].insert(latest, held);
    }

    fn index(&self, artifact: usize, place: usize) -> String {
        let (namespace, name) = self.artifacts[artifact].name.split_once('.').unwrap();
        format!(
            "v3/plugin/ansible/content/{}/collections/index/{namespace}/{name}/",
            PLACES[place].0
        )
    }
}

#[test]
fn repositories_hold_what_a_plain_model_of_them_holds() {
    runner(12)
        .run(&steps(), |steps| {
            let mut hub = Hub::start();
            hub.check();
            for step in steps {
                hub.take(step);
                hub.check();
            }
            Ok(())
        })
        .unwrap();
}
