//! Charts of many marks in a plane, some of them joined by a line.

use kuva::plot::LinePlot;
use kuva::plot::scatter::{MarkerShape, ScatterPlot};
use kuva::render::annotations::TextAnnotation;
use kuva::render::layout::Layout;
use kuva::render::plots::Plot;

use super::axis::Axis;
use super::names::{Named, placed};
use super::svg;
use super::theme::{self, TEXT_SIZE};

/// The width of the drawing.
const WIDTH: f64 = 760.0;
/// The height of the drawing.
const HEIGHT: f64 = 500.0;
/// About how large the frame within the drawing is.
const FRAME: (f64, f64) = (690.0, 444.0);
/// How far below the middle of a text its anchor is, in pixels.
const ANCHOR: f64 = 10.0;

/// What a mark stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FieldLook {
    /// One of those that the line joins.
    Front,
    /// The one that is chosen.
    Chosen,
    /// One that is beaten.
    Pale,
    /// Something to compare with.
    Other,
}

impl FieldLook {
    /// The colour, as the style sheet names it.
    pub(crate) fn color(self) -> &'static str {
        match self {
            Self::Front => "var(--series-2)",
            Self::Chosen => "var(--series-1)",
            Self::Pale => "var(--pale)",
            Self::Other => "var(--series-3)",
        }
    }

    /// The colour of its intervals; those of the front are pale, as they are many and long.
    fn bar_color(self) -> &'static str {
        match self {
            Self::Front | Self::Pale => "var(--pale)",
            Self::Chosen | Self::Other => self.color(),
        }
    }

    /// The outline of the marker in a box of 16 by 16, for legends.
    pub(crate) fn outline(self) -> &'static str {
        match self {
            Self::Front | Self::Pale => "M8 3 a5 5 0 1 0 0 10 a5 5 0 1 0 0 -10 z",
            Self::Chosen => {
                "M8 1 L9.9 5.9 L15 6.1 L11 9.4 L12.4 14.4 L8 11.5 L3.6 14.4 L5 9.4 L1 6.1 L6.1 5.9 z"
            }
            Self::Other => "M8 2 L14 8 L8 14 L2 8 z",
        }
    }

    fn shape(self) -> MarkerShape {
        match self {
            Self::Front | Self::Pale => MarkerShape::Circle,
            Self::Chosen => MarkerShape::Star,
            Self::Other => MarkerShape::Diamond,
        }
    }

    fn size(self) -> f64 {
        match self {
            Self::Front | Self::Other => 5.0,
            Self::Chosen => 9.0,
            Self::Pale => 4.0,
        }
    }
}

/// A mark with its two intervals and its name.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FieldMark {
    /// Its place.
    pub(crate) at: (f64, f64),
    /// The interval along the horizontal axis.
    pub(crate) across: Option<(f64, f64)>,
    /// The interval along the vertical axis.
    pub(crate) upright: Option<(f64, f64)>,
    /// What it stands for.
    pub(crate) look: FieldLook,
    /// What is written beside it; may be empty.
    pub(crate) name: String,
}

impl FieldMark {
    /// A mark without intervals and name.
    pub(crate) fn bare(at: (f64, f64), look: FieldLook) -> Self {
        Self {
            at,
            across: None,
            upright: None,
            look,
            name: String::new(),
        }
    }
}

/// A chart of marks.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FieldChart {
    /// The horizontal axis.
    pub(crate) x: Axis,
    /// The vertical axis.
    pub(crate) y: Axis,
    /// The line, drawn below the marks.
    pub(crate) line: Vec<(f64, f64)>,
    /// The marks; later ones lie above.
    pub(crate) marks: Vec<FieldMark>,
}

impl FieldChart {
    /// The chart as an `<svg>` element.
    pub(crate) fn draw(&self, id: &str, alt: &str) -> String {
        let (left, right) = self.x.drawn();
        let (bottom, top) = self.y.drawn();
        let mut layout = Layout::new((left, right), (bottom, top))
            .with_width(WIDTH)
            .with_height(HEIGHT)
            .with_x_axis_min(left)
            .with_x_axis_max(right)
            .with_y_axis_min(bottom)
            .with_y_axis_max(top)
            .with_x_tick_step(self.x.step())
            .with_y_tick_step(self.y.step())
            .with_x_tick_format(self.x.format())
            .with_y_tick_format(self.y.format())
            .with_x_label(svg::literal(self.x.label()))
            .with_y_label(svg::literal(self.y.label()))
            .with_force_margins_y(10.0, 46.0)
            .with_tick_size(TEXT_SIZE)
            .with_label_size(TEXT_SIZE)
            .with_body_size(TEXT_SIZE)
            .with_theme(theme::frame());
        let mut plots = Vec::new();
        for mark in &self.marks {
            let (x, y) = mark.at;
            let bars = [
                mark.across.map(|(low, high)| [(low, y), (high, y)]),
                mark.upright.map(|(low, high)| [(x, low), (x, high)]),
            ];
            for bar in bars.into_iter().flatten() {
                plots.push(Plot::Line(
                    LinePlot::new()
                        .with_data(bar)
                        .with_color(mark.look.bar_color())
                        .with_stroke_width(1.5),
                ));
            }
        }
        if self.line.len() > 1 {
            plots.push(Plot::Line(
                LinePlot::new()
                    .with_data(self.line.iter().copied())
                    .with_color(FieldLook::Front.color())
                    .with_stroke_width(2.5),
            ));
        }
        for mark in &self.marks {
            plots.push(Plot::Scatter(
                ScatterPlot::new()
                    .with_data([mark.at])
                    .with_marker(mark.look.shape())
                    .with_size(mark.look.size())
                    .with_color(mark.look.color()),
            ));
        }
        for (mark, at) in self.marks.iter().zip(self.names_at()) {
            if !mark.name.is_empty() {
                layout = layout.with_annotation(
                    TextAnnotation::new(svg::label(&mark.name), at.0, at.1)
                        .with_font_size(TEXT_SIZE - 1),
                );
            }
        }
        svg::draw(plots, layout, id, alt)
    }

    /// The anchors of all names, in order.
    fn names_at(&self) -> Vec<(f64, f64)> {
        let (left, right) = self.x.drawn();
        let (bottom, top) = self.y.drawn();
        let pixel = |(x, y): (f64, f64)| {
            (
                (x - left) / (right - left) * FRAME.0,
                (top - y) / (top - bottom) * FRAME.1,
            )
        };
        let marks: Vec<Named<'_>> = (self.marks.iter())
            .map(|mark| Named {
                at: pixel(mark.at),
                half: mark.look.size(),
                name: &mark.name,
                to_left: mark.look != FieldLook::Other,
            })
            .collect();
        let line: Vec<(f64, f64)> = self.line.iter().copied().map(pixel).collect();
        placed(&marks, &line, FRAME)
            .into_iter()
            .map(|(x, y)| {
                (
                    left + x / FRAME.0 * (right - left),
                    top - (y + ANCHOR) / FRAME.1 * (top - bottom),
                )
            })
            .collect()
    }
}
