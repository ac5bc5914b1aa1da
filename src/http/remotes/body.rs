//! What of a remote is sent: to make one, or to change one.

use crate::domain::remotes::checks;
use crate::domain::remotes::profile::Draft;
use crate::domain::remotes::profile::RemoteProfile;
use crate::http::kit::body::Body;
use crate::kernel::error::Result;

/// What of a remote is sent. Fails with everything that is wrong with its form.
pub fn parts(body: &mut Body) -> Result<Draft> {
    body.choice("policy", &["immediate"]);
    let draft = Draft {
        name: body.has("name").then(|| body.filled_text("name")),
        url: body.has("url").then(|| body.filled_text("url")),
        requirements_file: body.sent_text("requirements_file"),
        auth_url: body.sent_text("auth_url"),
        token: body.sent_text("token"),
        username: body.sent_text("username"),
        password: body.sent_secret("password"),
        ca_cert: body.sent_text("ca_cert"),
        client_cert: body.sent_text("client_cert"),
        client_key: body.sent_secret("client_key"),
        tls_validation: body.boolean("tls_validation"),
        proxy_url: body.sent_text("proxy_url"),
        proxy_username: body.sent_text("proxy_username"),
        proxy_password: body.sent_secret("proxy_password"),
        headers: body.has("headers").then(|| body.objects("headers")),
        download_concurrency: sent(body, "download_concurrency", Body::integer),
        rate_limit: sent(body, "rate_limit", Body::integer),
        max_retries: sent(body, "max_retries", Body::integer),
        total_timeout: sent(body, "total_timeout", Body::decimal),
        connect_timeout: sent(body, "connect_timeout", Body::decimal),
        sock_connect_timeout: sent(body, "sock_connect_timeout", Body::decimal),
        sock_read_timeout: sent(body, "sock_read_timeout", Body::decimal),
        sync_dependencies: body.boolean("sync_dependencies"),
        signed_only: body.boolean("signed_only"),
        sync_highest_versions: sent(body, "sync_highest_versions", Body::integer),
        labels: body.labels("pulp_labels"),
    };
    // Told together with numbers that are none.
    body.blame(checks::numbers(&draft.onto(&RemoteProfile::fresh())));
    body.check()?;
    Ok(draft)
}

/// As [`parts`], as forms of the web interface send it: without the name, which they cannot change, and with secrets
/// left blank that shall stay, which `write_only_fields` then says are set (contract 02, SYN-2).
pub(super) fn configuration(body: &mut Body) -> Result<Draft> {
    let kept: Vec<String> = body
        .objects("write_only_fields")
        .iter()
        .filter(|field| field.get("is_set").is_some_and(|is_set| is_set == true))
        .filter_map(|field| Some(field.get("name")?.as_str()?.to_owned()))
        .collect();
    let draft = parts(body)?;
    let unless_kept = |name: &str, secret: Option<String>| {
        secret.filter(|secret| !secret.is_empty() || !kept.iter().any(|kept| kept == name))
    };
    Ok(Draft {
        name: None,
        client_key: unless_kept("client_key", draft.client_key),
        token: unless_kept("token", draft.token),
        password: unless_kept("password", draft.password),
        proxy_password: unless_kept("proxy_password", draft.proxy_password),
        ..draft
    })
}

fn sent<T>(
    body: &mut Body,
    name: &'static str,
    read: fn(&mut Body, &'static str) -> Option<T>,
) -> Option<Option<T>> {
    body.has(name).then(|| read(body, name))
}
