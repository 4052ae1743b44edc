//! From a scene to an SVG element that can stand in a page with others.

use kuva::backend::svg::SvgBackend;
use kuva::render::layout::Layout;
use kuva::render::plots::Plot;
use kuva::render::render::render_multiple;

/// The most letters that a label in a figure has; tables show the whole name.
const LONGEST_LABEL: usize = 30;

/// The most letters of a text at an axis.
const LONGEST_TEXT: usize = 70;

/// What the drawing library calls its clip paths; it numbers them through the whole process.
const CLIP: &str = "kuva-clip-";

/// Draws plots and returns one `<svg>` element.
///
/// The element scales with the page, has the text `alt` for those who do not see it, and its ids
/// begin with `id`.
pub(super) fn draw(plots: Vec<Plot>, layout: Layout, id: &str, alt: &str) -> String {
    let scene = render_multiple(plots, layout);
    let (width, height) = (scene.width, scene.height);
    let drawn = SvgBackend::new().render_scene(&scene);
    // The opening tag is written anew; it holds no text, so its first `>` closes it.
    let inside = drawn.split_once('>').map_or("", |(_, inside)| inside);
    let inside = without_comment(inside.trim_start());
    format!(
        "<svg class=\"plot\" role=\"img\" aria-label=\"{}\" viewBox=\"0 0 {width:.0} {height:.0}\" \
         width=\"{width:.0}\" height=\"{height:.0}\" fill=\"var(--ink)\">{}",
        attribute(alt),
        with_own_ids(inside, id),
    )
}

/// The name of a row, made literal and at most 30 letters long.
pub(super) fn label(text: &str) -> String {
    shortened(text, LONGEST_LABEL)
}

/// A longer text such as the one at an axis, made literal and at most 70 letters long.
pub(super) fn literal(text: &str) -> String {
    shortened(text, LONGEST_TEXT)
}

/// A text without control characters, cut if it is too long, and with nothing in it that the
/// drawing library would read as a formula.
pub(super) fn shortened(text: &str, most: usize) -> String {
    let clean: String = text
        .chars()
        .map(|c| if c.is_control() { '\u{FFFD}' } else { c })
        .collect();
    let short = if clean.chars().count() > most {
        let kept: String = clean.chars().take(most - 1).collect();
        format!("{}…", kept.trim_end())
    } else {
        clean
    };
    short.replace('$', "\\$")
}

/// A text as the value of an attribute.
pub(super) fn attribute(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// Leaves out the stamp with which the drawing library begins.
fn without_comment(svg: &str) -> &str {
    svg.strip_prefix("<!--")
        .and_then(|rest| rest.split_once("-->"))
        .map_or(svg, |(_, rest)| rest)
}

/// Gives the clip paths names that begin with `id` and are numbered within the figure.
fn with_own_ids(svg: &str, id: &str) -> String {
    let mut names: Vec<&str> = Vec::new();
    let mut own = String::with_capacity(svg.len());
    let mut rest = svg;
    while let Some(at) = rest.find(CLIP) {
        let (before, found) = rest.split_at(at);
        let digits = found[CLIP.len()..]
            .find(|c: char| !c.is_ascii_digit())
            .map_or(found.len(), |end| end + CLIP.len());
        let (name, after) = found.split_at(digits);
        let number = names
            .iter()
            .position(|known| *known == name)
            .unwrap_or_else(|| {
                names.push(name);
                names.len() - 1
            });
        own.push_str(before);
        own.extend([id, "-clip-", number.to_string().as_str()]);
        rest = after;
    }
    own + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_short_and_literal() {
        assert_eq!(label("Female"), "Female");
        assert_eq!(label("$5 to $10"), "\\$5 to \\$10");
        assert_eq!(label("a\u{0}b\nc"), "a\u{FFFD}b\u{FFFD}c");
        assert_eq!(label(&"x".repeat(40)).chars().count(), 30);
    }

    #[test]
    fn clip_paths_are_numbered_within_the_figure() {
        let svg = "<a id=\"kuva-clip-17\"/><g clip-path=\"url(#kuva-clip-17)\"/>";
        assert_eq!(
            with_own_ids(svg, "f"),
            "<a id=\"f-clip-0\"/><g clip-path=\"url(#f-clip-0)\"/>"
        );
    }
}
