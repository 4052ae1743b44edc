//! Batches on a device.
#![cfg(feature = "burn")]

use burn::data::dataloader::batcher::Batcher;
use burn::data::dataset::Dataset;
use equipoise_core::{EncodedFeatures, Examples, GroupAttribute, GroupColumns, GroupSchema};
use equipoise_data::{TabularBatcher, TabularDataset};
use equipoise_tensor::{DeviceName, open_device};
use rstest::rstest;

type TestResult = Result<(), Box<dyn std::error::Error>>;

fn dataset(
    numeric_width: usize,
    categorical_width: usize,
) -> Result<TabularDataset, equipoise_core::Error> {
    let rows = 3;
    let schema = GroupSchema::new(vec![GroupAttribute::new("sex", ["Female", "Male"])?])?;
    let examples = Examples::new(
        vec![4, 5, 6],
        EncodedFeatures {
            rows,
            numeric_width,
            numeric: (0u8..).map(f32::from).take(rows * numeric_width).collect(),
            categorical_width,
            categorical: (0..).take(rows * categorical_width).collect(),
            imputed: Vec::new(),
        },
        vec![0.0, 1.0, 1.0],
        GroupColumns::new(schema, vec![vec![1, 0, 1]])?,
        Some(vec![1.0, 0.5, 2.0]),
    )?;
    Ok(TabularDataset::new(examples))
}

#[rstest]
#[case::both(2, 1)]
#[case::no_numbers(0, 2)]
#[case::no_categories(2, 0)]
fn a_batch_holds_its_rows(#[case] numeric: usize, #[case] categorical: usize) -> TestResult {
    let device = open_device(&DeviceName::Auto)?;
    let dataset = dataset(numeric, categorical)?;
    let items = vec![dataset.get(2)?, dataset.get(0)?];
    let batch = TabularBatcher.batch(items, &device);
    assert_eq!(batch.ids, [6, 4]);
    assert_eq!(batch.inputs.numeric.dims(), [2, numeric]);
    assert_eq!(batch.inputs.categorical.dims(), [2, categorical]);
    assert_eq!(batch.targets.to_data().try_to_vec::<f32>()?, [1.0, 0.0]);
    assert_eq!(batch.weights.to_data().try_to_vec::<f32>()?, [2.0, 1.0]);
    let groups: Vec<i64> = batch.groups.to_data().iter().collect();
    assert_eq!(groups, [1, 1]);
    if numeric == 2 {
        assert_eq!(
            batch.inputs.numeric.to_data().try_to_vec::<f32>()?,
            [4.0, 5.0, 0.0, 1.0]
        );
    }
    if categorical == 2 {
        let codes: Vec<i64> = batch.inputs.categorical.to_data().iter().collect();
        assert_eq!(codes, [4, 5, 0, 1]);
    }
    Ok(())
}

#[test]
fn a_row_beyond_the_end_is_an_error() -> TestResult {
    let dataset = dataset(1, 1)?;
    let Err(error) = dataset.get(3) else {
        return Err("there is a row 3".into());
    };
    assert_eq!(error.to_string(), "row 3 of a data set that has 3 rows");
    Ok(())
}
