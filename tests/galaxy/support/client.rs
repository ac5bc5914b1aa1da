//! Requests and their answers, seen raw: no redirect followed, no status turned into an error.

use std::net::SocketAddr;
use std::time::Duration;
use std::time::Instant;

use serde_json::Value;
use ureq::Agent;
use ureq::http::HeaderMap;
use ureq::http::Method;
use ureq::http::Request;

use crate::support::form::Form;
use crate::support::tarball::Artifact;

/// The root most requests go below.
pub const ROOT: &str = "/api/galaxy/";

/// Somebody who sends requests.
#[derive(Clone)]
pub struct Client {
    agent: Agent,
    pub origin: String,
    authorization: Option<String>,
    headers: Vec<(&'static str, String)>,
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Client {
    pub fn new(address: SocketAddr, authorization: Option<String>) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .allow_non_standard_methods(true)
            .timeout_global(Some(Duration::from_secs(60)));
        let agent = Agent::new_with_config(config.build());
        Self {
            agent,
            origin: format!("http://{address}"),
            authorization,
            headers: Vec::new(),
        }
    }

    /// The same client with another `Authorization` header.
    pub fn authorized(&self, value: &str) -> Self {
        Self {
            authorization: Some(value.to_owned()),
            ..self.clone()
        }
    }

    /// The same client sending one more header.
    pub fn header(&self, name: &'static str, value: &str) -> Self {
        let mut client = self.clone();
        client.headers.push((name, value.to_owned()));
        client
    }

    /// The same client with a header in place of the one of that name it sends so far.
    pub fn with_header(&self, name: &'static str, value: &str) -> Self {
        self.without_header(name).header(name, value)
    }

    /// The same client without a header.
    pub fn without_header(&self, name: &str) -> Self {
        let mut client = self.clone();
        client.headers.retain(|(known, _)| *known != name);
        client
    }

    /// The same client with these cookies, and no others.
    pub fn with_cookies(&self, cookies: &[(&str, &str)]) -> Self {
        let pairs: Vec<String> = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        self.with_header("cookie", &pairs.join("; "))
    }

    /// The `Authorization` header it sends.
    pub fn authorization(&self) -> Option<&str> {
        self.authorization.as_deref()
    }

    /// Asks for a path; one without a leading slash is below `/api/galaxy/`.
    pub fn get(&self, path: &str) -> Reply {
        self.send("GET", path, "", &[])
    }

    pub fn post(&self, path: &str, json: &str) -> Reply {
        self.send("POST", path, "application/json", json.as_bytes())
    }

    pub fn put(&self, path: &str, json: &str) -> Reply {
        self.send("PUT", path, "application/json", json.as_bytes())
    }

    pub fn patch(&self, path: &str, json: &str) -> Reply {
        self.send("PATCH", path, "application/json", json.as_bytes())
    }

    pub fn delete(&self, path: &str) -> Reply {
        self.send("DELETE", path, "", &[])
    }

    /// Any request. An empty media type sends no `Content-Type`.
    pub fn send(&self, method: &str, path: &str, media_type: &str, body: &[u8]) -> Reply {
        let path = if path.starts_with('/') {
            path.to_owned()
        } else {
            format!("{ROOT}{path}")
        };
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = Request::builder()
            .method(method.clone())
            .uri(format!("{}{path}", self.origin));
        if let Some(value) = &self.authorization {
            request = request.header("authorization", value);
        }
        if !media_type.is_empty() {
            request = request.header("content-type", media_type);
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let no_body = body.is_empty()
            && method != Method::POST
            && method != Method::PUT
            && method != Method::PATCH;
        let response = match no_body {
            true => self.agent.run(request.body(()).unwrap()),
            false => self.agent.run(request.body(body).unwrap()),
        };
        let mut response = response.unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        let bytes = response
            .body_mut()
            .with_config()
            .limit(1 << 30)
            .read_to_vec()
            .unwrap();
        Reply {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            bytes,
        }
    }

    /// Sends a form to the unprefixed upload path.
    pub fn upload(&self, form: &Form) -> Reply {
        self.upload_to("v3/artifacts/collections/", form)
    }

    /// Sends a form to an upload path.
    pub fn upload_to(&self, path: &str, form: &Form) -> Reply {
        self.send("POST", path, &form.content_type(), &form.body())
    }

    /// The task of an accepted request, once it has ended.
    pub fn ended(&self, accepted: &Reply) -> Value {
        let task = accepted.json()["task"].as_str().unwrap().to_owned();
        let began = Instant::now();
        loop {
            let found = self.get(&task).expect(200).json();
            if !found["finished_at"].is_null() {
                return found;
            }
            assert!(
                began.elapsed() < Duration::from_secs(60),
                "the task does not end: {found}"
            );
        }
    }

    /// Publishes an artifact and waits for its import to end.
    pub fn publish(&self, artifact: &Artifact) -> Import {
        self.publish_to("v3/artifacts/collections/", artifact)
    }

    /// Publishes an artifact by the given path and waits for its import to end.
    pub fn publish_to(&self, path: &str, artifact: &Artifact) -> Import {
        let reply = self.upload_to(path, &Form::of(artifact));
        assert_eq!(reply.status, 202, "{}", reply.text());
        Import(self.ended(&reply))
    }
}

/// An import that has ended.
#[derive(Debug)]
pub struct Import(pub Value);

impl Import {
    /// Checks that the version was published.
    pub fn succeeds(self) -> Self {
        assert_eq!(self.0["state"], "completed", "{}", self.0);
        self
    }

    /// Checks that the import failed, and that its description has `text` in it.
    pub fn fails_with(self, text: &str) -> Self {
        assert_eq!(self.0["state"], "failed", "{}", self.0);
        let description = self.0["error"]["description"].as_str().unwrap();
        assert!(
            description.contains(text),
            "{description:?} has no {text:?}"
        );
        self
    }
}

impl Reply {
    /// Checks the status.
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    /// Checks status, code and blamed field of an enveloped error.
    pub fn refuses(self, status: u16, code: &str, parameter: Option<&str>) -> Self {
        let reply = self.expect(status);
        let body = reply.json();
        let error = &body["errors"][0];
        assert_eq!(error["status"], status.to_string(), "{body}");
        assert_eq!(error["code"], code, "{body}");
        assert_eq!(error["source"]["parameter"].as_str(), parameter, "{body}");
        reply
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// One text field of every entry of a list, in whichever shape.
    pub fn column(&self, field: &str) -> Vec<String> {
        let body = self.json();
        let entries = body.get("data").unwrap_or(&body["results"]);
        let entries = entries.as_array().unwrap();
        entries
            .iter()
            .map(|entry| entry[field].as_str().unwrap().to_owned())
            .collect()
    }

    /// The `detail` of the first enveloped error.
    pub fn detail(&self) -> String {
        let body = self.json();
        let detail = body["errors"][0]["detail"].as_str();
        detail.unwrap_or_default().to_owned()
    }

    /// The cookies it sets.
    pub fn cookies(&self) -> Vec<Cookie> {
        let lines = self.headers.get_all("set-cookie").into_iter();
        lines
            .map(|line| Cookie::parse(line.to_str().unwrap()))
            .collect()
    }

    /// The value of a cookie it sets.
    pub fn cookie(&self, name: &str) -> String {
        let found = self.cookies().into_iter().find(|one| one.name == name);
        found
            .unwrap_or_else(|| panic!("no {name} in {:?}", self.headers))
            .value
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// A header that must be there.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .unwrap_or_else(|| panic!("no {name} in {:?}", self.headers))
            .to_str()
            .unwrap()
    }
}

/// A cookie as an answer sets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cookie {
    pub name: String,
    pub value: String,
    /// In lower case, with their values where these do not change from time to time; sorted.
    pub attributes: Vec<String>,
    /// Whether it is taken away.
    pub is_cleared: bool,
}

impl Cookie {
    fn parse(line: &str) -> Self {
        let mut parts = line.split(';').map(str::trim);
        let (name, value) = parts.next().unwrap().split_once('=').unwrap();
        let attributes: Vec<&str> = parts.collect();
        let mut shown: Vec<String> = attributes
            .iter()
            .map(|attribute| match attribute.split_once('=') {
                Some((key, value))
                    if key.eq_ignore_ascii_case("path") || key.eq_ignore_ascii_case("samesite") =>
                {
                    format!("{}={value}", key.to_ascii_lowercase())
                }
                Some((key, _)) => key.to_ascii_lowercase(),
                None => attribute.to_ascii_lowercase(),
            })
            .collect();
        shown.sort();
        Self {
            name: name.to_owned(),
            value: value.to_owned(),
            attributes: shown,
            is_cleared: attributes.contains(&"Max-Age=0"),
        }
    }
}
