//! Remotes.

use crate::domain::apply::change::Mark;
use crate::domain::apply::change::Stage;
use crate::domain::apply::change::work;
use crate::domain::apply::document::content::Remote;
use crate::domain::apply::document::located::Located;
use crate::domain::apply::document::secret::Secret;
use crate::domain::apply::plan::Planner;
use crate::domain::apply::plan::change;
use crate::domain::apply::plan::difference::Difference;
use crate::domain::apply::plan::said;
use crate::domain::remotes::declared;
use crate::domain::remotes::profile::RemoteProfile;
use crate::policy::object::Object;

impl Planner<'_> {
    pub(super) fn remotes(&mut self) {
        for remote in self.document.remotes.iter().flat_map(|all| all.iter()) {
            self.remote(remote);
        }
        for name in self.after.pruned("remote").clone() {
            let Some(id) = self.state.remotes.get(&name).map(|one| one.id) else {
                continue;
            };
            let work = work(move |tx, _| declared::delete(tx, id));
            let object = format!("remote {name}");
            let stage = Stage::RemoveObjects;
            self.add(change(
                Mark::Remove,
                "RemoteDelete",
                object,
                String::new(),
                stage,
                work,
            ));
        }
    }

    fn remote(&mut self, remote: &Remote) {
        let name = &remote.name;
        self.name("remote", name);
        let stored = self.state.remotes.get(name.as_str());
        match &remote.url {
            None if stored.is_none() => self.fault(name.line, "a new remote needs a `url`"),
            Some(url) if !is_url(url) => {
                self.fault(
                    url.line,
                    "`url` is an address that begins with http:// or https://",
                );
            }
            _ => {}
        }
        for (field, number) in [
            ("download_concurrency", &remote.download_concurrency),
            ("rate_limit", &remote.rate_limit),
            ("max_retries", &remote.max_retries),
            ("sync_highest_versions", &remote.sync_highest_versions),
        ] {
            if let Some(number) = number.as_ref().filter(|number| number.value < 0) {
                self.fault(number.line, format!("`{field}` is not negative"));
            }
        }
        for (field, seconds) in [
            ("total_timeout", &remote.total_timeout),
            ("connect_timeout", &remote.connect_timeout),
            ("sock_connect_timeout", &remote.sock_connect_timeout),
            ("sock_read_timeout", &remote.sock_read_timeout),
        ] {
            let wrong = |seconds: f64| !seconds.is_finite() || seconds < 0.0;
            if let Some(seconds) = seconds.as_ref().filter(|seconds| wrong(seconds.value)) {
                self.fault(seconds.line, format!("`{field}` is a number of seconds"));
            }
        }
        self.labels(remote.labels.as_ref());
        let old = stored.map_or_else(RemoteProfile::fresh, |stored| stored.profile.clone());
        let new = profile(remote, &old);
        let difference = difference(&old, &new, stored.is_none());
        let id = stored.map(|stored| stored.id);
        if id.is_some() && difference.is_empty() {
            return;
        }
        let name = name.value.clone();
        let object = format!("remote {name}");
        let work = work(move |tx, ids| match id {
            Some(id) => declared::update(tx, id, &new),
            None => {
                let id = declared::add(tx, &name, &new)?;
                ids.add(name, Object::Remote(id));
                Ok(())
            }
        });
        let (mark, action) = match id {
            None => (Mark::Add, "RemoteCreate"),
            Some(_) => (Mark::Change, "RemoteUpdate"),
        };
        self.add(change(
            mark,
            action,
            object,
            difference.told(),
            Stage::Remotes,
            work,
        ));
    }
}

fn is_url(text: &str) -> bool {
    url::Url::parse(text)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// What will be said of a remote.
fn profile(remote: &Remote, old: &RemoteProfile) -> RemoteProfile {
    let secret = |secret: &Option<Located<Secret>>, old: &String| {
        (secret.as_ref()).map_or_else(|| old.clone(), |secret| secret.value.text().to_owned())
    };
    RemoteProfile {
        url: said(remote.url.as_ref(), &old.url),
        requirements_file: said(remote.requirements_file.as_ref(), &old.requirements_file),
        auth_url: said(remote.auth_url.as_ref(), &old.auth_url),
        token: secret(&remote.token, &old.token),
        username: said(remote.username.as_ref(), &old.username),
        password: secret(&remote.password, &old.password),
        ca_cert: said(remote.ca_cert.as_ref(), &old.ca_cert),
        client_cert: said(remote.client_cert.as_ref(), &old.client_cert),
        client_key: secret(&remote.client_key, &old.client_key),
        tls_validation: said(remote.tls_validation.as_ref(), &old.tls_validation),
        proxy_url: said(remote.proxy_url.as_ref(), &old.proxy_url),
        proxy_username: said(remote.proxy_username.as_ref(), &old.proxy_username),
        proxy_password: secret(&remote.proxy_password, &old.proxy_password),
        download_concurrency: number(&remote.download_concurrency, old.download_concurrency),
        rate_limit: number(&remote.rate_limit, old.rate_limit),
        max_retries: number(&remote.max_retries, old.max_retries),
        total_timeout: number(&remote.total_timeout, old.total_timeout),
        connect_timeout: number(&remote.connect_timeout, old.connect_timeout),
        sock_connect_timeout: number(&remote.sock_connect_timeout, old.sock_connect_timeout),
        sock_read_timeout: number(&remote.sock_read_timeout, old.sock_read_timeout),
        sync_dependencies: said(remote.sync_dependencies.as_ref(), &old.sync_dependencies),
        signed_only: said(remote.signed_only.as_ref(), &old.signed_only),
        sync_highest_versions: number(&remote.sync_highest_versions, old.sync_highest_versions),
        labels: said(remote.labels.as_ref(), &old.labels),
        // Not part of a document: they can be secrets, and there is no field that would say so.
        headers: old.headers.clone(),
    }
}

/// A number that is said, of which 0 means none, or the one there is.
fn number<N: Copy + Default + PartialEq>(said: &Option<Located<N>>, old: Option<N>) -> Option<N> {
    match said {
        None => old,
        Some(said) => Some(said.value).filter(|number| *number != N::default()),
    }
}

fn difference(old: &RemoteProfile, new: &RemoteProfile, is_new: bool) -> Difference {
    let mut difference = Difference::new(is_new);
    difference.text("url", &old.url, &new.url);
    difference.text(
        "requirements_file",
        &old.requirements_file,
        &new.requirements_file,
    );
    difference.text("auth_url", &old.auth_url, &new.auth_url);
    difference.secret("token", &old.token, &new.token);
    difference.text("username", &old.username, &new.username);
    difference.secret("password", &old.password, &new.password);
    difference.text("ca_cert", &old.ca_cert, &new.ca_cert);
    difference.text("client_cert", &old.client_cert, &new.client_cert);
    difference.secret("client_key", &old.client_key, &new.client_key);
    difference.switch("tls_validation", old.tls_validation, new.tls_validation);
    difference.text("proxy_url", &old.proxy_url, &new.proxy_url);
    difference.text("proxy_username", &old.proxy_username, &new.proxy_username);
    difference.secret("proxy_password", &old.proxy_password, &new.proxy_password);
    let numbers = [
        (
            "download_concurrency",
            old.download_concurrency,
            new.download_concurrency,
        ),
        ("rate_limit", old.rate_limit, new.rate_limit),
        ("max_retries", old.max_retries, new.max_retries),
        (
            "sync_highest_versions",
            old.sync_highest_versions,
            new.sync_highest_versions,
        ),
    ];
    for (field, old, new) in numbers {
        difference.number(field, old, new);
    }
    let seconds = [
        ("total_timeout", old.total_timeout, new.total_timeout),
        ("connect_timeout", old.connect_timeout, new.connect_timeout),
        (
            "sock_connect_timeout",
            old.sock_connect_timeout,
            new.sock_connect_timeout,
        ),
        (
            "sock_read_timeout",
            old.sock_read_timeout,
            new.sock_read_timeout,
        ),
    ];
    for (field, old, new) in seconds {
        difference.number(field, old, new);
    }
    difference.switch(
        "sync_dependencies",
        old.sync_dependencies,
        new.sync_dependencies,
    );
    difference.switch("signed_only", old.signed_only, new.signed_only);
    difference.labels(&old.labels, &new.labels);
    difference
}
