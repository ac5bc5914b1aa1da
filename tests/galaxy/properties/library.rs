//! A server with a handful of collections, and the list of what is on it.

use semver::Version;
use serde_json::json;

use crate::support::client::Client;
use crate::support::server::TestServer;
use crate::support::tarball::collection;

/// What was published, in its order.
pub struct Library {
    pub client: Client,
    pub books: Vec<Book>,
    /// Stopped, and checked for what it left behind, when the library goes.
    _server: TestServer,
}

/// One published version.
#[derive(Debug, Clone)]
pub struct Book {
    pub namespace: &'static str,
    pub name: &'static str,
    pub version: Version,
    pub tags: Vec<&'static str>,
    pub description: &'static str,
    pub deprecated: bool,
}

const TAGS: &[&str] = &["tools", "linux", "cloud", "red_hat"];
const DESCRIPTIONS: &[&str] = &["A test collection", "Tools for the cloud", "Red hats"];

impl Library {
    /// One collection of many versions, published in no order, and small ones in three namespaces.
    pub fn open() -> Self {
        let server = TestServer::start();
        let client = server.admin();
        let many = (0..23_u64).map(|n| ("acme", "many", scattered(n)));
        let few = ["acme", "beta", "gamma"].iter().flat_map(|namespace| {
            let names = ["tools", "cloud", "linux", "many"].iter();
            names.map(move |name| (*namespace, *name, Version::new(1, 0, 0)))
        });
        let all =
            many.chain(few.filter(|(namespace, name, _)| (*namespace, *name) != ("acme", "many")));
        let books: Vec<Book> = all.enumerate().map(|(at, title)| book(at, title)).collect();
        for book in &books {
            publish(&client, book);
            if book.deprecated {
                deprecate(&server, book);
            }
        }
        Self {
            client,
            books,
            _server: server,
        }
    }
}

/// A version for each number; releases and pre-releases that no text order sorts.
fn scattered(n: u64) -> Version {
    let mut version = Version::new(n * 7 % 3, n * 5 % 12, n / 12);
    if n.is_multiple_of(4) {
        version.pre = semver::Prerelease::new(&format!("rc.{n}")).unwrap();
    }
    version
}

fn book(at: usize, (namespace, name, version): (&'static str, &'static str, Version)) -> Book {
    Book {
        namespace,
        name,
        version,
        tags: TAGS
            .iter()
            .enumerate()
            .filter(|(bit, _)| at >> bit & 1 == 1)
            .map(|(_, tag)| *tag)
            .collect(),
        description: DESCRIPTIONS[at % DESCRIPTIONS.len()],
        deprecated: name == "linux",
    }
}

fn publish(client: &Client, book: &Book) {
    let artifact = collection(&format!("{}.{}", book.namespace, book.name))
        .version(&book.version.to_string())
        .info("tags", json!(book.tags))
        .info("description", json!(book.description))
        .build();
    client.publish(&artifact).succeeds();
}

/// The endpoint that does this comes with a later issue.
fn deprecate(server: &TestServer, book: &Book) {
    let sql = "UPDATE repository_collection SET deprecated = 1 WHERE collection_id =
               (SELECT id FROM collection WHERE namespace = ?1 AND name = ?2)";
    let done = server
        .db()
        .write(|tx| Ok(tx.execute(sql, [book.namespace, book.name])?));
    assert_eq!(done.unwrap(), 1);
}
