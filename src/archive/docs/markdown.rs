//! Markdown to HTML that is safe to put into a page (contract 06 §6.6).
//!
//! Whatever the text holds, the result has only the tags and attributes of the reference's list: no script, no style,
//! no event handler, no `javascript:` address, and no image from another host, which would tell that host who reads.
//! Start reading at [`render`].

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::HashSet;
use std::sync::LazyLock;

use ammonia::Builder;
use ammonia::UrlRelative;
use pulldown_cmark::CowStr;
use pulldown_cmark::Event;
use pulldown_cmark::LinkType;
use pulldown_cmark::Options;
use pulldown_cmark::Parser;
use pulldown_cmark::Tag;
use pulldown_cmark::TagEnd;
use pulldown_cmark::html;

/// The tags of the reference, and those without which tables and definitions fall apart.
const TAGS: [&str; 35] = [
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "b",
    "i",
    "strong",
    "em",
    "tt",
    "p",
    "br",
    "span",
    "div",
    "blockquote",
    "code",
    "pre",
    "hr",
    "ul",
    "ol",
    "li",
    "dd",
    "dt",
    "dl",
    "img",
    "a",
    "sub",
    "sup",
    "table",
    "thead",
    "tbody",
    "tr",
    "td",
    "th",
];
/// How deep the HTML of a page may nest before it is shown as plain text: browsers stop at about this depth, and
/// building the tree of a page that nests without end takes time without end.
const DEPTH_MAX: usize = 200;
/// How many tags of raw HTML a page may have before it is shown as plain text. A few thousand are many; each can cost
/// the tree builder a look at all others.
const RAW_TAGS_MAX: usize = 30_000;
/// How many elements the tree builder may add of its own, for the same reason: see [`Raw::copies`].
const COPIES_MAX: usize = 300_000;
/// How many characters the sanitiser may have to escape, for the same reason: for each, it searches the rest of the text.
const ESCAPES_MAX: usize = 100_000;
/// Elements that begin again in the next block when they were not closed in theirs. Of `a` there is only one at a time.
const FORMATTING: [&str; 13] = [
    "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
];

/// Tags that have no content and so need no closing tag; `p` and `li` close themselves.
const VOID: [&str; 9] = ["br", "img", "hr", "p", "li", "input", "link", "meta", "col"];

static SANITISER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut sanitiser = Builder::empty();
    let tags: HashSet<&str> = TAGS.into_iter().collect();
    let attributes = HashMap::from([
        ("img", HashSet::from(["src", "alt", "title"])),
        ("a", HashSet::from(["href", "title"])),
    ]);
    sanitiser
        .tags(tags)
        .tag_attributes(attributes)
        .generic_attributes(HashSet::from(["id"]))
        .clean_content_tags(HashSet::from(["script", "style"]))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(UrlRelative::PassThrough)
        .link_rel(Some("noopener noreferrer"))
        .attribute_filter(|tag, attribute, value| match (tag, attribute) {
            ("img", "src") if !is_local(value) => None,
            _ => Some(Cow::Borrowed(value)),
        });
    sanitiser
});

/// Renders a page of Markdown with tables, footnotes, definition lists and attributes.
///
/// An image from elsewhere becomes a link to it. A page that nests deeper than any real one is shown as plain text.
pub fn render(markdown: &str) -> String {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_HEADING_ATTRIBUTES;
    // Parsed twice, since events take a hundred times the memory of the text they are from.
    let (mut page, mut raw) = (Page::default(), Raw::default());
    Parser::new_ext(markdown, options).for_each(|event| {
        raw.see(&event);
        page.take(event);
    });
    let plain = || format!("<pre>{}</pre>", ammonia::clean_text(markdown));
    if page.is_too_deep || raw.is_too_much() {
        return plain();
    }
    let mut page = Page::default();
    let mut rendered = String::with_capacity(markdown.len() * 3 / 2);
    let events = Parser::new_ext(markdown, options).flat_map(|event| page.take(event));
    html::push_html(&mut rendered, events);
    let escapes = rendered.bytes().filter(|byte| matches!(byte, b'&' | 0xC2));
    match escapes.count() > ESCAPES_MAX {
        true => plain(),
        false => SANITISER.clean(&rendered).to_string(),
    }
}

/// What is known of the page so far while its events go by.
#[derive(Default)]
struct Page {
    depth: usize,
    is_too_deep: bool,
    links: usize,
    /// For each image that is open: whether it has become a link.
    images: Vec<Image>,
}

enum Image {
    Kept,
    Linked,
    /// It stands in a link, which cannot hold another: only its text is left.
    Text,
}

impl Page {
    fn take<'t>(&mut self, event: Event<'t>) -> Option<Event<'t>> {
        match &event {
            Event::Start(tag) => {
                self.depth += 1;
                self.is_too_deep |= self.depth > DEPTH_MAX;
                self.links += usize::from(matches!(tag, Tag::Link { .. }));
            }
            Event::End(tag) => {
                self.depth = self.depth.saturating_sub(1);
                self.links -= usize::from(matches!(tag, TagEnd::Link));
            }
            _ => {}
        }
        match event {
            Event::Start(Tag::Image {
                dest_url,
                title,
                id,
                link_type,
            }) => {
                if is_local(&dest_url) {
                    self.images.push(Image::Kept);
                    return Some(Event::Start(Tag::Image {
                        link_type,
                        dest_url,
                        title,
                        id,
                    }));
                }
                let is_free = self.links == 0 && self.images.is_empty();
                self.images
                    .push(if is_free { Image::Linked } else { Image::Text });
                is_free.then(|| link(dest_url, title))
            }
            Event::End(TagEnd::Image) => match self.images.pop() {
                Some(Image::Linked) => Some(Event::End(TagEnd::Link)),
                Some(Image::Text) => None,
                _ => Some(event),
            },
            other => Some(other),
        }
    }
}

fn link<'t>(dest_url: CowStr<'t>, title: CowStr<'t>) -> Event<'t> {
    Event::Start(Tag::Link {
        link_type: LinkType::Inline,
        dest_url,
        title,
        id: CowStr::Borrowed(""),
    })
}

/// How much work the raw HTML of a page makes for whoever builds a tree of it. All are upper bounds.
#[derive(Default)]
struct Raw {
    tags: usize,
    /// Opening tags that no closing tag has followed so far, and the most there were.
    depth: usize,
    deepest: usize,
    /// Those of [`FORMATTING`] among them.
    formatting: usize,
    /// How often those begin again: `<p><b><i><p>x<p>x` has two of `b` and `i` each that nobody wrote.
    copies: usize,
}

impl Raw {
    fn is_too_much(&self) -> bool {
        self.deepest > DEPTH_MAX || self.tags > RAW_TAGS_MAX || self.copies > COPIES_MAX
    }

    fn see(&mut self, event: &Event<'_>) {
        self.copies = self.copies.saturating_add(self.formatting);
        let (Event::Html(raw) | Event::InlineHtml(raw)) = event else {
            return;
        };
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
            self.copies = self.copies.saturating_add(self.formatting);
            let formatting = usize::from(is_one_of(tag, &FORMATTING));
            if is_end {
                self.depth = self.depth.saturating_sub(1);
                self.formatting = self.formatting.saturating_sub(formatting);
            } else if !is_one_of(tag, &VOID) {
                self.depth += 1;
                self.formatting += formatting;
            }
            self.deepest = self.deepest.max(self.depth);
        }
    }
}

/// Whether a tag, without its `<`, has one of these names.
fn is_one_of(tag: &str, names: &[&str]) -> bool {
    let end = tag.find(|c: char| !c.is_ascii_alphanumeric());
    let name = &tag[..end.unwrap_or(tag.len())];
    names.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// Whether an address leads to a file of the collection itself: it has no scheme and no host.
///
/// Browsers read a backslash as a slash, and pass over control characters and blanks before and in an address.
fn is_local(address: &str) -> bool {
    let bare: String = address
        .chars()
        .filter(|c| !c.is_control() && !c.is_whitespace())
        .collect();
    let end = bare.find(['/', '\\', '?', '#']).unwrap_or(bare.len());
    let is_rooted = bare.starts_with(['/', '\\']);
    !bare.is_empty() && !bare[..end].contains(':') && !is_rooted
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_extras_of_the_reference_are_there() {
        let page = "# T {#top}\n\n| a |\n|---|\n| *b* |\n\nx[^1]\n\n[^1]: note\n\nterm\n: meaning\n\n```yaml\na: <b>\n```\n";
        let html = render(page);
        for part in [
            "<h1 id=\"top\">T</h1>",
            "<th>a</th>",
            "<td><em>b</em></td>",
            "note",
            "<dd>meaning",
            "<pre><code>a: &lt;b&gt;\n</code></pre>",
        ] {
            assert!(html.contains(part), "{part} is not in {html}");
        }
    }

    #[test]
    fn nothing_that_runs_or_loads_is_left() {
        let hostile = [
            "<script>alert(1)</script>",
            "<ScRiPt src=//evil.example/x.js></sCrIpT>",
            "<img src=x onerror=alert(1)>",
            "<img src=\"https://evil.example/pixel.png\">",
            "<img src=\"//evil.example/pixel.png\">",
            "<img src=\"\\\\evil.example/pixel.png\">",
            "<img src=\"\thttps://evil.example/pixel.png\">",
            "<img srcset=\"https://evil.example/pixel.png 2x\">",
            "![pixel](https://evil.example/pixel.png)",
            "[![badge](https://evil.example/b.svg)](https://ok.example/)",
            "![x](data:image/svg+xml;base64,PHN2Zz4=)",
            "<a href=\"javascript:alert(1)\">x</a>",
            "<a href=\" jAvA\tscript:alert(1)\">x</a>",
            "[x](javascript:alert(1))",
            "[x](vbscript:alert(1))",
            "<a href=\"data:text/html,<script>alert(1)</script>\">x</a>",
            "<p style=\"background:url(https://evil.example/x)\">x</p>",
            "<style>@import url(https://evil.example/x.css)</style>",
            "<link rel=stylesheet href=https://evil.example/x.css>",
            "<iframe src=https://evil.example></iframe>",
            "<svg><script>alert(1)</script></svg>",
            "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
            "<form action=https://evil.example><input name=password></form>",
            "<object data=https://evil.example></object><embed src=https://evil.example>",
            "<base href=https://evil.example/>",
            "<meta http-equiv=refresh content=\"0;url=https://evil.example\">",
            "<video poster=https://evil.example/x.png><source src=https://evil.example/x></video>",
            "<!--><img src=x onerror=alert(1)-->",
            "<div onclick=alert(1) onmouseover=alert(2)>x</div>",
            "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
            "```\" onclick=alert(1)\nx\n```",
            "# x {onclick=alert(1) style=color:red .evil}",
        ];
        for text in hostile {
            assert_harmless(&render(text), text);
        }
    }

    fn assert_harmless(html: &str, source: &str) {
        let dom = html.to_lowercase();
        for bad in [
            "<script",
            "<style",
            "<link",
            "<iframe",
            "<svg",
            "<math",
            "<form",
            "<object",
            "<embed",
            "<base",
            "<meta",
            "<video",
            "<!--",
            "javascript:",
            "vbscript:",
            "data:",
        ] {
            assert!(!dom.contains(bad), "{bad} in {html} from {source}");
        }
        // Inside a tag, a value is always in double quotes, and text never holds `<`: tags can be told apart.
        for tag in dom
            .split('<')
            .skip(1)
            .filter_map(|rest| rest.split('>').next())
        {
            for piece in tag.split('"').step_by(2) {
                for bad in [" on", "style=", "srcset=", "class="] {
                    assert!(!piece.contains(bad), "{bad} in {html} from {source}");
                }
            }
            if tag.starts_with("img ") {
                assert!(!tag.contains("evil.example"), "{html} from {source}");
            }
        }
    }

    #[test]
    fn an_image_from_elsewhere_becomes_a_link() {
        let html = render("![state](https://ci.example/badge.svg) ![own](docs/logo.png)");
        assert!(
            html.contains(">state</a>") && html.contains("href=\"https://ci.example/badge.svg\"")
        );
        assert!(
            html.contains("<img src=\"docs/logo.png\" alt=\"own\">"),
            "{html}"
        );
        let badge = render("[![state](https://ci.example/b.svg)](https://ci.example/)");
        assert!(
            badge.contains("<a href=\"https://ci.example/\" rel=\"noopener noreferrer\">state</a>"),
            "{badge}"
        );
    }

    #[test]
    fn pages_that_nest_or_open_without_end_take_little_time() {
        for page in [
            ">".repeat(50_000) + "x",
            "<div>".repeat(50_000),
            "<b><a>".repeat(20_000),
            "[a](".repeat(50_000),
            "*a **b ".repeat(30_000),
            "- ".repeat(30_000),
            "<!--".repeat(50_000),
            "![".repeat(50_000),
            "|a".repeat(50_000),
        ] {
            let _ = render(&page);
        }
        assert!(render(&(">".repeat(5000) + "<b>")).starts_with("<pre>&gt;"));
    }

    #[test]
    fn html_that_multiplies_itself_is_shown_as_text() {
        let bold: String = (0..40).map(|n| format!("<b id={n}>")).collect();
        for page in [
            format!("<p>{bold}{}", "<p>x".repeat(10_000)),
            format!("<p>{bold}\n\n{}", "x\n\n<p>".repeat(10_000)),
            format!("<table>{}", "<br>".repeat(100_000)),
            "<x></x>".repeat(50_000),
        ] {
            let html = render(&page);
            assert!(html.starts_with("<pre>") && html.len() < page.len() * 5);
        }
        assert!(render("<p><b>x<p>y").contains("<p><b>y</b></p>"));
        let page = "&".repeat(500_000);
        assert_eq!(
            render(&page),
            format!("<pre>{}</pre>", page.replace('&', "&amp;"))
        );
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_harmless(text in "(<|>|/|script|img|a| |src=|href=|on|x=|style=|\"|'|`|javascript:|//evil.example|!\\[|\\]\\(|\\)|\\n|&lt;|<!--|-->|\\\\){0,30}") {
            let html = render(&text);
            for tag in ["<script", "<style", "<svg", "<iframe"] {
                prop_assert!(!html.to_lowercase().contains(tag));
            }
        }
    }
}
