//! The crate of texts through its public interface.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod balance;
mod counts;
mod edge_cases;
mod errors;
mod golden;
mod lexicons;
mod models;
mod packing;
mod probes;
mod real_data;
mod swaps;
