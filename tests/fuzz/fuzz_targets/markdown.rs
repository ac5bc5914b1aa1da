//! Whatever a page holds, its HTML has only known tags and attributes, runs nothing, and loads nothing from elsewhere.
//!
//! Tags are found by the tokeniser of a browser engine, addresses are read as browsers read them.
#![no_main]

use std::cell::Cell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{BufferQueue, Tag, Token, TokenSink, TokenSinkResult, Tokenizer};
use libfuzzer_sys::fuzz_target;
use pocket_galaxy::archive::docs::markdown;
use url::Url;

const TAGS: &str = " h1 h2 h3 h4 h5 h6 b i strong em tt p br span div blockquote code pre hr ul ol li dd dt dl img a \
                    sub sup table thead tbody tr td th ";

struct Judge(Cell<usize>);

impl TokenSink for Judge {
    type Handle = ();
    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        match token {
            Token::TagToken(tag) => judge(&tag),
            Token::CommentToken(_) | Token::DoctypeToken(_) => panic!("{token:?}"),
            _ => self.0.set(self.0.get() + 1),
        }
        TokenSinkResult::Continue
    }
}

fn judge(tag: &Tag) {
    assert!(TAGS.contains(&format!(" {} ", tag.name)), "{tag:?}");
    for attribute in &tag.attrs {
        let base = Url::parse("https://hub.example/docs/").expect("a base");
        // An address that cannot be read leads nowhere.
        let address = base.join(&attribute.value).unwrap_or_else(|_| base.clone());
        let is_fine = match (&*tag.name, &*attribute.name.local) {
            ("a", "href") => ["http", "https", "mailto"].contains(&address.scheme()),
            ("a", "rel") => *attribute.value == *"noopener noreferrer",
            ("img", "src") => address.origin() == base.origin(),
            ("img", "alt") | ("img" | "a", "title") | (_, "id") => true,
            _ => false,
        };
        assert!(is_fine, "{tag:?}");
    }
}

fuzz_target!(|page: &str| {
    let html = markdown::render(page);
    // Footnotes and links repeat what they refer to: their number times the length of the page is the most.
    assert!(html.len() <= 1000 + page.len() * 40, "{} bytes of {}", html.len(), page.len());
    let tokenizer = Tokenizer::new(Judge(Cell::new(0)), Default::default());
    let queue = BufferQueue::default();
    queue.push_back(StrTendril::from(html));
    let _ = tokenizer.feed(&queue);
    tokenizer.end();
});
