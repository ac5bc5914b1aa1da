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

use crate::archive::docs::effort;

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
/// How many characters the sanitiser may have to escape before a page is shown as plain text: for each, it searches the
/// rest of the text.
const ESCAPES_MAX: usize = 100_000;

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
/// An image from elsewhere becomes a link to it. A page that nests deeper, or has more parts, than any real one is shown
/// as plain text.
pub fn render(markdown: &str) -> String {
    let plain = || format!("<pre>{}</pre>", ammonia::clean_text(markdown));
    // Looked at twice instead of kept in between: events take a hundred times the memory of the page.
    if effort::is_too_much(events(markdown)) {
        return plain();
    }
    let mut images = Images::default();
    let events = events(markdown).filter_map(|event| images.tame(event));
    let mut rendered = String::with_capacity(markdown.len() * 3 / 2);
    html::push_html(&mut rendered, events);
    let escapes = rendered.bytes().filter(|byte| matches!(byte, b'&' | 0xC2));
    match escapes.count() > ESCAPES_MAX {
        true => plain(),
        false => SANITISER.clean(&rendered).to_string(),
    }
}

fn events(markdown: &str) -> Parser<'_> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_HEADING_ATTRIBUTES;
    Parser::new_ext(markdown, options)
}

/// Images on their way into the page: those from elsewhere become links.
#[derive(Default)]
struct Images {
    /// Links that are open.
    links: usize,
    /// For each image that is open, what has become of it.
    open: Vec<Image>,
}

enum Image {
    Kept,
    Linked,
    /// It stands in a link, which cannot hold another: only its text is left.
    Text,
}

impl Images {
    fn tame<'t>(&mut self, event: Event<'t>) -> Option<Event<'t>> {
        match event {
            Event::Start(Tag::Image { ref dest_url, .. }) if is_local(dest_url) => {
                self.open.push(Image::Kept);
                Some(event)
            }
            Event::Start(Tag::Image {
                dest_url, title, ..
            }) => {
                let is_free = self.links == 0 && self.open.is_empty();
                self.open
                    .push(if is_free { Image::Linked } else { Image::Text });
                is_free.then(|| link(dest_url, title))
            }
            Event::End(TagEnd::Image) => match self.open.pop() {
                Some(Image::Linked) => Some(Event::End(TagEnd::Link)),
                Some(Image::Text) => None,
                _ => Some(event),
            },
            Event::Start(Tag::Link { .. }) => {
                self.links += 1;
                Some(event)
            }
            Event::End(TagEnd::Link) => {
                self.links = self.links.saturating_sub(1);
                Some(event)
            }
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
        assert!(render(&"a\n\n".repeat(40_000)).starts_with("<pre>a"));
        assert!(render(&"a\n\n".repeat(30_000)).starts_with("<p>a</p>"));
        assert!(render(&"<br>".repeat(100_000)).starts_with("<pre>&lt;br"));
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
