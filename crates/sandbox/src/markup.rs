//! Rich text: checking that `html_notes` and `html_text` are what Asana accepts, and their plain twins.
//!
//! Well-formed XML rooted at `<body>`, known tags only, attributes on links and media only; anything else is 400.
//! Known limit: which tags are legal where (comments or descriptions) is not told apart.

use crate::error::Failure;
use roxmltree::{Document, Node, ParsingOptions};

const TAGS: &[&str] = &[
    "body",
    "strong",
    "em",
    "u",
    "s",
    "code",
    "pre",
    "blockquote",
    "ol",
    "ul",
    "li",
    "a",
    "h1",
    "h2",
    "hr",
    "img",
    "table",
    "tr",
    "td",
    "object",
];
/// Tags that may carry attributes.
const WITH_ATTRIBUTES: &[&str] = &["a", "img", "object", "table", "td"];
/// Tags whose end is a line break in plain text.
const LINES: &[&str] = &["li", "h1", "h2", "hr", "pre", "blockquote", "tr"];

/// Plain text made safe for markup, as a `<body>`.
pub(crate) fn body(text: &str) -> String {
    let safe = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("<body>{safe}</body>")
}

/// Checks markup given as `key` and answers its plain text.
pub(crate) fn plain(key: &str, html: &str) -> Result<String, Failure> {
    let invalid = |why: String| Failure::bad(format!("{key}: XML is invalid: {why}"));
    let options = ParsingOptions { allow_dtd: false, ..ParsingOptions::default() };
    let document =
        Document::parse_with_options(html.trim(), options).map_err(|error| invalid(error.to_string()))?;
    let root = document.root_element();
    if root.tag_name().name() != "body" {
        return Err(invalid("the text must be one <body> element".to_owned()));
    }
    for element in root.descendants().filter(Node::is_element) {
        let tag = element.tag_name().name();
        if !TAGS.contains(&tag) {
            return Err(invalid(format!("<{tag}> is not a supported tag")));
        }
        if element.attributes().len() > 0 && !WITH_ATTRIBUTES.contains(&tag) {
            return Err(invalid(format!("<{tag}> must not have attributes")));
        }
    }
    let mut text = String::new();
    write_text(root, &mut text);
    Ok(text.trim_end_matches('\n').to_owned())
}

/// Gids that valid markup links to, each once.
pub(crate) fn mentions(html: &str) -> Vec<String> {
    let Ok(document) = Document::parse(html.trim()) else {
        return Vec::new();
    };
    let mut gids: Vec<String> = Vec::new();
    for gid in document.descendants().filter_map(|node| node.attribute("data-asana-gid")) {
        if !gids.iter().any(|known| known == gid) {
            gids.push(gid.to_owned());
        }
    }
    gids
}

fn write_text(node: Node<'_, '_>, out: &mut String) {
    if let Some(text) = node.text().filter(|_| node.is_text()) {
        out.push_str(text);
    }
    // A mention written as an empty link shows as the address of what it names.
    if let Some(gid) = node.attribute("data-asana-gid").filter(|_| !node.has_children()) {
        out.push_str("https://app.asana.com/0/");
        out.push_str(gid);
    }
    node.children().for_each(|child| write_text(child, out));
    if LINES.contains(&node.tag_name().name()) && !out.ends_with('\n') {
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::{body, plain};

    #[test]
    fn plain_text_survives_the_way_there_and_back() {
        for text in ["a < b && c > d", "two\nlines", "", "😀 שלום"] {
            assert_eq!(plain("html_notes", &body(text)).expect("valid"), text);
        }
    }

    #[test]
    fn lists_become_lines_and_mentions_addresses() {
        let html =
            "<body>Do:<ul><li>one</li><li><strong>two</strong></li></ul>by <a data-asana-gid=\"12\"/></body>";
        assert_eq!(plain("html_text", html).expect("valid"), "Do:one\ntwo\nby https://app.asana.com/0/12");
    }

    #[test]
    fn what_asana_refuses_is_refused() {
        for html in [
            "no body",
            "<p>x</p>",
            "<body><b>x</b></body>",
            "<body>a<br></body>",
            "<body>a & b</body>",
            "<body>&nbsp;</body>",
            "<body><strong class=\"x\">x</strong></body>",
            "<body>x</body><body>y</body>",
        ] {
            let failure = plain("html_text", html).expect_err(html);
            assert!(failure.message.starts_with("html_text: XML is invalid"), "{}", failure.message);
        }
    }
}
