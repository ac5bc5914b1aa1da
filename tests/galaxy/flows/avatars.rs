//! Logos of namespaces: fetched once, kept, and shown to anybody.

use std::io::Read;
use std::io::Write;
use std::net::TcpListener;
use std::thread;

use pocket_galaxy::config::hosts::Hosts;
use serde_json::Value;
use serde_json::json;

use crate::support::client::Client;
use crate::support::client::Reply;
use crate::support::server::TestServer;
use crate::support::server::until;
use crate::support::tarball::collection;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nthe rest of a picture";
const SVG: &[u8] = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";

/// Another server, which has pictures and worse.
struct Gallery {
    address: String,
}

impl Gallery {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let here = address.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut head = [0; 2048];
                let length = stream.read(&mut head).unwrap_or(0);
                let head = String::from_utf8_lossy(&head[..length]).into_owned();
                let path = head.split(' ').nth(1).unwrap_or_default();
                // Whoever hangs up in the middle has seen enough.
                let _sent = stream.write_all(&exhibit(path, &here));
            }
        });
        Self { address }
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }
}

fn exhibit(path: &str, here: &str) -> Vec<u8> {
    let elsewhere = here.replace("127.0.0.1", "127.0.0.2");
    let (head, body) = match path {
        "/logo.png" => ("200 OK".to_owned(), PNG.to_vec()),
        "/logo.svg" => ("200 OK".to_owned(), SVG.to_vec()),
        "/page.html" => ("200 OK".to_owned(), b"<html></html>".to_vec()),
        "/large.png" => {
            let mut large = PNG.to_vec();
            large.resize(3 * 1024 * 1024 + 1, 0);
            ("200 OK".to_owned(), large)
        }
        "/moved.png" => (
            format!("302 Found\r\nlocation: {here}/logo.png"),
            Vec::new(),
        ),
        "/inside.png" => (
            format!("302 Found\r\nlocation: {elsewhere}/logo.png"),
            Vec::new(),
        ),
        "/circle.png" => (
            format!("302 Found\r\nlocation: {here}/circle.png"),
            Vec::new(),
        ),
        _ => ("404 Not Found".to_owned(), PNG.to_vec()),
    };
    let head = format!(
        "HTTP/1.1 {head}\r\ncontent-type: text/plain\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    [head.into_bytes(), body].concat()
}

/// A hub that may fetch from this machine's usual address.
fn hub() -> (TestServer, Client) {
    let galaxy = TestServer::with(|config| {
        config.listen.avatar_hosts = Hosts::parse("127.0.0.1").unwrap();
    });
    let admin = galaxy.admin();
    admin.publish(&collection("acme.tools").build()).succeeds();
    (galaxy, admin)
}

/// Says where the logo of `acme` is, and waits until it has been fetched or not.
fn hang(galaxy: &TestServer, admin: &Client, url: &str) -> Value {
    let body = json!({"avatar_url": url}).to_string();
    admin.patch("v3/namespaces/acme/", &body).expect(200);
    until(|| galaxy.value::<i64>("SELECT count(*) FROM task WHERE finished_at IS NULL") == 0);
    admin.get("v3/namespaces/acme/").expect(200).json()
}

fn last_error(admin: &Client) -> String {
    let tasks = admin.get("pulp/api/v3/tasks/?name__contains=namespaces&state=failed&limit=1");
    let told = tasks.expect(200).json()["results"][0]["error"]["description"].clone();
    told.as_str().unwrap_or_default().to_owned()
}

/// What a browser gets that follows the address of a logo, with no credentials.
fn seen(galaxy: &TestServer, url: &str) -> Reply {
    let led = galaxy
        .anonymous()
        .get(url.strip_prefix(&galaxy.origin()).unwrap())
        .expect(302);
    let image = led
        .header("location")
        .strip_prefix(&galaxy.origin())
        .unwrap()
        .to_owned();
    galaxy.anonymous().get(&image).expect(200)
}

#[test]
fn a_logo_is_fetched_once_and_shown_from_here() {
    let (galaxy, admin) = hub();
    let gallery = Gallery::open();
    let shown = hang(&galaxy, &admin, &gallery.at("/moved.png"));
    let unit = admin
        .get("v3/plugin/ansible/content/published/namespaces/acme/")
        .expect(200)
        .json();
    let url = shown["avatar_url"].as_str().unwrap().to_owned();
    assert_eq!(
        url,
        format!(
            "{}{}avatar/",
            galaxy.origin(),
            unit["pulp_href"].as_str().unwrap()
        )
    );
    assert_eq!(unit["avatar_url"], url);
    for field in ["avatar_sha256", "metadata_sha256"] {
        assert_eq!(unit[field], shown[field], "{field}");
    }
    let found = admin
        .get("v3/plugin/ansible/search/collection-versions/")
        .expect(200)
        .json();
    assert_eq!(found["data"][0]["namespace_metadata"]["avatar_url"], url);
    for query in ["", "?keywords=tools"] {
        let path = format!("_ui/v1/search/{query}");
        let found = galaxy.anonymous().get(&path).expect(200).json();
        assert_eq!(found["data"][0]["avatar_url"], url, "{query}");
    }
    let image = seen(&galaxy, &url);
    assert_eq!(
        (image.bytes.as_slice(), image.header("content-type")),
        (PNG, "image/png")
    );
    // What was shown is sent back by clients that change something else.
    let body = json!({"avatar_url": url, "description": "Rockets"}).to_string();
    let errands =
        || galaxy.value::<i64>("SELECT count(*) FROM task WHERE job ->> '$.kind' = 'fetch_avatar'");
    let before = errands();
    let kept = admin.patch("v3/namespaces/acme/", &body).expect(200).json();
    assert_eq!(kept["avatar_sha256"], shown["avatar_sha256"]);
    assert_eq!(
        seen(&galaxy, kept["avatar_url"].as_str().unwrap()).bytes,
        PNG
    );
    assert_eq!(errands(), before, "nobody is sent for what is there");
}

#[test]
fn an_image_with_a_script_in_it_runs_nothing() {
    let (galaxy, admin) = hub();
    let shown = hang(&galaxy, &admin, &Gallery::open().at("/logo.svg"));
    let image = seen(&galaxy, shown["avatar_url"].as_str().unwrap());
    assert_eq!(
        (image.bytes.as_slice(), image.header("content-type")),
        (SVG, "image/svg+xml")
    );
    assert_eq!(image.header("x-content-type-options"), "nosniff");
    let policy = image.header("content-security-policy");
    assert!(
        policy.contains("default-src 'none'") && policy.contains("sandbox"),
        "{policy}"
    );
}

#[test]
fn what_is_no_logo_changes_nothing_and_says_why() {
    let (galaxy, admin) = hub();
    let gallery = Gallery::open();
    let before = hang(&galaxy, &admin, &gallery.at("/logo.png"));
    for (path, why) in [
        ("/page.html", "it is no PNG, JPEG, GIF, WebP or SVG image"),
        ("/large.png", "longer than 3145728 bytes"),
        ("/nothing.png", "the answer is 404"),
        ("/circle.png", "too many redirects"),
        ("/inside.png", "leads to an address that is not public"),
    ] {
        let after = hang(&galaxy, &admin, &gallery.at(path));
        assert_eq!(after["avatar_sha256"], before["avatar_sha256"], "{path}");
        assert_eq!(
            after["metadata_sha256"], before["metadata_sha256"],
            "{path}"
        );
        let told = last_error(&admin);
        assert!(told.contains(why), "{path}: {told}");
    }
    let away = gallery.at("/logo.png").replace("127.0.0.1", "127.0.0.3");
    hang(&galaxy, &admin, &away);
    assert!(
        last_error(&admin).contains("is not a public address"),
        "{}",
        last_error(&admin)
    );
}

#[test]
fn the_bytes_go_with_the_last_who_shows_them() {
    let (galaxy, admin) = hub();
    let gallery = Gallery::open();
    let packed = galaxy.stored_files().len();
    let url = gallery.at("/logo.png");
    hang(&galaxy, &admin, &url);
    let other = json!({"name": "other", "avatar_url": url}).to_string();
    admin.post("v3/namespaces/", &other).expect(201);
    until(|| {
        galaxy.value::<i64>("SELECT count(*) FROM namespace WHERE avatar_sha256 IS NOT NULL") == 2
    });
    assert_eq!(
        galaxy.stored_files().len(),
        packed + 1,
        "the same image is kept once"
    );
    let bare = hang(&galaxy, &admin, "");
    assert_eq!(
        (&bare["avatar_url"], &bare["avatar_sha256"]),
        (&json!(""), &Value::Null)
    );
    assert_eq!(galaxy.stored_files().len(), packed + 1);
    admin.delete("v3/namespaces/other/").expect(204);
    // An old version of the repository still says that `acme` had it.
    assert_eq!(galaxy.stored_files().len(), packed + 1);
    let retain = json!({"retain_repo_versions": 1}).to_string();
    let found = admin
        .get("pulp/api/v3/repositories/ansible/ansible/?name=published")
        .json();
    let published = found["results"][0]["pulp_href"]
        .as_str()
        .unwrap()
        .to_owned();
    admin.patch(&published, &retain).expect(200);
    for words in ["one", "two"] {
        let body = json!({"description": words}).to_string();
        admin.patch("v3/namespaces/acme/", &body).expect(200);
    }
    until(|| galaxy.stored_files().len() == packed);
}
