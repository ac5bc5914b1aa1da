//! A browser: it keeps cookies, and its scripts repeat the CSRF token in a header.

use crate::support::client::Client;
use crate::support::client::Reply;

const LOGIN: &str = "_ui/v1/auth/login/";

/// The token a login form needs.
pub fn csrf(client: &Client) -> String {
    client.get(LOGIN).expect(204).cookie("csrftoken")
}

/// Sends the login form as a browser does.
pub fn submit(client: &Client, username: &str, password: &str) -> Reply {
    let token = csrf(client);
    let form = serde_json::json!({"username": username, "password": password});
    client
        .with_cookies(&[("csrftoken", &token)])
        .with_header("x-csrftoken", &token)
        .post(LOGIN, &form.to_string())
}

/// Signs in, and is the browser that did.
pub fn sign_in(client: &Client, username: &str, password: &str) -> Browser {
    let reply = submit(client, username, password).expect(204);
    Browser {
        session: Some(reply.cookie("sessionid")),
        csrf: reply.cookie("csrftoken"),
        stranger: client.clone(),
    }
}

/// Somebody at a browser.
#[derive(Clone)]
pub struct Browser {
    pub session: Option<String>,
    pub csrf: String,
    pub stranger: Client,
}

impl Browser {
    /// One that has seen the login form, and no more.
    pub fn stranger(client: &Client) -> Self {
        Self {
            session: None,
            csrf: csrf(client),
            stranger: client.clone(),
        }
    }

    /// Sends the cookies and the header, as scripts of our own pages make it do.
    pub fn client(&self) -> Client {
        self.cookies_only().with_header("x-csrftoken", &self.csrf)
    }

    /// Sends the cookies, as it does for whatever page makes it ask.
    pub fn cookies_only(&self) -> Client {
        self.sends_cookies(&self.stranger)
    }

    /// The text of the session's cookie.
    pub fn session(&self) -> &str {
        self.session.as_deref().unwrap()
    }

    /// `client` with the cookies of this browser.
    pub fn sends_cookies(&self, client: &Client) -> Client {
        let mut cookies = vec![("csrftoken", self.csrf.as_str())];
        cookies.extend(self.session.as_deref().map(|text| ("sessionid", text)));
        client.with_cookies(&cookies)
    }
}
