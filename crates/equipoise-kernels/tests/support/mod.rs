//! What the tests of all operations share: operations on flat tensors, their gradients by
//! automatic differentiation and by central differences.

use burn::tensor::{DType, Device, Tensor, TensorData};

/// An operation on flat tensors, which it shapes as it needs them.
pub(crate) type Operation<'a> = &'a (dyn Fn(&[Tensor<1>]) -> Tensor<1> + Sync);

/// Numbers without a pattern in `(-1, 1)`, the same at each call: the fractions of multiples of
/// the golden ratio.
pub(crate) fn numbers(count: usize, stream: usize) -> Vec<f64> {
    (0..count)
        .map(|index| {
            let turn = (index + 1 + 7919 * stream) as f64 * 0.618_033_988_749_895;
            2.0 * turn.fract() - 1.0
        })
        .collect()
}

/// Inputs of some lengths.
pub(crate) fn inputs(lengths: &[usize]) -> Vec<Vec<f64>> {
    lengths
        .iter()
        .enumerate()
        .map(|(stream, &length)| numbers(length, stream))
        .collect()
}

fn flat(values: &[f64], dtype: DType, device: &Device) -> Tensor<1> {
    let data = TensorData::new(values.to_vec(), [values.len()]);
    Tensor::from_data(data, (device, dtype))
}

fn to_f64(tensor: Tensor<1>) -> Vec<f64> {
    tensor.into_data().iter::<f64>().collect()
}

/// The weights of the sum of which gradients are taken.
fn weights(count: usize) -> Vec<f64> {
    numbers(count, 99)
}

fn weighted_sum(operation: Operation<'_>, inputs: &[Vec<f64>]) -> f64 {
    let device = Device::flex();
    let inputs: Vec<_> = inputs
        .iter()
        .map(|values| flat(values, DType::F64, &device))
        .collect();
    let output = to_f64(operation(&inputs));
    let weights = weights(output.len());
    output.iter().zip(weights).map(|(x, w)| x * w).sum()
}

/// The output, and the gradients of a weighted sum of it at each input.
pub(crate) fn differentiate(
    operation: Operation<'_>,
    inputs: &[Vec<f64>],
    dtype: DType,
) -> (Vec<f64>, Vec<Vec<f64>>) {
    let device = Device::flex().autodiff();
    let inputs: Vec<_> = inputs
        .iter()
        .map(|values| flat(values, dtype, &device).require_grad())
        .collect();
    let output = operation(&inputs);
    let weights = flat(&weights(output.dims()[0]), dtype, &device);
    let gradients = (output.clone() * weights).sum().backward();
    let at_inputs = inputs
        .iter()
        .map(|input| to_f64(input.grad(&gradients).expect("each input has a gradient")))
        .collect();
    (to_f64(output), at_inputs)
}

/// The largest relative difference of two lists of numbers.
pub(crate) fn apart(one: &[f64], other: &[f64]) -> f64 {
    assert_eq!(one.len(), other.len());
    one.iter()
        .zip(other)
        .map(|(a, b)| {
            let difference = (a - b).abs() / a.abs().max(b.abs()).max(1.0);
            if difference.is_nan() {
                f64::INFINITY
            } else {
                difference
            }
        })
        .fold(0.0, f64::max)
}

/// Compares gradients in `f64` with central differences, at about fifty places of each input.
pub(crate) fn gradients_are_central_differences(operation: Operation<'_>, inputs: &[Vec<f64>]) {
    const STEP: f64 = 1e-5;
    let (_, gradients) = differentiate(operation, inputs, DType::F64);
    for (which, gradient) in gradients.iter().enumerate() {
        for place in (0..gradient.len()).step_by(gradient.len() / 50 + 1) {
            let at = |step: f64| {
                let mut moved = inputs.to_vec();
                moved[which][place] += step;
                weighted_sum(operation, &moved)
            };
            let difference = (at(STEP) - at(-STEP)) / (2.0 * STEP);
            let apart = (difference - gradient[place]).abs() / difference.abs().max(1.0);
            assert!(
                apart < 1e-7,
                "input {which} at {place}: gradient {}, difference {difference}",
                gradient[place]
            );
        }
    }
}

/// Compares an operation in `f32` with its composition of burn's operations in `f64`: in `f32` some
/// of burn's own are further from the truth than the bound.
pub(crate) fn is_the_composition(
    operation: Operation<'_>,
    composed: Operation<'_>,
    inputs: &[Vec<f64>],
) {
    let (output, gradients) = differentiate(operation, inputs, DType::F32);
    let (expected, expected_gradients) = differentiate(composed, inputs, DType::F64);
    assert!(apart(&output, &expected) < 1e-5);
    for (gradient, expected) in gradients.iter().zip(&expected_gradients) {
        assert!(
            apart(gradient, expected) < 1e-5,
            "{}",
            apart(gradient, expected)
        );
    }
}

/// Compares the bits of output and gradients on one, two and three threads.
pub(crate) fn is_the_same_on_any_number_of_threads(operation: Operation<'_>, inputs: &[Vec<f64>]) {
    let on = |threads: usize| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("a pool of threads")
            .install(|| differentiate(operation, inputs, DType::F32))
    };
    let bits = |(output, gradients): (Vec<f64>, Vec<Vec<f64>>)| -> Vec<u64> {
        gradients
            .into_iter()
            .flatten()
            .chain(output)
            .map(f64::to_bits)
            .collect()
    };
    let one = bits(on(1));
    assert!(one == bits(on(2)), "one and two threads");
    assert!(one == bits(on(3)), "one and three threads");
}
