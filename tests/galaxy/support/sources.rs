//! The texts in the source of the server.

use std::fs;
use std::path::Path;

use proc_macro2::TokenStream;
use proc_macro2::TokenTree;

/// Every string literal in the files below a folder, but for those of their tests.
pub fn texts(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(texts(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let source = fs::read_to_string(&path).unwrap();
            // The tests of a file come last.
            let source = source.split("#[cfg(test)]\nmod tests").next().unwrap();
            literals(source.parse().unwrap(), &mut found);
        }
    }
    found
}

fn literals(tokens: TokenStream, found: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => literals(group.stream(), found),
            // A literal that is no text does not parse as one.
            TokenTree::Literal(literal) => found.extend(
                syn::parse_str::<syn::LitStr>(&literal.to_string()).map(|text| text.value()),
            ),
            _ => {}
        }
    }
}
