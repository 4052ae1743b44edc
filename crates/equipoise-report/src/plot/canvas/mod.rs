//! What all plots share: the colours, three kinds of charts, and the finished SVG.

mod axis;
mod field;
mod names;
mod plane;
mod rows;
mod standalone;
mod svg;
pub(crate) mod theme;

pub(crate) use axis::{Axis, Scale};
pub(crate) use field::{FieldChart, FieldLook, FieldMark};
pub(crate) use plane::{Curve, PlaneChart, PlanePoint};
pub(crate) use rows::{Mark, RowChart};
pub(crate) use standalone::standalone;
