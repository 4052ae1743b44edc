//! Each operation against central differences, against its composition of burn's operations, and
//! against itself on other numbers of threads.

#![cfg(feature = "flex")]
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod support;

use burn::tensor::{Bool, Device, Tensor, TensorData, activation, module, ops::ConvOptions};
use equipoise_kernels::{
    Moments, attention, batch_norm, channel_moments, conv2d, gelu, layer_norm, linear,
    scaled_softmax,
};
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

/// A convolution: channels in and out, height and width of the input, kernel, stride, padding,
/// dilation, groups.
type Conv = (
    [usize; 2],
    [usize; 2],
    [usize; 2],
    [usize; 2],
    [usize; 2],
    [usize; 2],
    usize,
);

#[rstest]
#[case::pointwise(([3, 5], [4, 6], [1, 1], [1, 1], [0, 0], [1, 1], 1))]
#[case::small(([2, 3], [5, 7], [3, 3], [1, 1], [1, 1], [1, 1], 1))]
#[case::large(([2, 3], [12, 11], [3, 3], [1, 1], [1, 1], [1, 1], 1))]
#[case::large_pointwise(([3, 2], [17, 11], [1, 1], [1, 1], [0, 0], [1, 1], 1))]
#[case::strided(([3, 4], [23, 25], [7, 5], [2, 2], [3, 2], [1, 1], 1))]
#[case::small_and_strided(([3, 4], [9, 8], [3, 3], [2, 2], [1, 1], [1, 1], 1))]
#[case::dilated(([2, 2], [15, 17], [3, 3], [1, 2], [2, 2], [2, 2], 1))]
#[case::much_padding(([1, 2], [3, 2], [3, 3], [1, 1], [4, 3], [1, 1], 1))]
#[case::depthwise(([4, 4], [7, 9], [3, 3], [1, 1], [1, 1], [1, 1], 4))]
#[case::depthwise_strided(([3, 3], [8, 11], [5, 5], [2, 2], [2, 2], [1, 1], 3))]
#[case::groups(([4, 6], [5, 5], [3, 3], [1, 1], [1, 1], [1, 1], 2))]
fn conv2d_is_right(#[case] conv: Conv, #[values(1, 3, 9)] batch: usize) {
    let (channels, size, kernel, stride, padding, dilation, groups) = conv;
    let options = || ConvOptions::new(stride, padding, dilation, groups);
    let of_a_group = channels[0] / groups;
    let shaped = |x: &[Tensor<1>]| {
        (
            x[0].clone().reshape([batch, channels[0], size[0], size[1]]),
            x[1].clone()
                .reshape([channels[1], of_a_group, kernel[0], kernel[1]]),
        )
    };
    let lengths = [
        batch * channels[0] * size[0] * size[1],
        channels[1] * of_a_group * kernel[0] * kernel[1],
        channels[1],
    ];
    check(
        &|x| {
            let (input, weight) = shaped(x);
            conv2d(input, weight, Some(x[2].clone()), options()).flatten(0, 3)
        },
        &|x| {
            let (input, weight) = shaped(x);
            module::conv2d(input, weight, Some(x[2].clone()), options()).flatten(0, 3)
        },
        &lengths,
    );
    check(
        &|x| {
            let (input, weight) = shaped(x);
            conv2d(input, weight, None, options()).flatten(0, 3)
        },
        &|x| {
            let (input, weight) = shaped(x);
            module::conv2d(input, weight, None, options()).flatten(0, 3)
        },
        &lengths[..2],
    );
}

/// The definition, of burn's operations.
fn composed_batch_norm(x: &[Tensor<1>], shape: [usize; 4], fixed: Option<Tensor<2>>) -> Tensor<1> {
    let channels = shape[1];
    let input = x[0].clone().reshape(shape);
    let over = |values: Tensor<4>| values.mean_dim(0).mean_dim(2).mean_dim(3);
    let (mean, variance) = match fixed {
        None => {
            let mean = over(input.clone());
            let variance = over((input.clone() - mean.clone()).powi_scalar(2));
            (mean, variance)
        }
        Some(moments) => {
            let moments = moments.reshape([1, channels, 2, 1]);
            let [mean, variance] = [0, 1].map(|place| {
                let place: Tensor<4> = moments.clone().slice([0..1, 0..channels, place..place + 1]);
                place
            });
            (mean, variance)
        }
    };
    let parameter = |x: &Tensor<1>| x.clone().reshape([1, channels, 1, 1]);
    ((input - mean) / (variance + 1e-3).sqrt() * parameter(&x[1]) + parameter(&x[2])).flatten(0, 3)
}

#[rstest]
fn batch_norm_is_right(
    #[values(1, 3, 8)] batch: usize,
    #[values(1, 5)] channels: usize,
    #[values([1, 3], [5, 4], [17, 11])] plane: [usize; 2],
) {
    let shape = [batch, channels, plane[0], plane[1]];
    let fixed = |x: &Tensor<1>| {
        let values: Vec<f64> = numbers(2 * channels, 5)
            .iter()
            .map(|x| x.abs() + 0.5)
            .collect();
        let data = TensorData::new(values, [channels, 2]);
        Tensor::<2>::from_data(data, (&x.device(), x.dtype()))
    };
    let lengths = [batch * channels * plane[0] * plane[1], channels, channels];
    check(
        &|x| {
            let input = x[0].clone().reshape(shape);
            let moments = channel_moments(input.clone());
            let (gamma, beta) = (x[1].clone(), x[2].clone());
            batch_norm(input, gamma, beta, moments, Moments::OfInput, 1e-3).flatten(0, 3)
        },
        &|x| composed_batch_norm(x, shape, None),
        &lengths,
    );
    check(
        &|x| {
            let input = x[0].clone().reshape(shape);
            let (gamma, beta) = (x[1].clone(), x[2].clone());
            batch_norm(input, gamma, beta, fixed(&x[0]), Moments::Fixed, 1e-3).flatten(0, 3)
        },
        &|x| composed_batch_norm(x, shape, Some(fixed(&x[0]))),
        &lengths,
    );
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
        &|x| {
            let input = x[0].clone().reshape([0, 3, 4, 4]);
            let moments = channel_moments(input.clone());
            let (gamma, beta) = (x[1].clone(), x[2].clone());
            batch_norm(input, gamma, beta, moments, Moments::OfInput, 1e-5).flatten(0, 3)
        },
        &[0, 3, 3],
    );
    for (size, groups) in [(3, 1), (20, 1), (20, 2)] {
        run(
            &|x| {
                let input = x[0].clone().reshape([0, 2, size, size]);
                let weight = x[1].clone().reshape([2, 2 / groups, 3, 3]);
                let options = ConvOptions::new([1, 1], [1, 1], [1, 1], groups);
                conv2d(input, weight, Some(x[2].clone()), options).flatten(0, 3)
            },
            &[0, 2 * (2 / groups) * 9, 2],
        );
    }
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
            let input = x[0].clone().reshape([9, 13, 31, 29]);
            let moments = channel_moments(input.clone());
            let (gamma, beta) = (x[1].clone(), x[2].clone());
            batch_norm(input, gamma, beta, moments, Moments::OfInput, 1e-5).flatten(0, 3)
        },
        &inputs(&[9 * 13 * 31 * 29, 13, 13]),
    );
    for (channels, size, groups) in [(16, 30, 1), (64, 6, 1), (16, 30, 16)] {
        is_the_same_on_any_number_of_threads(
            &|x| {
                let input = x[0].clone().reshape([7, channels, size, size]);
                let weight = x[1].clone().reshape([channels, channels / groups, 3, 3]);
                let options = ConvOptions::new([1, 1], [1, 1], [1, 1], groups);
                conv2d(input, weight, Some(x[2].clone()), options).flatten(0, 3)
            },
            &inputs(&[
                7 * channels * size * size,
                channels * (channels / groups) * 9,
                channels,
            ]),
        );
    }
    is_the_same_on_any_number_of_threads(
        &|x| {
            let [queries, keys, values] =
                [0, 1, 2].map(|which| x[which].clone().reshape([7, 150, 24]));
            attention(queries, keys, values, Some(hidden(7, 150)), 3, 0.3).flatten(0, 2)
        },
        &inputs(&[7 * 150 * 24; 3]),
    );
}
