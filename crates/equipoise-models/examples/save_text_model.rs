//! Reads a model of texts from a folder as the Hugging Face hub has it, and writes it again.
//!
//! `cargo run -p equipoise-models --example save_text_model [FROM TO]`

#![expect(clippy::print_stdout, reason = "an example shows its result")]

use std::path::PathBuf;

use equipoise_models::bert::{Pooling, TextModel, hub_config};
use equipoise_tensor::{open_device, parse_device};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut folders = std::env::args().skip(1).map(PathBuf::from);
    let scratch = tempfile::tempdir()?;
    // Without folders, a small model that ships with the tests.
    let from = folders.next().unwrap_or_else(|| {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/bert/classification")
    });
    let to = folders
        .next()
        .unwrap_or_else(|| scratch.path().to_path_buf());

    let device = open_device(&parse_device("auto")?)?;
    let config = hub_config(&from)?;
    let labels = ["a", "b", "c"].map(str::to_owned);
    let loaded = TextModel::from_folder(&from, &config, Pooling::Cls, labels.len(), &device)?;
    println!(
        "{}: {} layers, {} wide, drawn afresh: {:?}",
        config.architecture.name(),
        config.layers,
        config.width,
        loaded.fresh
    );
    loaded
        .model
        .save_to_folder(&to, &config, Pooling::Cls, &labels)?;
    println!("written to {}", to.display());
    Ok(())
}
