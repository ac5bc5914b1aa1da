//! What is done to content, and what that should make of each repository.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::json;

use crate::properties::life::Hub;
use crate::properties::life::Known;
use crate::properties::life::PLACES;
use crate::properties::life::SIGNATURES;

/// Something that is done, by the numbers of artifacts and repositories.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
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

pub(super) fn steps() -> impl Strategy<Value = Vec<Step>> {
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

impl Hub {
    pub(super) fn take(&mut self, step: Step) {
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
}
