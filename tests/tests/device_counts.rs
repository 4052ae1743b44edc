//! Rows are counted alike on the host and on every device.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use burn::tensor::{Bool, Device, Int, Tensor, TensorData};
use equipoise_core::{GroupAttribute, GroupSchema};
use equipoise_metrics::{Error, GroupCube};
use equipoise_tensor::{BACKENDS, ComputeBackend};
use proptest::prelude::*;

fn schema() -> GroupSchema {
    GroupSchema::new(vec![
        GroupAttribute::new("sex", ["Female", "Male"]).unwrap(),
        GroupAttribute::new("age", ["young", "middle", "old"]).unwrap(),
    ])
    .unwrap()
}

fn codes(rows: &[[i64; 2]], device: &Device) -> Tensor<2, Int> {
    let data = TensorData::new(rows.concat(), [rows.len(), 2]);
    Tensor::from_data(data, device)
}

fn answers(answers: &[bool], device: &Device) -> Tensor<1, Bool> {
    Tensor::from_data(TensorData::from(answers), device)
}

fn on_every_device(test: impl Fn(&Device)) {
    assert!(BACKENDS.len() >= 2);
    for backend in BACKENDS {
        let backend: &dyn ComputeBackend = *backend;
        test(&backend.open(0));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn counts_of_tensors_are_those_of_slices(
        rows in prop::collection::vec((0u32..2, 0u32..3, any::<bool>(), any::<bool>()), 0..80),
    ) {
        let column = |pick: fn(&(u32, u32, bool, bool)) -> u32| -> Vec<u32> {
            rows.iter().map(pick).collect()
        };
        let (sex, age) = (column(|row| row.0), column(|row| row.1));
        let labels: Vec<bool> = rows.iter().map(|row| row.2).collect();
        let predictions: Vec<bool> = rows.iter().map(|row| row.3).collect();
        let bytes = |answers: &[bool]| answers.iter().map(|&answer| u8::from(answer)).collect::<Vec<u8>>();
        let mut expected = GroupCube::empty(schema());
        expected.update_slices(&[&sex, &age], &bytes(&labels), &bytes(&predictions)).unwrap();

        on_every_device(|device| {
            let groups: Vec<[i64; 2]> = rows.iter().map(|row| [row.0.into(), row.1.into()]).collect();
            let mut cube = GroupCube::empty(schema());
            // In two batches.
            let middle = rows.len() / 2;
            for part in [0..middle, middle..rows.len()] {
                cube.update_tensors(
                    codes(&groups[part.clone()], device),
                    answers(&labels[part.clone()], device),
                    answers(&predictions[part], device),
                )
                .unwrap();
            }
            assert_eq!(cube, expected);
        });
    }
}

#[test]
fn a_code_that_does_not_exist_is_an_error_and_nothing_is_counted() {
    on_every_device(|device| {
        // Taken together, the codes 0 and 3 would pass for 1 and 0.
        for (code, row) in [([0, 3], 1), ([-1, 4], 1), ([2, 0], 1)] {
            let mut cube = GroupCube::empty(schema());
            let found = cube.update_tensors(
                codes(&[[1, 2], code], device),
                answers(&[true, false], device),
                answers(&[true, true], device),
            );
            let (attribute, code, values) = match code {
                [0, 3] => ("age", 3, 3),
                [code, _] => ("sex", code, 2),
            };
            let attribute = attribute.to_owned();
            let expected = Error::DeviceCode {
                attribute,
                row,
                code,
                values,
            };
            assert_eq!(found, Err(expected));
            assert_eq!(cube, GroupCube::empty(schema()));
        }
    });
}

#[test]
fn tensors_of_different_lengths_are_an_error() {
    on_every_device(|device| {
        let mut cube = GroupCube::empty(schema());
        let found = cube.update_tensors(
            codes(&[[1, 2], [0, 0]], device),
            answers(&[true], device),
            answers(&[true, true], device),
        );
        let message = found.unwrap_err().to_string();
        assert_eq!(message, "expected 2 labels, found 1");
    });
}
