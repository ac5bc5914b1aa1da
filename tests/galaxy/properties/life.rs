//! Random lives of content: whatever is moved, copied, deleted, deprecated and rolled back, each repository holds what a
//! plain model of it holds, and nothing in the database contradicts anything else.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use pocket_galaxy::kernel::version::Version;
use proptest::prelude::*;
use serde_json::Value;
use serde_json::json;

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

/// Something that is done, by the numbers of artifacts and repositories.
#[derive(Debug, Clone, Copy)]
enum Step {
    Send {
        artifact: usize,
        from: usize,
        to: usize,
        leave: bool,
    },
    Add {
        artifact: usize,
        to: usize,
    },
    Remove {
        artifact: usize,
        from: usize,
    },
    Clear {
        place: usize,
    },
    RollBack {
        place: usize,
        by: usize,
    },
    Forget {
        place: usize,
        by: usize,
    },
    Delete {
        artifact: usize,
        place: usize,
    },
    Deprecate {
        artifact: usize,
        place: usize,
        deprecated: bool,
    },
    Describe {
        artifact: usize,
        words: u8,
    },
    Sign {
        artifact: usize,
        place: usize,
    },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let (artifact, place) = (0..5_usize, 0..3_usize);
    let two = (artifact.clone(), place.clone());
    let step = prop_oneof![
        4 => (artifact, place.clone(), place.clone(), any::<bool>())
            .prop_map(|(artifact, from, to, leave)| Step::Send { artifact, from, to, leave }),
        2 => two.clone().prop_map(|(artifact, to)| Step::Add { artifact, to }),
        2 => two.clone().prop_map(|(artifact, from)| Step::Remove { artifact, from }),
        1 => place.clone().prop_map(|place| Step::Clear { place }),
        2 => (place.clone(), 0..3_usize).prop_map(|(place, by)| Step::RollBack { place, by }),
        2 => (place, 0..4_usize).prop_map(|(place, by)| Step::Forget { place, by }),
        1 => two.clone().prop_map(|(artifact, place)| Step::Delete { artifact, place }),
        1 => (0..5_usize, 0..3_u8).prop_map(|(artifact, words)| Step::Describe { artifact, words }),
        2 => two.clone().prop_map(|(artifact, place)| Step::Sign { artifact, place }),
        1 => (two, any::<bool>())
            .prop_map(|((artifact, place), deprecated)| Step::Deprecate { artifact, place, deprecated }),
    ];
    prop::collection::vec(step, 1..25)
}

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

    fn take(&mut self, step: Step) {
        match step {
            Step::Send {
                artifact,
                from,
                to,
                leave,
            } => self.send(artifact, (from, to), leave),
            Step::Add { artifact, to } => {
                let status = if self.is_there(artifact) { 202 } else { 400 };
                self.modify(
                    to,
                    &json!({"add_content_units": [self.href(artifact)]}),
                    status,
                );
                if status == 202 {
                    self.expect(to, self.with(self.holds(to), &[artifact]));
                }
            }
            Step::Remove { artifact, from } => {
                let status = if self.is_there(artifact) { 202 } else { 400 };
                self.modify(
                    from,
                    &json!({"remove_content_units": [self.href(artifact)]}),
                    status,
                );
                let mut held = self.holds(from);
                held.remove(&artifact);
                self.leaves(from, held);
            }
            Step::Clear { place } => {
                self.modify(place, &json!({"remove_content_units": ["*"]}), 202);
                self.leaves(place, BTreeSet::new());
            }
            Step::RollBack { place, by } => self.roll_back(place, by),
            Step::Forget { place, by } => self.forget(place, by),
            Step::Delete { artifact, place } => self.delete(artifact, place),
            Step::Deprecate {
                artifact,
                place,
                deprecated,
            } => {
                let path = self.index(artifact, place);
                let held = self
                    .holds(place)
                    .iter()
                    .any(|held| self.artifacts[*held].name == self.artifacts[artifact].name);
                let body = json!({"deprecated": deprecated}).to_string();
                self.admin
                    .patch(&path, &body)
                    .expect(if held { 202 } else { 404 });
                self.leaves(place, self.holds(place));
            }
            Step::Describe { artifact, words } => {
                let name = self.artifacts[artifact].namespace();
                let body = json!({"description": format!("words {words}")}).to_string();
                self.admin
                    .patch(&format!("v3/namespaces/{name}/"), &body)
                    .expect(200);
                for place in 0..PLACES.len() {
                    self.leaves(place, self.holds(place));
                }
                self.check_spread(name, words);
            }
            Step::Sign { artifact, place } => self.sign(artifact, place),
        }
    }

    /// Each repository that holds something of a namespace holds what was said of it last.
    fn check_spread(&self, name: &str, words: u8) {
        for (place, (repository, _)) in PLACES.iter().enumerate() {
            let path = format!("v3/plugin/ansible/content/{repository}/namespaces/{name}/");
            if self.namespaces(place).contains(name) {
                let found = self.admin.get(&path).expect(200).json();
                assert_eq!(found["description"], format!("words {words}"));
            } else {
                self.admin.get(&path).expect(404);
            }
        }
    }

    /// The namespaces of what a repository should hold.
    fn namespaces(&self, place: usize) -> BTreeSet<&str> {
        let held = self.holds(place).into_iter();
        held.map(|held| self.artifacts[held].namespace()).collect()
    }

    /// Signatures are good; what a repository does not hold is not signed in it.
    fn sign(&mut self, artifact: usize, place: usize) {
        let body = json!({
            "file": self.artifacts[artifact].signature, "signed_collection": self.href(artifact),
            "repository": self.places[place],
        });
        let accepted = self.admin.post(SIGNATURES, &body.to_string());
        if !self.is_there(artifact) {
            accepted.expect(400);
            return;
        }
        let ended = self.admin.ended(&accepted.expect(202));
        let held = self.holds(place);
        let expected = match held.contains(&artifact) {
            true => "completed",
            false => "failed",
        };
        assert_eq!(ended["state"], expected, "{ended}");
        self.leaves(place, held);
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

    /// By the ids of the pulp API, which say which bytes are meant.
    fn send(&mut self, artifact: usize, (from, to): (usize, usize), leave: bool) {
        let verb = if leave { "move" } else { "copy" };
        let path = format!("{}{verb}_collection_version/", self.places[from]);
        let body = json!({
            "collection_versions": [self.href(artifact)], "destination_repositories": [self.places[to]],
        });
        let is_there = self.holds(from).contains(&artifact);
        self.admin
            .post(&path, &body.to_string())
            .expect(if is_there { 202 } else { 400 });
        if !is_there {
            return;
        }
        let arrived = self.with(self.holds(to), &[artifact]);
        self.leaves(to, arrived);
        if leave && from != to {
            let mut held = self.holds(from);
            held.remove(&artifact);
            self.leaves(from, held);
        }
    }

    fn roll_back(&mut self, place: usize, by: usize) {
        let Some((number, held)) = self.model[place]
            .iter()
            .rev()
            .nth(by)
            .map(|(n, held)| (*n, held.clone()))
        else {
            return;
        };
        let base = format!("{}versions/{number}/", self.places[place]);
        let is_kept = self.admin.get(&base).status == 200;
        self.modify(
            place,
            &json!({"base_version": base}),
            if is_kept { 202 } else { 404 },
        );
        if is_kept {
            self.leaves(place, held);
        }
    }

    /// A version that is not the newest; all others hold what they held.
    fn forget(&mut self, place: usize, by: usize) {
        let Some(number) = self.model[place].keys().rev().nth(by).copied() else {
            return;
        };
        let version = format!("{}versions/{number}/", self.places[place]);
        let status = match self.admin.get(&version).status {
            200 if by == 0 => 400,
            200 => 202,
            missing => missing,
        };
        self.admin.delete(&version).expect(status);
        if status == 202 {
            self.model[place].remove(&number);
        }
    }

    /// From everywhere, whatever the bytes; nothing else needs anything here.
    fn delete(&mut self, artifact: usize, place: usize) {
        let Known { name, version, .. } = self.artifacts[artifact].clone();
        let same: Vec<usize> = (0..self.artifacts.len())
            .filter(|other| {
                self.artifacts[*other].name == name && self.artifacts[*other].version == version
            })
            .collect();
        let is_there = self.holds(place).iter().any(|held| same.contains(held));
        let path = format!("{}versions/{version}/", self.index(artifact, place));
        self.admin
            .delete(&path)
            .expect(if is_there { 202 } else { 404 });
        if !is_there {
            return;
        }
        for place in 0..PLACES.len() {
            let latest = self.latest(place);
            let held = self.holds(place);
            self.model[place].insert(latest, held);
            for held in self.model[place].values_mut() {
                held.retain(|artifact| !same.contains(artifact));
            }
        }
    }

    /// Everything that must be so after each step.
    fn check(&self) {
        for place in 0..PLACES.len() {
            self.check_index(place);
            self.check_namespaces(place);
            self.check_versions(place);
        }
        let artifacts = "SELECT count(*) FROM artifact WHERE sha256 NOT IN (SELECT sha256 FROM collection_version)";
        assert_eq!(
            self.server.value::<i64>(artifacts),
            0,
            "an artifact that nothing needs"
        );
        let stored: i64 = self.server.stored_files().len().try_into().unwrap();
        assert_eq!(stored, self.server.rows("artifact"), "files and rows");
        let marks = "SELECT count(*) FROM repository_content rc
                       JOIN collection_deprecation d ON d.id = rc.content_id
                      WHERE rc.removed IS NULL AND NOT EXISTS (
                            SELECT 1 FROM repository_collection x
                             WHERE x.repository_id = rc.repository_id AND x.collection_id = d.collection_id)";
        assert_eq!(
            self.server.value::<i64>(marks),
            0,
            "a mark of a collection that is not there"
        );
        let signatures = "SELECT count(*) FROM collection_signature s
                            JOIN repository_content rc ON rc.content_id = s.id
                           WHERE NOT EXISTS (
                                 SELECT 1 FROM repository_content held
                                  WHERE held.content_id = s.version_id AND held.repository_id = rc.repository_id
                                    AND held.added <= rc.added
                                    AND ifnull(held.removed, 1e18) >= ifnull(rc.removed, 1e18))";
        assert_eq!(
            self.server.value::<i64>(signatures),
            0,
            "a signature without what it is for"
        );
        let lost = "SELECT count(*) FROM content WHERE id NOT IN (SELECT content_id FROM repository_content)
                       AND kind IN ('collection_version', 'collection_signature')";
        assert_eq!(
            self.server.value::<i64>(lost),
            0,
            "content that no repository holds"
        );
    }

    /// One unit for each namespace that something is held of, and none for others.
    fn check_namespaces(&self, place: usize) {
        let path = format!("v3/plugin/ansible/content/{}/namespaces/", PLACES[place].0);
        let found = self.admin.get(&path).expect(200).json();
        let units = found["results"].as_array().unwrap().iter();
        let mut units: Vec<&str> = units.map(|unit| unit["name"].as_str().unwrap()).collect();
        units.sort_unstable();
        let expected: Vec<&str> = self.namespaces(place).into_iter().collect();
        assert_eq!(units, expected, "namespaces in {}", PLACES[place].0);
    }

    /// The index says which collections there are, and which of their versions is the highest.
    fn check_index(&self, place: usize) {
        let mut highest: BTreeMap<&str, &str> = BTreeMap::new();
        let key = |version: &str| Version::parse(version).unwrap().key();
        for artifact in self.holds(place) {
            let Known { name, version, .. } = &self.artifacts[artifact];
            let best = highest.entry(name).or_insert(version);
            if key(version) > key(best) {
                *best = version;
            }
        }
        let path = format!(
            "v3/plugin/ansible/content/{}/collections/index/?ordering=name",
            PLACES[place].0
        );
        let found = self.admin.get(&path).expect(200).json();
        let lines = found["data"].as_array().unwrap().iter().map(|line| {
            let name = format!(
                "{}.{}",
                line["namespace"].as_str().unwrap(),
                line["name"].as_str().unwrap()
            );
            (
                name,
                line["highest_version"]["version"]
                    .as_str()
                    .unwrap()
                    .to_owned(),
            )
        });
        let expected = highest
            .into_iter()
            .map(|(name, version)| (name.to_owned(), version.to_owned()));
        assert_eq!(
            lines.collect::<Vec<_>>(),
            expected.collect::<Vec<_>>(),
            "{}",
            PLACES[place].0
        );
    }

    /// Each version that is kept holds what it held when it was made, and what the one before held with what came and
    /// without what went.
    fn check_versions(&self, place: usize) {
        let path = format!("{}versions/?ordering=number", self.places[place]);
        let found = self.admin.get(&path).expect(200).json();
        let count = |version: &Value, side: &str, kind: &str| {
            version["content_summary"][side][kind]["count"]
                .as_i64()
                .unwrap_or(0)
        };
        let versions = found["results"].as_array().unwrap();
        for kind in ["ansible.collection_version", "ansible.namespace"] {
            for pair in versions.windows(2) {
                let (before, after) = (&pair[0], &pair[1]);
                let sum = count(before, "present", kind) + count(after, "added", kind)
                    - count(after, "removed", kind);
                assert_eq!(sum, count(after, "present", kind), "{}", after["number"]);
            }
        }
        for version in versions {
            if let Some(held) = self.model[place].get(&version["number"].as_i64().unwrap()) {
                assert_eq!(
                    count(version, "present", "ansible.collection_version"),
                    i64::try_from(held.len()).unwrap(),
                    "{version}"
                );
            }
        }
        if let Some(retain) = PLACES[place].1 {
            assert!(
                versions.len() <= usize::try_from(retain).unwrap() + 1,
                "too many versions"
            );
        }
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
