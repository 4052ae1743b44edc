//! A figure as a file of its own: with its title, its legend and the values of its colours.

use std::fmt::Write as _;

use super::svg::{attribute, shortened};
use crate::page::STYLE;
use crate::plot::Figure;

/// The width of a picture.
const WIDTH: f64 = 760.0;
/// The height of the title.
const TITLE: f64 = 34.0;
/// The height of one line of the legend.
const LINE: f64 = 19.0;
/// The room at the edges.
const EDGE: f64 = 16.0;
/// The most letters of a line of the legend.
const LONGEST: usize = 100;

/// A picture as an SVG file for light surroundings; without a figure it says that there is none.
pub(crate) fn standalone(title: &str, figure: Option<&Figure>) -> String {
    let drawn = figure.map_or(0.0, |figure| WIDTH * ratio(&figure.svg).unwrap_or_default());
    let legend = figure.map_or(&[][..], |figure| &figure.legend);
    let height = TITLE + drawn + legend.len() as f64 * LINE + 2.0 * EDGE;
    let full = WIDTH + 2.0 * EDGE;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{full:.0}\" height=\"{height:.0}\" \
         viewBox=\"0 0 {full:.0} {height:.0}\" font-family=\"system-ui, Helvetica, Arial, \
         sans-serif\" fill=\"var(--ink)\">\n\
         <rect width=\"{full:.0}\" height=\"{height:.0}\" fill=\"var(--paper)\"/>\n\
         <text x=\"{EDGE}\" y=\"{:.0}\" font-size=\"17\" font-weight=\"600\">{}</text>\n",
        EDGE + 12.0,
        text(title),
    );
    if let Some(figure) = figure {
        // A nested element has its own place and size.
        let nested = figure
            .svg
            .replacen("<svg ", &format!("<svg x=\"{EDGE}\" y=\"{TITLE}\" "), 1);
        svg.push_str(&resized(&nested, drawn));
        svg.push('\n');
    } else {
        let _ = writeln!(
            svg,
            "<text x=\"{EDGE}\" y=\"{:.0}\" font-size=\"13\">Nothing can be drawn.</text>",
            TITLE + EDGE
        );
    }
    for (place, entry) in legend.iter().enumerate() {
        let top = TITLE + drawn + EDGE + place as f64 * LINE - 12.0;
        let _ = write!(svg, "<g transform=\"translate({EDGE} {top:.1})\">");
        if let Some(dash) = entry.line {
            let _ = write!(
                svg,
                "<path d=\"M0 8 H26\" stroke=\"{}\" stroke-width=\"2.5\" stroke-dasharray=\"{}\"/>",
                entry.color,
                dash.pieces()
            );
        }
        if let Some(outline) = entry.outline {
            let _ = write!(
                svg,
                "<path transform=\"translate(5 0)\" d=\"{outline}\" fill=\"{}\"/>",
                entry.color
            );
        }
        let _ = writeln!(
            svg,
            "<text x=\"34\" y=\"12.5\" font-size=\"13\">{}</text></g>",
            text(&entry.text)
        );
    }
    svg.push_str("</svg>\n");
    with_values(&svg)
}

fn text(text: &str) -> String {
    attribute(&shortened(text, LONGEST).replace("\\$", "$"))
}

/// The height of an element for a width of 1.
fn ratio(svg: &str) -> Option<f64> {
    let (_, rest) = svg.split_once(" viewBox=\"0 0 ")?;
    let (size, _) = rest.split_once('"')?;
    let (width, height) = size.split_once(' ')?;
    let (width, height): (f64, f64) = (width.parse().ok()?, height.parse().ok()?);
    (width > 0.0).then_some(height / width)
}

/// An element with another size; what is inside scales with it.
fn resized(svg: &str, height: f64) -> String {
    let Some((open, inside)) = svg.split_once('>') else {
        return svg.to_owned();
    };
    let Some((head, _)) = open.split_once(" width=\"") else {
        return svg.to_owned();
    };
    format!("{head} width=\"{WIDTH:.0}\" height=\"{height:.1}\" fill=\"var(--ink)\">{inside}")
}

/// Colours by their values, which programs other than browsers understand.
fn with_values(svg: &str) -> String {
    let light = STYLE.split_once('}').map_or("", |(light, _)| light);
    let mut done = svg.to_owned();
    for line in light.lines() {
        if let Some((name, value)) = line.trim().trim_end_matches(';').split_once(':')
            && name.starts_with("--")
        {
            done = done.replace(&format!("var({name})"), value.trim());
        }
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::LegendEntry;

    #[test]
    fn a_picture_names_no_variable_and_escapes_its_texts() {
        let figure = Figure {
            id: "f".to_owned(),
            title: String::new(),
            part: String::new(),
            caption: String::new(),
            svg: "<svg class=\"plot\" viewBox=\"0 0 200 100\" width=\"200\" height=\"100\" \
                  fill=\"var(--ink)\"><g stroke=\"var(--pale)\"/></svg>"
                .to_owned(),
            legend: vec![LegendEntry {
                text: "<script> & $5".to_owned(),
                color: "var(--series-1)",
                outline: Some("M0 0"),
                line: Some(crate::plot::Dash::Whole),
            }],
        };
        let svg = standalone("a \"title\"", Some(&figure));
        assert!(!svg.contains("var("), "{svg}");
        assert!(svg.contains("&lt;script&gt; &amp; $5"), "{svg}");
        assert!(svg.contains("width=\"760\" height=\"380.0\""), "{svg}");
        assert!(svg.contains("#d55e00"), "{svg}");
    }
}
