//! Lists: their pages make up the whole, and their filters find what a plain loop finds.

use proptest::prelude::*;
use serde_json::Value;

use crate::properties::library::Book;
use crate::properties::library::Library;
use crate::properties::runner;
use crate::support::client::Client;

const INDEX: &str = "v3/plugin/ansible/content/published/collections/index/";

/// All entries of a list, by following `links.next`; the links back must lead the same way.
fn walk(client: &Client, path: &str) -> Result<Vec<Value>, TestCaseError> {
    let mut entries = Vec::new();
    let mut before: Option<String> = None;
    let mut next = Some(path.to_owned());
    while let Some(path) = next {
        let page = client.get(&path).expect(200).json();
        let rows = page["data"].as_array().unwrap().clone();
        let count = page["meta"]["count"].as_u64().unwrap();
        let previous = page["links"]["previous"]
            .as_str()
            .map(|path| client.get(path).expect(200).json());
        prop_assert_eq!(previous.map(|page| page["data"].to_string()), before);
        entries.extend(rows);
        prop_assert!(
            entries.len() as u64 <= count,
            "{}: more entries than there are",
            path
        );
        next = page["links"]["next"].as_str().map(str::to_owned);
        prop_assert_eq!(next.is_none(), entries.len() as u64 == count, "{}", path);
        before = Some(page["data"].to_string());
    }
    Ok(entries)
}

fn texts(entries: &[Value], key: &str) -> Vec<String> {
    entries
        .iter()
        .map(|entry| entry[key].as_str().unwrap().to_owned())
        .collect()
}

/// The query string for those parameters that are there.
fn query(pairs: &[(&str, Option<String>)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs {
        query.extend_pairs(value.iter().map(|value| (name, value)));
    }
    query.finish()
}

#[test]
fn the_pages_of_a_list_make_up_the_whole_whatever_the_limit() {
    let library = Library::open();
    let client = &library.client;
    let lists = [
        format!("{INDEX}acme/many/versions/"),
        INDEX.to_owned(),
        "v3/tasks/".to_owned(),
        "v3/namespaces/".to_owned(),
    ];
    let orders = prop::sample::select(vec![
        "",
        "ordering=-pulp_created&",
        "ordering=pulp_created&",
    ]);
    let tried = runner(24).run(
        &(prop::sample::select(lists.to_vec()), 1..40_usize, orders),
        |(list, limit, order)| {
            let order = if list.ends_with("namespaces/") {
                ""
            } else {
                order
            };
            let whole = client
                .get(&format!("{list}?{order}limit=100"))
                .expect(200)
                .json();
            let pages = walk(client, &format!("{list}?{order}limit={limit}"))?;
            prop_assert_eq!(whole["meta"]["count"].as_u64(), Some(pages.len() as u64));
            prop_assert_eq!(&Value::Array(pages), &whole["data"]);
            Ok(())
        },
    );
    tried.unwrap();
}

#[test]
fn the_filters_of_an_index_find_what_a_plain_loop_finds() {
    let library = Library::open();
    let some = |values: &'static [&'static str]| prop::option::of(prop::sample::select(values));
    let namespaces = some(&["acme", "beta", "gamma", "nobody"]);
    let names = some(&["tools", "cloud", "linux", "many", "nothing"]);
    let deprecated = prop::option::of(any::<bool>());
    let tried = runner(32).run(
        &(namespaces, names, deprecated, 1..8_u8),
        |(namespace, name, deprecated, limit)| {
            let query = query(&[
                ("namespace", namespace.map(str::to_owned)),
                ("name", name.map(str::to_owned)),
                ("deprecated", deprecated.map(|flag| flag.to_string())),
            ]);
            let found = walk(
                &library.client,
                &format!("{INDEX}?ordering=name&limit={limit}&{query}"),
            )?;
            let is_wanted = |book: &&Book| {
                namespace.is_none_or(|wanted| wanted == book.namespace)
                    && name.is_none_or(|wanted| wanted == book.name)
                    && deprecated.is_none_or(|wanted| wanted == book.deprecated)
            };
            let wanted = library.books.iter().filter(is_wanted);
            let mut expected: Vec<_> = wanted
                .map(|book| (book.name.to_owned(), book.namespace.to_owned()))
                .collect();
            expected.sort();
            expected.dedup();
            let found: Vec<_> = texts(&found, "name")
                .into_iter()
                .zip(texts(&found, "namespace"))
                .collect();
            prop_assert_eq!(found, expected);
            Ok(())
        },
    );
    tried.unwrap();
}

#[test]
fn the_filters_of_a_version_list_find_what_a_plain_loop_finds() {
    let library = Library::open();
    let mut books: Vec<&Book> = library
        .books
        .iter()
        .filter(|b| (b.namespace, b.name) == ("acme", "many"))
        .collect();
    books.sort_by(|a, b| b.version.cmp_precedence(&a.version));
    let versions: Vec<String> = books.iter().map(|book| book.version.to_string()).collect();
    let tags =
        prop::sample::subsequence(vec!["tools", "linux", "cloud", "red_hat", "nothing"], 0..3);
    let words = [
        "acme", "many", "tools", "Cloud", "red", "red_hat", "test", "too", "nothing",
    ];
    let words = prop::sample::subsequence(words.to_vec(), 0..3);
    let version = prop::option::weighted(0.1, prop::sample::select(versions));
    let tried = runner(48).run(
        &(tags, words, version, any::<bool>()),
        |(tags, words, version, lowest_first)| {
            let joined = |list: &[&str], by| Some(list.join(by)).filter(|text| !text.is_empty());
            let query = query(&[
                ("tags", joined(&tags, ",")),
                ("q", joined(&words, " ")),
                ("version", version.clone()),
                ("ordering", lowest_first.then(|| "version".to_owned())),
            ]);
            let found = walk(
                &library.client,
                &format!("{INDEX}acme/many/versions/?limit=7&{query}"),
            )?;
            let is_wanted = |book: &&&Book| {
                tags.iter().all(|tag| book.tags.contains(tag))
                    && words
                        .iter()
                        .all(|word| has_word(book, &word.to_lowercase()))
                    && version
                        .as_ref()
                        .is_none_or(|wanted| *wanted == book.version.to_string())
            };
            let wanted = books.iter().filter(is_wanted);
            let mut expected: Vec<String> = wanted.map(|book| book.version.to_string()).collect();
            if lowest_first {
                expected.reverse();
            }
            prop_assert_eq!(texts(&found, "version"), expected);
            Ok(())
        },
    );
    tried.unwrap();
}

/// Whole words, in lower case, of what the author wrote.
fn has_word(book: &Book, word: &str) -> bool {
    let description = book.description.to_lowercase();
    [book.namespace, book.name].contains(&word)
        || book.tags.contains(&word)
        || description.split(' ').any(|one| one == word)
}
