//! How much work a page of Markdown makes for whoever makes it safe: a tree is built of its HTML, with rules that a
//! hostile page can make repeat themselves. Found by fuzzing. Start reading at [`is_too_much`].

use pulldown_cmark::Event;

/// How deep a page may nest. Browsers stop at about this depth, and building the tree of a page that nests without end
/// takes time without end.
const DEPTH_MAX: usize = 200;
/// How many parts (paragraphs, cells, words in bold) a page may have. Each takes a quarter of a kilobyte while the page
/// is made safe; no page of a real collection has 10,000.
const PARTS_MAX: usize = 100_000;
/// How many tags of raw HTML. A few thousand are many; each can cost the tree builder a look at all others.
const TAGS_MAX: usize = 30_000;
/// How many elements the tree builder may add of its own, for the same reason: see [`Html::copies`].
const COPIES_MAX: usize = 300_000;

/// Elements that begin again in the next block when they were not closed in theirs. Of `a` there is only one at a time.
const FORMATTING: [&str; 13] = [
    "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
];
/// Tags that have no content and so need no closing tag; `p` and `li` close themselves.
const VOID: [&str; 9] = ["br", "img", "hr", "p", "li", "input", "link", "meta", "col"];

/// Whether a page makes more work than any real one. All counts are upper bounds.
pub(super) fn is_too_much<'t>(events: impl Iterator<Item = Event<'t>>) -> bool {
    let (mut parts, mut depth) = (0_usize, 0_usize);
    let mut html = Html::default();
    for event in events {
        parts += 1;
        html.copies += html.formatting;
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::Html(raw) | Event::InlineHtml(raw) => html.read(&raw),
            _ => {}
        }
        if depth > DEPTH_MAX || parts > PARTS_MAX || html.is_too_much() {
            return true;
        }
    }
    false
}

/// The raw HTML of a page as far as a glance tells.
#[derive(Default)]
struct Html {
    tags: usize,
    /// Opening tags that no closing tag has followed so far, and the most there were.
    depth: usize,
    deepest: usize,
    /// Those of [`FORMATTING`] among them.
    formatting: usize,
    /// How often those begin again: `<p><b><i><p>x<p>x` has two of `b` and `i` each that nobody wrote.
    copies: usize,
}

impl Html {
    fn is_too_much(&self) -> bool {
        self.deepest > DEPTH_MAX || self.tags > TAGS_MAX || self.copies > COPIES_MAX
    }

    fn read(&mut self, raw: &str) {
        for (at, _) in raw.match_indices('<') {
            let tag = &raw[at + 1..];
            let (tag, is_end) = match tag.strip_prefix('/') {
                Some(tag) => (tag, true),
                None => (tag, false),
            };
            if !tag.starts_with(|c: char| c.is_ascii_alphabetic()) {
                self.depth = self.depth.saturating_sub(usize::from(is_end));
                continue;
            }
            self.tags += 1;
            self.copies += self.formatting;
            let formatting = usize::from(is_one_of(tag, &FORMATTING));
            if is_end {
                self.depth = self.depth.saturating_sub(1);
                self.formatting = self.formatting.saturating_sub(formatting);
            } else if !is_one_of(tag, &VOID) {
                self.depth += 1;
                self.formatting += formatting;
            }
            self.deepest = self.deepest.max(self.depth);
            if self.is_too_much() {
                return;
            }
        }
    }
}

/// Whether a tag, without its `<`, has one of these names.
fn is_one_of(tag: &str, names: &[&str]) -> bool {
    let end = tag.find(|c: char| !c.is_ascii_alphanumeric());
    let name = &tag[..end.unwrap_or(tag.len())];
    names.iter().any(|known| name.eq_ignore_ascii_case(known))
}
