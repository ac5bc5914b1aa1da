//! A provider that says whatever a test wants, signed with any key, or with none.

use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;
use std::io::Write;
use std::net::TcpListener;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::Mutex;
use std::thread;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::signature::Ed25519KeyPair;
use ring::signature::KeyPair;
use serde_json::Value;
use serde_json::json;

/// An answer of the provider: the head after the version, and the body.
#[derive(Debug, Clone)]
pub struct Reply {
    pub head: String,
    pub body: String,
}

impl Reply {
    pub fn json(value: &Value) -> Self {
        Self {
            head: "200 OK\r\nContent-Type: application/json".to_owned(),
            body: value.to_string(),
        }
    }
}

/// What it answers where.
#[derive(Debug)]
struct Script {
    discovery: Reply,
    keys: Reply,
    token: Reply,
    userinfo: Reply,
    /// The requests to the token endpoint.
    exchanged: Vec<String>,
}

/// The running provider. It ends with the process of the tests.
pub struct Forger {
    pub issuer: String,
    script: Arc<Mutex<Script>>,
}

impl Forger {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let script = Arc::new(Mutex::new(Script {
            discovery: Reply::json(&discovery(&issuer)),
            keys: Reply::json(&keys()),
            token: Reply::json(&json!({})),
            userinfo: Reply::json(&json!({})),
            exchanged: Vec::new(),
        }));
        let shared = Arc::clone(&script);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let shared = Arc::clone(&shared);
                // A client that hangs up early is what some tests are about.
                thread::spawn(move || answer(stream.unwrap(), &shared));
            }
        });
        Self { issuer, script }
    }

    pub fn discover(&self, reply: Reply) {
        self.script.lock().unwrap().discovery = reply;
    }

    pub fn keys(&self, reply: Reply) {
        self.script.lock().unwrap().keys = reply;
    }

    pub fn userinfo(&self, value: &Value) {
        self.script.lock().unwrap().userinfo = Reply::json(value);
    }

    pub fn answer_code(&self, reply: Reply) {
        self.script.lock().unwrap().token = reply;
    }

    /// Answers the next codes with this ID token.
    pub fn hand_out(&self, id_token: &str) {
        self.answer_code(Reply::json(&json!({
            "access_token": "access", "token_type": "Bearer", "expires_in": 60, "id_token": id_token,
        })));
    }

    /// The requests to the token endpoint so far.
    pub fn exchanged(&self) -> Vec<String> {
        self.script.lock().unwrap().exchanged.clone()
    }
}

/// What an honest provider says of itself.
pub fn discovery(issuer: &str) -> Value {
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA", "HS256", "none"],
    })
}

fn keys() -> Value {
    let public = BASE64_URL_SAFE_NO_PAD.encode(pair(7).public_key());
    json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": "7", "x": public}]})
}

/// The key made of `seed`; the provider says that 7 is its own.
fn pair(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
}

/// A token signed with the key made of `seed`.
pub fn signed(seed: u8, claims: &Value) -> String {
    let header = json!({"alg": "EdDSA", "typ": "JWT", "kid": "7"});
    with_signature(&header, claims, |text| {
        pair(seed).sign(text).as_ref().to_vec()
    })
}

/// A token with any header and signature.
pub fn with_signature(
    header: &Value,
    claims: &Value,
    sign: impl FnOnce(&[u8]) -> Vec<u8>,
) -> String {
    let [header, claims] =
        [header, claims].map(|part| BASE64_URL_SAFE_NO_PAD.encode(part.to_string()));
    let text = format!("{header}.{claims}");
    let signature = BASE64_URL_SAFE_NO_PAD.encode(sign(text.as_bytes()));
    format!("{text}.{signature}")
}

fn answer(stream: TcpStream, script: &Mutex<Script>) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let (mut first, mut head, mut line) = (String::new(), String::new(), String::new());
    reader.read_line(&mut first).ok()?;
    while reader.read_line(&mut line).ok()? > 2 {
        head.push_str(&line.to_ascii_lowercase());
        line.clear();
    }
    let length = head
        .split("content-length:")
        .nth(1)
        .and_then(|rest| rest.lines().next()?.trim().parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let reply = {
        let mut script = script.lock().unwrap();
        match first.split(' ').nth(1)? {
            "/.well-known/openid-configuration" => script.discovery.clone(),
            "/keys" => script.keys.clone(),
            "/userinfo" => script.userinfo.clone(),
            "/token" => {
                script
                    .exchanged
                    .push(String::from_utf8_lossy(&body).into_owned());
                script.token.clone()
            }
            _ => Reply {
                head: "404 Not Found".to_owned(),
                body: String::new(),
            },
        }
    };
    let Reply { head, body } = reply;
    let text = format!(
        "HTTP/1.1 {head}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    reader.get_mut().write_all(text.as_bytes()).ok()
}
