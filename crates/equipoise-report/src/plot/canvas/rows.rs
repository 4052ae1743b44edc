//! Charts of named rows: a forest plot is one, a bar chart another.

use kuva::plot::LinePlot;
use kuva::plot::scatter::ScatterPlot;
use kuva::render::annotations::{ShadedRegion, TextAnnotation};
use kuva::render::layout::Layout;
use kuva::render::plots::Plot;

use super::axis::Axis;
use super::svg;
use super::theme::{self, GRID, NEUTRAL, STRIPE, TEXT_SIZE};

/// The width of the drawing.
const WIDTH: f64 = 520.0;
/// The room above the rows.
const TOP: f64 = 8.0;
/// The room below the rows, for ticks and label of the axis.
const BOTTOM: f64 = 46.0;
/// The height of one lane of a row.
const LANE: f64 = 15.0;
/// The room between rows.
const BETWEEN: f64 = 12.0;

/// Something in a row. Rows and lanes are counted from the top; each row has the same lanes, one
/// for each model.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Mark {
    /// A value with its interval, in the look of a model.
    Estimate {
        /// The row.
        row: usize,
        /// The lane, which is also the model.
        lane: usize,
        /// The value.
        value: f64,
        /// The ends of the interval.
        interval: Option<(f64, f64)>,
    },
    /// A bar from zero that belongs to no model.
    Bar {
        /// The row.
        row: usize,
        /// The value.
        value: f64,
    },
    /// A dot that belongs to no model.
    Dot {
        /// The row.
        row: usize,
        /// The value.
        value: f64,
    },
    /// Words in the place of a value.
    Words {
        /// The row.
        row: usize,
        /// The lane.
        lane: usize,
        /// The words.
        text: String,
    },
}

/// A chart of named rows over one axis.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RowChart {
    /// The names of the rows, from the top.
    pub(crate) rows: Vec<String>,
    /// How many lanes each row has; at least 1.
    pub(crate) lanes: usize,
    /// The axis.
    pub(crate) axis: Axis,
    /// What is in the rows.
    pub(crate) marks: Vec<Mark>,
}

impl RowChart {
    /// The chart as an `<svg>` element.
    pub(crate) fn draw(&self, id: &str, alt: &str) -> String {
        let rows = self.rows.len().max(1) as f64;
        let (low, high) = self.axis.drawn();
        let height = TOP + BOTTOM + rows * self.pitch();
        let mut layout = Layout::new((low, high), (0.5, rows + 0.5))
            .with_width(WIDTH)
            .with_height(height)
            .with_x_axis_min(low)
            .with_x_axis_max(high)
            .with_y_axis_min(0.5)
            .with_y_axis_max(rows + 0.5)
            .with_x_tick_step(self.axis.step())
            .with_x_tick_format(self.axis.format())
            .with_x_label(svg::literal(self.axis.label()))
            .with_y_categories(self.rows.iter().rev().map(|row| svg::label(row)).collect())
            .with_force_margins_y(TOP, BOTTOM)
            .with_tick_size(TEXT_SIZE)
            .with_label_size(TEXT_SIZE)
            .with_body_size(TEXT_SIZE)
            .with_theme(theme::frame());
        for row in (0..self.rows.len()).step_by(2) {
            let middle = self.height_of(row, 0.0);
            layout = layout.with_shaded_region(
                ShadedRegion::horizontal(middle - 0.5, middle + 0.5)
                    .with_color(STRIPE)
                    .with_opacity(1.0),
            );
        }
        let mut plots: Vec<Plot> = self
            .axis
            .ticks()
            .into_iter()
            .map(|tick| line(GRID, 1.0, (tick, 0.5), (tick, rows + 0.5)))
            .collect();
        for mark in &self.marks {
            match mark {
                Mark::Estimate {
                    row,
                    lane,
                    value,
                    interval,
                } => {
                    let series = theme::series(*lane);
                    let at = self.lane_height(*row, *lane);
                    if let Some((from, to)) = interval {
                        plots.push(line(series.color, 2.5, (*from, at), (*to, at)));
                    }
                    plots.push(Plot::Scatter(
                        ScatterPlot::new()
                            .with_data([(*value, at)])
                            .with_marker(series.marker())
                            .with_size(4.5)
                            .with_color(series.color),
                    ));
                }
                Mark::Bar { row, value } => {
                    let at = self.height_of(*row, 0.0);
                    plots.push(line(NEUTRAL, 11.0, (0.0, at), (*value, at)));
                }
                Mark::Dot { row, value } => {
                    let at = self.height_of(*row, 0.0);
                    plots.push(Plot::Scatter(
                        ScatterPlot::new()
                            .with_data([(*value, at)])
                            .with_size(5.0)
                            .with_color(NEUTRAL),
                    ));
                }
                Mark::Words { row, lane, text } => {
                    // The words stand 6 pixels above their anchor and are about 8 pixels high.
                    let at = self.lane_height(*row, *lane) - 10.0 / self.pitch();
                    layout = layout.with_annotation(
                        TextAnnotation::new(svg::label(text), 0.5 * (low + high), at)
                            .with_font_size(TEXT_SIZE - 1),
                    );
                }
            }
        }
        svg::draw(plots, layout, id, alt)
    }

    /// The height of one row in pixels.
    fn pitch(&self) -> f64 {
        self.lanes.max(1) as f64 * LANE + BETWEEN
    }

    /// The middle of a row, moved down by some pixels, in the units of the drawing.
    fn height_of(&self, row: usize, below: f64) -> f64 {
        self.rows.len() as f64 - row as f64 - below / self.pitch()
    }

    /// The middle of a lane, in the units of the drawing.
    fn lane_height(&self, row: usize, lane: usize) -> f64 {
        let from_middle = lane as f64 - 0.5 * (self.lanes.max(1) as f64 - 1.0);
        self.height_of(row, from_middle * LANE)
    }
}

fn line(color: &str, width: f64, from: (f64, f64), to: (f64, f64)) -> Plot {
    Plot::Line(
        LinePlot::new()
            .with_data([from, to])
            .with_color(color)
            .with_stroke_width(width),
    )
}
