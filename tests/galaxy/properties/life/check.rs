//! What must be so after each step.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use pocket_galaxy::kernel::version::Version;
use serde_json::Value;

use crate::properties::life::Hub;
use crate::properties::life::Known;
use crate::properties::life::PLACES;

impl Hub {
    /// Each repository that holds something of a namespace holds what was said of it last.
    pub(super) fn check_spread(&self, name: &str, words: u8) {
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

    /// Everything that must be so after each step.
    pub(super) fn check(&self) {
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
        let listed: BTreeSet<i64> = versions
            .iter()
            .map(|version| version["number"].as_i64().unwrap())
            .collect();
        let mut known = self.model[place].keys();
        match PLACES[place].1 {
            None => assert!(known.all(|number| listed.contains(number)), "{listed:?}"),
            Some(retain) => {
                let newest = known.next_back().unwrap();
                assert!(listed.contains(newest), "{newest} is not in {listed:?}");
                let kept = usize::try_from(retain).unwrap() + 1;
                assert!(listed.len() <= kept, "too many: {listed:?}");
            }
        }
    }
}
