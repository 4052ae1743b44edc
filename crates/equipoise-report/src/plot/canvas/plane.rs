//! Charts of two numbers: curves and points in a plane.

use kuva::plot::LinePlot;
use kuva::plot::scatter::ScatterPlot;
use kuva::render::layout::Layout;
use kuva::render::plots::Plot;

use super::axis::Axis;
use super::svg;
use super::theme::{self, TEXT_SIZE};

/// The width of the drawing.
const WIDTH: f64 = 520.0;
/// The height of the drawing.
const HEIGHT: f64 = 300.0;

/// A curve in the look of a model.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Curve {
    /// The model.
    pub(crate) model: usize,
    /// Its points, in order.
    pub(crate) points: Vec<(f64, f64)>,
    /// Whether it is dashed, which says that it is of the training part.
    pub(crate) dashed: bool,
    /// Whether its points are marked.
    pub(crate) marked: bool,
}

/// A point in the look of a model, with its two intervals.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PlanePoint {
    /// The model.
    pub(crate) model: usize,
    /// Its place.
    pub(crate) at: (f64, f64),
    /// The interval along the horizontal axis.
    pub(crate) across: Option<(f64, f64)>,
    /// The interval along the vertical axis.
    pub(crate) upright: Option<(f64, f64)>,
}

/// A chart of two numbers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PlaneChart {
    /// The horizontal axis.
    pub(crate) x: Axis,
    /// The vertical axis.
    pub(crate) y: Axis,
    /// The curves, drawn first.
    pub(crate) curves: Vec<Curve>,
    /// The points, drawn over the curves.
    pub(crate) points: Vec<PlanePoint>,
}

impl PlaneChart {
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
            .with_force_margins_y(10.0, 46.0)
            .with_tick_size(TEXT_SIZE)
            .with_label_size(TEXT_SIZE)
            .with_body_size(TEXT_SIZE)
            .with_theme(theme::frame());
        if !self.y.label().is_empty() {
            layout = layout.with_y_label(svg::literal(self.y.label()));
        }
        let mut plots = Vec::new();
        for curve in &self.curves {
            let series = theme::series(curve.model);
            let drawn = LinePlot::new()
                .with_data(curve.points.iter().copied())
                .with_color(series.color)
                .with_stroke_width(2.0);
            plots.push(Plot::Line(if curve.dashed {
                drawn.with_dashed()
            } else {
                drawn
            }));
            // One epoch alone makes no line, so its point is marked.
            if curve.marked || curve.points.len() == 1 {
                plots.push(Plot::Scatter(
                    ScatterPlot::new()
                        .with_data(curve.points.iter().copied())
                        .with_marker(series.marker())
                        .with_size(3.0)
                        .with_color(series.color),
                ));
            }
        }
        for point in &self.points {
            let series = theme::series(point.model);
            let (x, y) = point.at;
            let bars = [
                point.across.map(|(low, high)| [(low, y), (high, y)]),
                point.upright.map(|(low, high)| [(x, low), (x, high)]),
            ];
            for bar in bars.into_iter().flatten() {
                plots.push(Plot::Line(
                    LinePlot::new()
                        .with_data(bar)
                        .with_color(series.color)
                        .with_stroke_width(2.0),
                ));
            }
            plots.push(Plot::Scatter(
                ScatterPlot::new()
                    .with_data([point.at])
                    .with_marker(series.marker())
                    .with_size(7.0)
                    .with_color(series.color),
            ));
        }
        svg::draw(plots, layout, id, alt)
    }
}
