//! Audits and training histories as one self-contained HTML page.
//!
//! The page needs no network, no script and no other file; it prints, follows the reader's light
//! or dark setting, and says everything that a figure shows in a table as well. It contains no
//! clock, host or path: the same input gives the same bytes.
//!
//! ```
//! use equipoise_report::{LabelDescription, ReportInput, render};
//!
//! let input = ReportInput {
//!     title: "Income, adults".to_owned(),
//!     label: LabelDescription {
//!         column: "income".to_owned(),
//!         positive: ">50K".to_owned(),
//!     },
//!     group_attributes: vec!["sex".to_owned()],
//!     notes: vec!["Nothing has been audited yet.".to_owned()],
//!     ..ReportInput::default()
//! };
//! let page = render(&input)?;
//! assert!(page.starts_with("<!doctype html>"));
//! assert!(page.contains("&#62;50K"), "what comes from the data is escaped");
//! # Ok::<(), equipoise_report::Error>(())
//! ```
//!
//! In reading order:
//!
//! * [`input`]: what a report is made of
//! * [`page`]: [`render`], from the input to the page
//! * [`front`]: the page and the picture of a sweep, and how its front stands against other systems
//!
//! Inside: `evidence` looks numbers up in an audit, `vocabulary` names them, `number` writes them,
//! `section` turns them into sentences and tables, and `plot` draws them (one file and one line
//! of its registry for each plot).
//!
//! Other crates: `equipoise-metrics` makes the audit and `equipoise-core` holds the data profile
//! and the training history, so a report can be made for a model of any framework.

mod error;
mod evidence;
pub mod front;
pub mod input;
mod number;
pub mod page;
mod plot;
mod section;
mod vocabulary;

pub use error::Error;
pub use front::{
    FrontMeasure, FrontPage, FrontReport, FrontTrial, FrontUnit, FrontValue, Peer, PeerValue,
    PeerVerdict, Standing, peer_verdicts, render_front,
};
pub use input::{FairnessTerm, LabelDescription, ModelReport, ReportInput};
pub use page::render;
