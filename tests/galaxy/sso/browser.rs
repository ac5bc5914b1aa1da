//! A browser: it keeps cookies, for each server its own, and follows redirects one by one.

use std::collections::BTreeMap;
use std::time::Duration;

use ureq::Agent;
use ureq::http::Request;
use ureq::http::header::CONTENT_TYPE;
use url::Url;
use url::form_urlencoded;

/// A person's browser.
pub struct Browser {
    agent: Agent,
    /// By origin and name.
    jar: BTreeMap<(String, String), String>,
}

/// What a server answered.
#[derive(Debug)]
pub struct Page {
    pub url: Url,
    pub status: u16,
    pub location: Option<String>,
    pub set_cookies: Vec<String>,
    pub text: String,
}

impl Browser {
    pub fn new() -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(Duration::from_secs(60)));
        Self {
            agent: Agent::new_with_config(config.build()),
            jar: BTreeMap::new(),
        }
    }

    pub fn get(&mut self, url: &str) -> Page {
        self.send(url, None)
    }

    pub fn post(&mut self, url: &str, fields: &[(&str, &str)]) -> Page {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        self.send(url, Some(form.finish()))
    }

    /// A cookie of a server.
    pub fn cookie(&self, origin: &str, name: &str) -> Option<&str> {
        let key = (origin.to_owned(), name.to_owned());
        self.jar.get(&key).map(String::as_str)
    }

    /// Sets a cookie of a server.
    pub fn plant(&mut self, origin: &str, name: &str, value: &str) {
        let key = (origin.to_owned(), name.to_owned());
        self.jar.insert(key, value.to_owned());
    }

    fn send(&mut self, address: &str, form: Option<String>) -> Page {
        let url = Url::parse(address).unwrap_or_else(|error| panic!("{address}: {error}"));
        let origin = url.origin().ascii_serialization();
        let of_origin = self.jar.iter().filter(|((owner, _), _)| *owner == origin);
        let cookies: Vec<String> = of_origin
            .map(|((_, name), value)| format!("{name}={value}"))
            .collect();
        let mut request = Request::builder()
            .uri(url.as_str())
            .header("accept", "text/html,application/xhtml+xml,*/*;q=0.8")
            .header("user-agent", "Tester/1.0");
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        let answer = match form {
            None => self.agent.run(request.method("GET").body(()).unwrap()),
            Some(form) => {
                let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
                self.agent.run(request.method("POST").body(form).unwrap())
            }
        };
        let mut answer = answer.unwrap_or_else(|error| panic!("{url}: {error}"));
        let texts = |name: &str| -> Vec<String> {
            let values = answer.headers().get_all(name).iter();
            values
                .map(|value| value.to_str().unwrap().to_owned())
                .collect()
        };
        let set_cookies = texts("set-cookie");
        let location = texts("location").pop();
        for line in &set_cookies {
            let (name, rest) = line.split_once('=').unwrap();
            let key = (origin.clone(), name.to_owned());
            match line.contains("Max-Age=0") {
                true => self.jar.remove(&key),
                false => self
                    .jar
                    .insert(key, rest.split(';').next().unwrap().to_owned()),
            };
        }
        Page {
            status: answer.status().as_u16(),
            location: location.map(|place| url.join(&place).unwrap().to_string()),
            set_cookies,
            text: answer.body_mut().read_to_string().unwrap(),
            url,
        }
    }
}

impl Page {
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}: {}", self.url, self.text);
        self
    }

    /// Where it leads.
    #[track_caller]
    pub fn leads_to(&self) -> &str {
        let Some(location) = &self.location else {
            panic!("{} leads nowhere: {}", self.url, self.text);
        };
        location
    }

    /// A parameter of the place it leads to.
    #[track_caller]
    pub fn parameter(&self, name: &str) -> String {
        let place = Url::parse(self.leads_to()).unwrap();
        let found = place.query_pairs().find(|(key, _)| key == name);
        found
            .unwrap_or_else(|| panic!("no {name} in {place}"))
            .1
            .into_owned()
    }

    /// The token of a form against forged requests.
    pub fn form_token(&self) -> &str {
        let after = |text: &'static str, all| str::split_once(all, text).unwrap().1;
        let value = after("value=\"", after("name=\"csrf_token\"", &self.text));
        value.split('"').next().unwrap()
    }
}
