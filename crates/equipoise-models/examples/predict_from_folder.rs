//! Makes a model, writes its folder, and predicts from that folder alone.
#![expect(clippy::print_stdout, reason = "an example shows its result")]

use std::error::Error;

use equipoise_core::{Column, ColumnValues, FeatureEncoder, Predictor, Scores, Table, Task};
use equipoise_models::{ModelConfig, ModelFolder, ModelManifest, TabularModel, TabularPredictor};
use equipoise_tensor::{open_device, parse_device};

fn main() -> Result<(), Box<dyn Error>> {
    let device = open_device(&parse_device("auto")?)?;
    let table = Table::new(vec![
        Column {
            name: "age".to_owned(),
            values: ColumnValues::Number(vec![Some(25.0), Some(38.0), None, Some(61.0)]),
        },
        Column {
            name: "work".to_owned(),
            values: ColumnValues::from_texts(&[
                Some("Private"),
                Some("State"),
                Some("Private"),
                None,
            ]),
        },
    ])?;
    let task = Task::Binary {
        positive: ">50K".to_owned(),
    };
    let encoder = FeatureEncoder::fit(&table, &[0, 1, 2, 3], &["age", "work"])?;
    let config = ModelConfig::default_of("tabular-transformer").ok_or("no such kind of model")?;

    // A fresh model: training would come here.
    device.seed(7);
    let model = TabularModel::new(&config, &encoder.shape(), task.outputs(), &device)?;
    let mut manifest = ModelManifest::new(config, encoder, task);
    manifest
        .provenance
        .insert("seed".to_owned(), "7".to_owned());

    let scratch = tempfile::tempdir()?;
    let folder = scratch.path().join("model");
    ModelFolder { manifest, model }.save(&folder)?;

    // From here on only the folder is needed.
    let predictor = TabularPredictor::load(&folder, &device)?;
    println!("reads the columns {}", predictor.columns().join(", "));
    let scores = predictor
        .predict(&table)
        .map_err(|error| error.to_string())?;
    if let Scores::Binary(scores) = scores {
        for (row, score) in scores.iter().enumerate() {
            println!("row {row}: {score:.3}");
        }
    }
    Ok(())
}
