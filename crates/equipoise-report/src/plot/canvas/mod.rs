//! What all plots share: the colours, two kinds of charts, and the finished SVG.

mod axis;
mod plane;
mod rows;
mod svg;
pub(crate) mod theme;

pub(crate) use axis::{Axis, Scale};
pub(crate) use plane::{Curve, PlaneChart, PlanePoint};
pub(crate) use rows::{Mark, RowChart};
