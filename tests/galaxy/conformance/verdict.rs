//! The verdict over all exchanges: every finding is collected, so that one run tells everything.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::Value;

use crate::conformance::compare;
use crate::conformance::deliberate::Ours;
use crate::conformance::recording::Recording;
use crate::conformance::replay;
use crate::conformance::stage::Stage;
use crate::support::client::Reply;
use crate::support::form::Form;
use crate::support::shape;
use crate::support::shape::Shape;

/// What was found, exchange by exchange.
pub struct Report<'a> {
    stage: &'a Stage,
    recordings: &'a BTreeMap<String, Recording>,
    findings: Vec<(String, Vec<String>)>,
}

impl<'a> Report<'a> {
    pub fn new(stage: &'a Stage, recordings: &'a BTreeMap<String, Recording>) -> Self {
        Self {
            stage,
            recordings,
            findings: Vec::new(),
        }
    }

    /// An exchange that must be answered as it was recorded.
    pub fn compare(&mut self, recording: &Recording) {
        let found = match replay::replay(self.stage, recording) {
            Ok(reply) => compare::differences(recording, &reply),
            Err(variable) => vec![format!("nothing on the stage stands for {variable}")],
        };
        self.note(recording, found);
    }

    /// An exchange that must be answered as the table of differences says.
    pub fn deviate(&mut self, id: &str, ours: Ours) {
        let Some(recording) = self.recordings.get(id) else {
            return;
        };
        let found = match replay::replay(self.stage, recording) {
            Ok(reply) => match compare::differences(recording, &reply) {
                alike if alike.is_empty() => {
                    vec!["is answered as recorded: take the row out".to_owned()]
                }
                _ => self.deviations(recording, &reply, ours),
            },
            // An import that never was cannot be asked for; what stands for it is checked.
            Err(_) => match ours {
                Ours::UploadRefused(digest) => self.refused_upload(digest),
                _ => vec!["cannot be sent".to_owned()],
            },
        };
        self.note(recording, found);
    }

    /// An exchange with something that is not built; when it is, its row must go.
    pub fn postpone(&mut self, id: &str, what: &str) {
        let Some(recording) = self.recordings.get(id) else {
            return;
        };
        let Ok(reply) = replay::replay(self.stage, recording) else {
            return;
        };
        if compare::differences(recording, &reply).is_empty() {
            self.note(
                recording,
                vec![format!("is answered as recorded: take it out of {what:?}")],
            );
        }
    }

    fn deviations(&self, recording: &Recording, reply: &Reply, ours: Ours) -> Vec<String> {
        let body = json(reply);
        match ours {
            Ours::AtOnce => self.at_once(recording, reply),
            Ours::Like(id) => compare::differences(&self.recordings[id], reply),
            Ours::Error(status, code, parameter, detail) => {
                let expected = (status, Some(code), parameter, detail);
                error(recording, reply, expected)
            }
            Ours::Detail(status, detail) => {
                let expected = serde_json::json!({"detail": detail});
                expect((status, expected), (reply.status, body))
            }
            Ours::Text(status, text) => {
                let expected = (status, "text/plain; charset=utf-8", text.to_owned());
                expect(
                    expected,
                    (reply.status, reply.header("content-type"), reply.text()),
                )
            }
            Ours::Keys(status, keys) => {
                let object = body.as_object();
                let found = object.map(|object| object.keys().map(String::as_str).collect());
                expect((status, Some(keys.to_vec())), (reply.status, found))
            }
            Ours::Completed => expect(&Value::from("completed"), &body["state"]),
            Ours::Failed(beginning) => {
                let told = body["error"]["description"].as_str().unwrap_or_default();
                let mut found = compare::differences(recording, reply);
                found.retain(|finding| !finding.starts_with("body.error.description"));
                if !told.starts_with(beginning) {
                    found.extend(expect(beginning, told));
                }
                found
            }
            Ours::UploadRefused(_) => vec!["there is such an import".to_owned()],
        }
    }

    /// The same request at the address the reference redirects to has the same answer.
    fn at_once(&self, recording: &Recording, reply: &Reply) -> Vec<String> {
        let there = replay::send(self.stage, recording, &self.target(recording));
        let target = |reply: &Reply| {
            reply
                .headers
                .get("location")
                .map(|_| shape::form(reply.header("location")))
        };
        let mut found = expect(
            (there.status, target(&there)),
            (reply.status, target(reply)),
        );
        let differences =
            Shape::of(&json(&there)).differences(&Shape::of(&json(reply)), "body", &|_| false);
        found.extend(differences.iter().map(ToString::to_string));
        found
    }

    /// Where the recorded answer sends the client, with an id of this server for one of the other.
    fn target(&self, recording: &Recording) -> String {
        let location = recording.header("location");
        let location = location.expect("a redirect has a location").to_owned();
        let sent = replay::path(self.stage, recording).unwrap();
        let id = |path: &str| {
            let is_id = |part: &&str| shape::form(part) == "uuid" || part.parse::<i64>().is_ok();
            path.split('/').find(is_id).map(str::to_owned)
        };
        match (id(&recording.request.path), id(&sent)) {
            (Some(theirs), Some(ours)) => {
                location.replace(&format!("/{theirs}/"), &format!("/{ours}/"))
            }
            _ => location,
        }
    }

    fn refused_upload(&self, digest: &str) -> Vec<String> {
        let form =
            Form::of(&self.stage.artifacts["rec_alpha-tiny-1.0.0.tar.gz"]).text("sha256", digest);
        let reply = self.stage.people["admin"].upload(&form);
        expect(
            (400, Some("sha256")),
            (
                reply.status,
                json(&reply)["errors"][0]["source"]["parameter"].as_str(),
            ),
        )
    }

    fn note(&mut self, recording: &Recording, found: Vec<String>) {
        if !found.is_empty() {
            let request = &recording.request;
            let title = format!(
                "{}: {} {} as {}",
                recording.id, request.method, request.path, request.who
            );
            self.findings.push((title, found));
        }
    }

    /// Fails with all findings.
    pub fn check(self) {
        let mut text = String::new();
        for (title, found) in &self.findings {
            writeln!(text, "{title}").unwrap();
            found
                .iter()
                .for_each(|finding| writeln!(text, "    {finding}").unwrap());
        }
        let count = self.findings.len();
        assert!(
            count == 0,
            "{count} exchanges are not answered as they should be:\n{text}"
        );
    }
}

/// One enveloped error; a detail of `None` may be any.
fn error(
    recording: &Recording,
    reply: &Reply,
    (status, code, parameter, detail): (u16, Option<&str>, Option<&str>, Option<&str>),
) -> Vec<String> {
    let body = json(reply);
    let error = &body["errors"][0];
    let told = error["detail"].as_str();
    let found = (
        reply.status,
        error["code"].as_str(),
        error["source"]["parameter"].as_str(),
        told,
    );
    let mut found = expect((status, code, parameter, detail.or(told)), found);
    if recording.header("content-type") == Some("application/json") {
        found.extend(compare::headers(recording, reply));
    }
    found
}

fn json(reply: &Reply) -> Value {
    serde_json::from_slice(&reply.bytes).unwrap_or_default()
}

fn expect<T: PartialEq + std::fmt::Debug>(expected: T, found: T) -> Vec<String> {
    if expected == found {
        vec![]
    } else {
        vec![format!("expected {expected:?}, found {found:?}")]
    }
}
