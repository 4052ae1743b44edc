//! Colours and shapes, once for all figures.
//!
//! Colours are named, not written: the style sheet gives them their values, one set for light and
//! one for dark surroundings. The series are those of Okabe and Ito (2008), which readers with the
//! common kinds of colour blindness tell apart; shapes and dashes say the same once more.

use kuva::plot::scatter::MarkerShape;
use kuva::render::theme::Theme;

/// The size of texts at the axes, in pixels of the drawing.
pub(crate) const TEXT_SIZE: u32 = 12;

/// The colour of the grid.
pub(crate) const GRID: &str = "var(--grid)";

/// The colour behind every other row.
pub(crate) const STRIPE: &str = "var(--stripe)";

/// The colour of what belongs to no model.
pub(crate) const NEUTRAL: &str = "var(--neutral)";

/// The look of one model in every figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Series {
    /// The colour, as the style sheet names it.
    pub(crate) color: &'static str,
    /// The outline of the marker in a box of 16 by 16, for legends.
    pub(crate) outline: &'static str,
    shape: Shape,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Circle,
    Diamond,
    Square,
    Triangle,
    TriangleDown,
    Pentagon,
}

impl Series {
    /// The marker in a plot.
    pub(crate) fn marker(self) -> MarkerShape {
        match self.shape {
            Shape::Circle => MarkerShape::Circle,
            Shape::Diamond => MarkerShape::Diamond,
            Shape::Square => MarkerShape::Square,
            Shape::Triangle => MarkerShape::Triangle,
            Shape::TriangleDown => MarkerShape::TriangleDown,
            Shape::Pentagon => MarkerShape::Pentagon,
        }
    }
}

/// As many looks as there may be models.
const SERIES: [Series; crate::input::MOST_MODELS] = [
    Series {
        color: "var(--series-1)",
        outline: "M8 3 a5 5 0 1 0 0 10 a5 5 0 1 0 0 -10 z",
        shape: Shape::Circle,
    },
    Series {
        color: "var(--series-2)",
        outline: "M8 2 L14 8 L8 14 L2 8 z",
        shape: Shape::Diamond,
    },
    Series {
        color: "var(--series-3)",
        outline: "M3.5 3.5 h9 v9 h-9 z",
        shape: Shape::Square,
    },
    Series {
        color: "var(--series-4)",
        outline: "M8 2.5 L13.5 12.5 L2.5 12.5 z",
        shape: Shape::Triangle,
    },
    Series {
        color: "var(--series-5)",
        outline: "M2.5 3.5 L13.5 3.5 L8 13.5 z",
        shape: Shape::TriangleDown,
    },
    Series {
        color: "var(--series-6)",
        outline: "M8 2.5 L13.2 6.3 L11.2 12.5 L4.8 12.5 L2.8 6.3 z",
        shape: Shape::Pentagon,
    },
];

/// The look of the model with the given number.
pub(crate) fn series(model: usize) -> Series {
    SERIES[model % SERIES.len()]
}

/// The look of the frame: no background, so that the page shows through.
pub(super) fn frame() -> Theme {
    let ink = || "var(--ink)".to_owned();
    Theme {
        background: "none".to_owned(),
        axis_color: "var(--axis)".to_owned(),
        grid_color: GRID.to_owned(),
        tick_color: "var(--axis)".to_owned(),
        text_color: ink(),
        legend_bg: "none".to_owned(),
        legend_border: "none".to_owned(),
        pie_leader: ink(),
        box_median: ink(),
        violin_border: ink(),
        colorbar_border: ink(),
        font_family: None,
        show_grid: true,
    }
}
