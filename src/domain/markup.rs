//! Message text to HTML that is safe to put into a page.

use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd, html};
use pulldown_cmark_escape::escape_html_body_text;

use super::highlight;
use super::message::Markup;

/// The HTML of a message: Markdown rendered and sanitised, plain text escaped with its line breaks kept.
///
/// Links lead only to `http`, `https` and `mailto`, open apart from the page and say nothing of it. Pictures from
/// elsewhere are dropped, since fetching one tells its owner who read the message and when.
#[must_use]
pub fn to_html(text: &str, markup: Markup) -> String {
    match markup {
        // To a browser each kind of line end is one.
        Markup::Plain => escape(text).replace("\r\n", "<br>").replace(['\r', '\n'], "<br>"),
        Markup::Markdown => SANITISER.clean(&render_markdown(text)).to_string(),
    }
}

/// The words of a message without the marks of Markdown.
#[must_use]
pub fn to_words(text: &str, markup: Markup) -> String {
    match markup {
        Markup::Plain => text.to_owned(),
        Markup::Markdown => {
            let mut words = String::with_capacity(text.len());
            for event in Parser::new_ext(text, DIALECT) {
                match event {
                    Event::Text(run) | Event::Code(run) | Event::Html(run) | Event::InlineHtml(run) => words.push_str(&run),
                    Event::SoftBreak
                    | Event::HardBreak
                    | Event::Rule
                    | Event::End(TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item) => {
                        words.push('\n');
                    }
                    Event::End(TagEnd::TableCell) => words.push(' '),
                    _ => {}
                }
            }
            words
        }
    }
}

/// What is understood beside plain Markdown.
const DIALECT: Options = Options::ENABLE_STRIKETHROUGH.union(Options::ENABLE_TABLES).union(Options::ENABLE_TASKLISTS);

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    // Writing into a string does not fail.
    let _ = escape_html_body_text(&mut escaped, text);
    escaped
}

fn render_markdown(text: &str) -> String {
    // In a chat a line break is meant as one, and HTML is meant to be read.
    let events = Parser::new_ext(text, DIALECT).map(|event| match event {
        Event::SoftBreak => Event::HardBreak,
        Event::Html(html) | Event::InlineHtml(html) => Event::Text(html),
        other => other,
    });
    let mut rendered = String::with_capacity(text.len() * 3 / 2);
    html::push_html(&mut rendered, with_colours(up_to_depth(events)));
    rendered
}

/// Elements inside each other are drawn up to here. Nobody reads deeper, and for each tag the sanitiser looks through all that are open: 64 kB
/// of `>` would take it minutes.
const MAX_DEPTH: usize = 24;

/// The events without the beginning and end of what is deeper than [`MAX_DEPTH`]; what is in it stays.
fn up_to_depth<'a>(events: impl Iterator<Item = Event<'a>>) -> impl Iterator<Item = Event<'a>> {
    let mut depth = 0_usize;
    events.filter(move |event| match event {
        Event::Start(_) => {
            depth += 1;
            depth <= MAX_DEPTH
        }
        Event::End(_) => {
            depth = depth.saturating_sub(1);
            depth < MAX_DEPTH
        }
        _ => true,
    })
}

/// The events with each block of code that names its language drawn in colours.
fn with_colours<'a>(mut events: impl Iterator<Item = Event<'a>>) -> impl Iterator<Item = Event<'a>> {
    let mut left = highlight::MOST_PIECES;
    std::iter::from_fn(move || {
        let event = events.next()?;
        let Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) = &event else { return Some(event) };
        let mut code = String::new();
        // Nothing but text stands in a block of code, up to its end.
        while let Some(Event::Text(text)) = events.next() {
            code.push_str(&text);
        }
        let html = highlight::to_html(&code, language, &mut left).unwrap_or_else(|| escape(&code));
        Some(Event::Html(format!("<pre><code>{html}</code></pre>\n").into()))
    })
}

static SANITISER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::empty();
    builder
        .add_tags([
            "a",
            "b",
            "blockquote",
            "br",
            "code",
            "del",
            "em",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "hr",
            "i",
            "li",
            "ol",
            "p",
            "pre",
            "s",
            "span",
            "strong",
            "table",
            "tbody",
            "td",
            "th",
            "thead",
            "tr",
            "ul",
        ])
        .add_tag_attributes("a", ["href", "title"])
        .add_allowed_classes("span", highlight::CLASSES)
        .add_tag_attributes("ol", ["start"])
        .url_schemes(["http", "https", "mailto"].into())
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer nofollow"))
        .set_tag_attribute_value("a", "target", "_blank");
    builder
});

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_text_is_shown_as_it_was_written() {
        assert_eq!(to_html("1 < 2 & \"x\"\n*so*", Markup::Plain), "1 &lt; 2 &amp; \"x\"<br>*so*");
    }

    #[test]
    fn each_kind_of_line_end_is_one_break() {
        assert_eq!(to_html("a\r\nb\rc\nd", Markup::Plain), "a<br>b<br>c<br>d");
    }

    #[test]
    fn markdown_becomes_html() {
        let html = to_html("**bold** and [a link](https://example.org)\nnext", Markup::Markdown);
        assert!(html.contains("<strong>bold</strong>"), "{html}");
        assert!(html.contains("href=\"https://example.org\"") && html.contains("noopener"), "{html}");
        assert!(html.contains("<br>"), "{html}");
    }

    #[test]
    fn code_that_names_its_language_is_drawn_in_colours_and_other_code_is_not() {
        let html = to_html("```rust\nlet low = \"<b>\";\n```\n\nnext", Markup::Markdown);
        let coloured =
            "<pre><code><span class=\"code-keyword\">let</span> low = <span class=\"code-text\">\"&lt;b&gt;\"</span>;\n</code></pre>";
        assert!(html.contains(coloured) && html.contains("<p>next</p>"), "{html}");
        for plain in ["```\nlet <x>\n```", "    let <x>\n", "```klingon\nlet <x>\n"] {
            assert!(to_html(plain, Markup::Markdown).contains("<pre><code>let &lt;x&gt;\n</code></pre>"), "{plain}");
        }
    }

    #[test]
    fn elements_inside_each_other_are_drawn_up_to_a_depth() {
        let deep =
            [(">".repeat(60_000), "<blockquote>"), ("1. ".repeat(20_000), "<li>"), (format!("{0}x{0}", "*".repeat(30_000)), "<strong>")];
        for (text, tag) in deep {
            let html = to_html(&format!("{text} deep"), Markup::Markdown);
            assert!((10..=MAX_DEPTH).contains(&html.matches(tag).count()) && html.contains("deep"), "{tag}");
            let end = tag.replace('<', "</");
            assert_eq!(html.matches(tag).count(), html.matches(&end).count(), "{tag}");
        }
    }

    #[test]
    fn the_words_of_markdown_are_what_is_read() {
        let words = to_words("We **walk** the `reef`:\n\n- [two lamps](http://x)\n- ~~red~~ blue", Markup::Markdown);
        assert_eq!(words.split_whitespace().collect::<Vec<_>>(), ["We", "walk", "the", "reef:", "two", "lamps", "red", "blue"]);
    }

    #[test]
    fn nothing_in_a_message_runs_or_fetches() {
        let hostile = [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "[x](javascript:alert(1))",
            "[x](data:text/html;base64,PHNjcmlwdD4=)",
            "![pixel](http://tracker.example/p.gif)",
            "<svg onload=alert(1)>",
            "<a href=\"/api/session\" style=\"position:fixed\">x</a>",
            "[x](/api/session)",
            "<style>*{display:none}</style>",
        ];
        for text in hostile {
            for markup in [Markup::Plain, Markup::Markdown] {
                let html = to_html(text, markup);
                for tag in html.match_indices('<').map(|(at, _)| html[at..].split('>').next().unwrap_or_default()) {
                    let name = tag.trim_start_matches(['<', '/']).split(' ').next().unwrap_or_default();
                    assert!(["p", "br", "a"].contains(&name), "{text} -> {html}");
                    assert!(!["href", "src", "style", " on"].iter().any(|attribute| tag.contains(attribute)), "{text} -> {html}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_a_tag_that_is_not_allowed(text in any::<String>()) {
            for markup in [Markup::Plain, Markup::Markdown] {
                let html = to_html(&text, markup);
                prop_assert!(!html.contains("<script") && !html.contains("<img") && !html.contains("<iframe"));
            }
        }
    }
}
