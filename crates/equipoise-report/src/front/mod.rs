//! The page and the picture of a sweep: two measures of many trials, the front of those that no
//! other beats, and other systems beside them.
//!
//! ```
//! use equipoise_report::{FrontReport, FrontTrial, FrontValue, render_front};
//!
//! let value = |value| FrontValue { value: Some(value), ..FrontValue::default() };
//! let report = FrontReport {
//!     title: "Income, adults".to_owned(),
//!     trials: vec![FrontTrial {
//!         name: "001".to_owned(),
//!         settings: "fairness.lambda=0.5".to_owned(),
//!         valid: [value(0.84), value(0.02)],
//!         test: [value(0.83), value(0.03)],
//!         on_front: true,
//!         recommended: true,
//!     }],
//!     ..FrontReport::default()
//! };
//! let page = render_front(&report)?;
//! assert!(page.html.starts_with("<!doctype html>"));
//! assert!(page.svg.starts_with("<svg xmlns="));
//! # Ok::<(), equipoise_report::Error>(())
//! ```
//!
//! * `input`: what the page is made of
//! * `standing`: where a front stands against a point of another system
//! * `words`: both as sentences
//! * `page`: [`render_front`]

mod input;
mod page;
mod standing;
mod words;

pub use input::{FrontMeasure, FrontReport, FrontTrial, FrontUnit, FrontValue, Peer, PeerValue};
pub use page::{FrontPage, render_front};
pub use standing::{Standing, standing};
pub(crate) use words::caption;
pub use words::{PeerVerdict, peer_verdicts};
