//! Each operation against central differences, against its composition of burn's operations, and
//! against itself on other numbers of threads.

#![cfg(feature = "flex")]
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod support;

use burn::tensor::{Bool, Device, Tensor, TensorData, activation, module};
use equipoise_kernels::{attention, gelu, layer_norm, linear, scaled_softmax};
use rstest::rstest;
use support::{
    Operation, apart, differentiate, gradients_are_central_differences, inputs, is_the_composition,
    is_the_same_on_any_number_of_threads, numbers,
};

/// All three checks that need no large input, and that an empty batch is no trouble.
fn check(operation: Operation<'_>, composed: Operation<'_>, lengths: &[usize]) {
    let inputs = inputs(lengths);
    gradients_are_central_differences(operation, &inputs);
    is_the_composition(operation, composed, &inputs);
}

#[rstest]
fn gelu_is_right(#[values(1, 3, 17, 100, 1000)] count: usize) {
    let wide: Vec<f64> = numbers(count, 0).iter().map(|x| x * 6.0).collect();
    let operation: Operation<'_> = &|inputs| gelu(inputs[0].clone());
    gradients_are_central_differences(operation, std::slice::from_ref(&wide));
    is_the_composition(
        operation,
        &|inputs| activation::gelu(inputs[0].clone()),
        &[wide],
    );
}

#[rstest]
fn layer_norm_is_right(
    #[values(1, 3, 17, 100)] rows: usize,
    #[values(1, 3, 17, 100)] width: usize,
) {
    let shaped = |x: &Tensor<1>| x.clone().reshape([1, rows, width]);
    check(
        &|x| layer_norm(shaped(&x[0]), x[1].clone(), Some(x[2].clone()), 1e-5).flatten(0, 2),
        &|x| {
            let input = shaped(&x[0]);
            let centred = input.clone() - input.mean_dim(2);
            let variance = centred.clone().powi_scalar(2).mean_dim(2);
            let normal = centred / (variance + 1e-5).sqrt();
            (normal * x[1].clone().reshape([1, 1, width]) + x[2].clone().reshape([1, 1, width]))
                .flatten(0, 2)
        },
        &[rows * width, width, width],
    );
}

#[rstest]
fn linear_is_right(
    #[values(1, 3, 17, 100)] rows: usize,
    #[values(1, 17, 100)] from: usize,
    #[values(1, 3, 33)] to: usize,
) {
    check(
        &|x| {
            let input = x[0].clone().reshape([rows, 1, from]);
            linear(input, x[1].clone().reshape([from, to]), Some(x[2].clone())).flatten(0, 2)
        },
        &|x| {
            let input = x[0].clone().reshape([rows, 1, from]);
            let weight = x[1].clone().reshape([from, to]);
            module::linear(input, weight, Some(x[2].clone())).flatten(0, 2)
        },
        &[rows * from, from * to, to],
    );
    check(
        &|x| {
            let input = x[0].clone().reshape([rows, from]);
            linear(input, x[1].clone().reshape([to, from]).transpose(), None).flatten(0, 1)
        },
        &|x| {
            let weight = x[1].clone().reshape([to, from]).transpose();
            x[0].clone()
                .reshape([rows, from])
                .matmul(weight)
                .flatten(0, 1)
        },
        &[rows * from, from * to],
    );
}

/// Each third key is hidden, and in the last text all of them.
fn hidden(batch: usize, keys: usize) -> Tensor<2, Bool> {
    let flags: Vec<bool> = (0..batch * keys)
        .map(|place| place % 3 == 1 || (batch > 1 && place / keys == batch - 1))
        .collect();
    Tensor::from_data(TensorData::new(flags, [batch, keys]), &Device::flex())
}

fn composed_softmax(scores: Tensor<4>, hidden: Option<Tensor<2, Bool>>, scale: f64) -> Tensor<4> {
    let scores = scores * scale;
    let scores = match hidden {
        None => scores,
        Some(hidden) => {
            let [batch, heads, queries, keys] = scores.dims();
            let hidden = hidden.reshape([batch, 1, 1, keys]);
            scores.mask_fill(hidden.expand([batch, heads, queries, keys]), f32::MIN)
        }
    };
    activation::softmax(scores, 3)
}

#[rstest]
fn softmax_is_right(#[values(1, 3)] batch: usize, #[values(1, 3, 17, 100)] keys: usize) {
    let (heads, queries) = (2, 5);
    for hides in [false, true] {
        let hidden = || hides.then(|| hidden(batch, keys));
        let shaped = |x: &[Tensor<1>]| x[0].clone().reshape([batch, heads, queries, keys]);
        check(
            &|x| scaled_softmax(shaped(x), hidden(), 2.5).flatten(0, 3),
            &|x| composed_softmax(shaped(x), hidden(), 2.5).flatten(0, 3),
            &[batch * heads * queries * keys],
        );
    }
}

/// The heads of tokens, `[batch, heads, tokens, head width]`.
fn split(tokens: Tensor<3>, heads: usize) -> Tensor<4> {
    let [batch, count, width] = tokens.dims();
    tokens
        .reshape([batch, count, heads, width / heads])
        .swap_dims(1, 2)
}

#[rstest]
fn attention_is_right(
    #[values(1, 3)] batch: usize,
    #[values(1, 17, 100)] queries: usize,
    #[values(1, 3, 200)] keys: usize,
    #[values(1, 3)] heads: usize,
) {
    let width = 5 * heads;
    for hides in [false, true] {
        let hidden = || hides.then(|| hidden(batch, keys));
        let shaped = |x: &[Tensor<1>]| {
            (
                x[0].clone().reshape([batch, queries, width]),
                x[1].clone().reshape([batch, keys, width]),
                x[2].clone().reshape([batch, keys, width]),
            )
        };
        check(
            &|x| {
                let (queries, keys, values) = shaped(x);
                attention(queries, keys, values, hidden(), heads, 0.7).flatten(0, 2)
            },
            &|x| {
                let (queries, keys, values) = shaped(x);
                let scores = split(queries, heads).matmul(split(keys, heads).transpose());
                let weights = composed_softmax(scores, hidden(), 0.7);
                let mixed = weights.matmul(split(values, heads));
                mixed.swap_dims(1, 2).flatten(0, 3)
            },
            &[
                batch * queries * width,
                batch * keys * width,
                batch * keys * width,
            ],
        );
    }
}

#[test]
fn where_all_keys_are_hidden_the_weights_are_equal() {
    let scores = Tensor::<4>::from_floats([[[[1.0, 2.0, -3.0, 0.5]]]], &Device::flex());
    let hidden = Tensor::<2, Bool>::from_data([[true; 4]], &Device::flex());
    let weights = scaled_softmax(scores, Some(hidden), 1.0).into_data();
    assert!(
        weights
            .iter::<f32>()
            .all(|weight| (weight - 0.25).abs() < 1e-7)
    );
}

#[test]
fn an_empty_batch_gives_nothing_and_gradients_of_zero() {
    let run = |operation: Operation<'_>, lengths: &[usize]| {
        let (output, gradients) =
            differentiate(operation, &inputs(lengths), burn::tensor::DType::F32);
        assert!(output.is_empty());
        for (gradient, &length) in gradients.iter().zip(lengths) {
            assert!(apart(gradient, &vec![0.0; length]) < 1e-30);
        }
    };
    run(&|x| gelu(x[0].clone()), &[0]);
    run(
        &|x| {
            let input = x[0].clone().reshape([0, 4]);
            layer_norm(input, x[1].clone(), Some(x[2].clone()), 1e-5).flatten(0, 1)
        },
        &[0, 4, 4],
    );
    run(
        &|x| {
            let weight = x[1].clone().reshape([4, 3]);
            linear(x[0].clone().reshape([0, 4]), weight, Some(x[2].clone())).flatten(0, 1)
        },
        &[0, 12, 3],
    );
    run(
        &|x| scaled_softmax(x[0].clone().reshape([0, 2, 3, 4]), None, 1.0).flatten(0, 3),
        &[0],
    );
    run(
        &|x| {
            let [queries, keys, values] =
                [0, 1, 2].map(|which| x[which].clone().reshape([0, 3, 4]));
            attention(queries, keys, values, None, 2, 1.0).flatten(0, 2)
        },
        &[0, 0, 0],
    );
}

#[test]
fn attention_to_nothing_gives_zeros() {
    let device = Device::flex();
    let tokens = |count| Tensor::<3>::ones([2, count, 6], &device);
    let mixed = attention(tokens(3), tokens(0), tokens(0), None, 2, 1.0);
    assert_eq!(mixed.dims(), [2, 3, 6]);
    assert!(mixed.abs().max().into_scalar::<f32>() < 1e-30);
    let none = attention(tokens(0), tokens(3), tokens(3), None, 2, 1.0);
    assert_eq!(none.dims(), [2, 0, 6]);
}

#[test]
fn what_is_no_number_shows() {
    let device = Device::flex();
    let input = Tensor::<2>::from_floats([[1.0, f32::NAN, 2.0], [1.0, 2.0, 3.0]], &device);
    let nan =
        |output: Tensor<2>| -> Vec<bool> { output.is_nan().into_data().iter::<bool>().collect() };
    assert_eq!(
        nan(gelu(input.clone())),
        [false, true, false, false, false, false]
    );
    let (ones, zeros) = (Tensor::ones([3], &device), Tensor::zeros([3], &device));
    assert_eq!(
        nan(layer_norm(input.clone(), ones, Some(zeros), 1e-5)),
        [true, true, true, false, false, false]
    );
    let weights = scaled_softmax(input.reshape([1, 1, 2, 3]), None, 1.0);
    assert_eq!(
        nan(weights.reshape([2, 3])),
        [true, true, true, false, false, false]
    );
}

#[test]
fn a_frozen_weight_gets_no_gradient_and_the_input_does() {
    let device = Device::flex().autodiff();
    let input = Tensor::<2>::ones([2, 3], &device).require_grad();
    let weight = Tensor::<2>::ones([3, 4], &device);
    let output = linear(input.clone(), weight.clone(), None);
    let gradients = output.sum().backward();
    assert!(weight.grad(&gradients).is_none());
    let at_input: Vec<f32> = input
        .grad(&gradients)
        .expect("the input is tracked")
        .into_data()
        .iter()
        .collect();
    assert!(
        at_input
            .iter()
            .all(|gradient| (gradient - 4.0).abs() < 1e-6)
    );
}

#[test]
fn threads_change_no_bit() {
    is_the_same_on_any_number_of_threads(&|x| gelu(x[0].clone()), &inputs(&[100_003]));
    is_the_same_on_any_number_of_threads(
        &|x| {
            let input = x[0].clone().reshape([701, 129]);
            layer_norm(input, x[1].clone(), Some(x[2].clone()), 1e-5).flatten(0, 1)
        },
        &inputs(&[701 * 129, 129, 129]),
    );
    is_the_same_on_any_number_of_threads(
        &|x| {
            let weight = x[1].clone().reshape([300, 203]);
            linear(x[0].clone().reshape([517, 300]), weight, Some(x[2].clone())).flatten(0, 1)
        },
        &inputs(&[517 * 300, 300 * 203, 203]),
    );
    is_the_same_on_any_number_of_threads(
        &|x| {
            let scores = x[0].clone().reshape([8, 4, 65, 63]);
            scaled_softmax(scores, Some(hidden(8, 63)), 0.3).flatten(0, 3)
        },
        &inputs(&[8 * 4 * 65 * 63]),
    );
    is_the_same_on_any_number_of_threads(
        &|x| {
            let [queries, keys, values] =
                [0, 1, 2].map(|which| x[which].clone().reshape([7, 150, 24]));
            attention(queries, keys, values, Some(hidden(7, 150)), 3, 0.3).flatten(0, 2)
        },
        &inputs(&[7 * 150 * 24; 3]),
    );
}
