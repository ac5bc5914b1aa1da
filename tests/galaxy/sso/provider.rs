//! The real provider as a process of its own.

use std::io::BufRead;
use std::io::BufReader;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::ChildStdin;
use std::process::ChildStdout;
use std::process::Command;
use std::process::Stdio;

use serde_json::Value;
use serde_json::json;

use crate::sso::browser::Browser;
use crate::sso::browser::Page;

/// What `tests/provider.py` has registered.
pub const CLIENT: &str = "hub";
pub const SECRET: &str = "the-hub's-secret/with%and+";
const PASSWORD: &str = "correct horse battery";

/// A running provider; it ends when this is dropped.
pub struct Provider {
    process: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    pub issuer: String,
}

impl Provider {
    pub fn start() -> Self {
        let python = python();
        assert!(
            python.exists(),
            "{} is missing: run `bash tests/run.sh` once, which installs the provider for these tests",
            python.display()
        );
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/provider.py");
        let mut process = Command::new(python)
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut answers = BufReader::new(process.stdout.take().unwrap());
        let mut issuer = String::new();
        answers.read_line(&mut issuer).unwrap();
        assert!(
            issuer.starts_with("http://127.0.0.1:"),
            "the provider did not start: {issuer:?}"
        );
        Self {
            orders: process.stdin.take(),
            process,
            answers,
            issuer: issuer.trim().to_owned(),
        }
    }

    /// Has it do something.
    pub fn order(&mut self, order: &Value) {
        writeln!(self.orders.as_mut().unwrap(), "{order}").unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        assert_eq!(answer.trim(), "ok", "{order}");
    }

    /// Adds somebody.
    pub fn add(&mut self, user: &str) {
        self.order(&json!({"user": user, "email": format!("{user}@example.org")}));
    }

    /// Puts somebody into these groups and no others.
    pub fn put_into(&mut self, user: &str, groups: &[&str]) {
        self.order(&json!({"user": user, "groups": groups}));
    }

    /// Leads a browser that was sent here through the pages, as `user` would; returns the place it is sent back to.
    pub fn sign_in(&self, browser: &mut Browser, sent_to: &str, user: &str) -> String {
        let mut page = browser.get(sent_to);
        for _ in 0..8 {
            let at = page.url.path().to_owned();
            page = match &page.location {
                Some(next) if next.starts_with(&self.issuer) => browser.get(next),
                Some(next) => return next.clone(),
                None if at == "/login" => fill(browser, &page, ("login", user)),
                None if at == "/auth/password" => fill(browser, &page, ("password", PASSWORD)),
                None => panic!("{at}: {}: {}", page.status, page.text),
            };
        }
        panic!("the provider goes in circles at {}", page.url);
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        drop(self.orders.take());
        let _ended = self.process.wait();
    }
}

fn fill(browser: &mut Browser, page: &Page, field: (&str, &str)) -> Page {
    let fields = [("csrf_token", page.form_token()), field];
    browser.post(page.url.as_str(), &fields)
}

fn python() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
        .parent()
        .unwrap()
        .join("clients/provider/bin/python")
}
