//! Each operation forward, and forward and backward, beside burn's own: the sizes are those of
//! the layers of a `MiniLM` encoder on 16 texts of 128 tokens.
//!
//! `cargo bench -p equipoise-kernels`

use std::hint::black_box;
use std::time::Duration;

use burn::tensor::{Device, Distribution, Tensor, activation, module, ops::ConvOptions};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use equipoise_kernels::{
    Moments, attention, batch_norm, channel_moments, conv2d, gelu, layer_norm, linear,
};

// The allocator of the program, which keeps memory between steps.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const BATCH: usize = 16;
const TOKENS: usize = 128;
const WIDTH: usize = 384;
const FEED_FORWARD: usize = 1536;
const HEADS: usize = 12;

fn random<const D: usize>(shape: [usize; D], device: &Device) -> Tensor<D> {
    Tensor::random(shape, Distribution::Normal(0.0, 1.0), device)
}

/// A way to compute an operation, and its name.
type Variant<'a> = (&'a str, &'a dyn Fn(&[Tensor<3>]) -> Tensor<3>);

/// Times an operation on tensors of some shapes, forward alone and with its gradients.
fn compare(criterion: &mut Criterion, name: &str, shapes: &[[usize; 3]], variants: &[Variant<'_>]) {
    let mut group = criterion.benchmark_group(name);
    group
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1));
    let plain = Device::flex();
    let tracking = Device::flex().autodiff();
    let inputs: Vec<_> = shapes.iter().map(|shape| random(*shape, &plain)).collect();
    for (variant, operation) in variants {
        group.bench_function(format!("{variant}/forward"), |bencher| {
            bencher.iter(|| black_box(operation(&inputs)));
        });
        group.bench_function(format!("{variant}/forward and backward"), |bencher| {
            bencher.iter_batched(
                || -> Vec<_> {
                    let data = inputs.iter().map(|input| input.to_data());
                    data.map(|data| Tensor::<3>::from_data(data, &tracking).require_grad())
                        .collect()
                },
                |inputs| black_box(operation(&inputs).sum().backward()),
                BatchSize::LargeInput,
            );
        });
    }
    group.finish();
}

fn vector(tensor: &Tensor<3>) -> Tensor<1> {
    tensor.clone().flatten(0, 2)
}

fn split(tokens: &Tensor<3>) -> Tensor<4> {
    tokens
        .clone()
        .reshape([BATCH, TOKENS, HEADS, WIDTH / HEADS])
        .swap_dims(1, 2)
}

fn operations(criterion: &mut Criterion) {
    let tokens = [BATCH, TOKENS, WIDTH];
    let inner = [BATCH, TOKENS, FEED_FORWARD];
    compare(
        criterion,
        "gelu",
        &[inner],
        &[
            ("fused", &|x| gelu(x[0].clone())),
            ("burn", &|x| activation::gelu(x[0].clone())),
        ],
    );
    compare(
        criterion,
        "layer norm",
        &[tokens, [1, 1, WIDTH], [1, 1, WIDTH]],
        &[
            ("fused", &|x| {
                layer_norm(x[0].clone(), vector(&x[1]), Some(vector(&x[2])), 1e-5)
            }),
            ("burn", &|x| {
                module::layer_norm(x[0].clone(), vector(&x[1]), Some(vector(&x[2])), 1e-5)
            }),
        ],
    );
    compare(
        criterion,
        "linear",
        &[tokens, [1, WIDTH, FEED_FORWARD], [1, 1, FEED_FORWARD]],
        &[
            ("fused", &|x| {
                let weight = x[1].clone().squeeze_dim::<2>(0);
                linear(x[0].clone(), weight, Some(vector(&x[2])))
            }),
            ("burn", &|x| {
                let weight = x[1].clone().squeeze_dim::<2>(0);
                module::linear(x[0].clone(), weight, Some(vector(&x[2])))
            }),
        ],
    );
    let scale = 1.0 / ((WIDTH / HEADS) as f64).sqrt();
    compare(
        criterion,
        "attention",
        &[tokens; 3],
        &[
            ("fused", &|x| {
                attention(x[0].clone(), x[1].clone(), x[2].clone(), None, HEADS, scale)
            }),
            ("burn", &|x| {
                let scores = split(&x[0]).matmul(split(&x[1]).transpose()) * scale;
                let mixed = activation::softmax(scores, 3).matmul(split(&x[2]));
                mixed.swap_dims(1, 2).reshape(tokens)
            }),
        ],
    );
}

/// A layer of a convolutional net: its name, channels in and out, the side of the input, kernel,
/// stride, groups.
type Layer = (&'static str, [usize; 2], usize, usize, usize, usize);

/// Layers of ResNet-18 on 16 pictures of 64x64, and one with a kernel for each channel.
const LAYERS: [Layer; 6] = [
    ("stem", [3, 64], 64, 7, 2, 1),
    ("first stage", [64, 64], 16, 3, 1, 1),
    ("second stage", [128, 128], 8, 3, 1, 1),
    ("downsampling", [128, 256], 8, 1, 2, 1),
    ("last stage", [512, 512], 2, 3, 1, 1),
    ("depthwise", [96, 96], 32, 3, 1, 96),
];

fn convolutions(criterion: &mut Criterion) {
    for (name, [from, to], side, kernel, stride, groups) in LAYERS {
        let shapes = [
            [BATCH, from, side * side],
            [to, from / groups, kernel * kernel],
        ];
        let padding = kernel / 2;
        let options = || ConvOptions::new([stride; 2], [padding; 2], [1, 1], groups);
        let shaped = |x: &[Tensor<3>]| {
            (
                x[0].clone().reshape([BATCH, from, side, side]),
                x[1].clone().reshape([to, from / groups, kernel, kernel]),
            )
        };
        compare(
            criterion,
            &format!("convolution/{name}"),
            &shapes,
            &[
                ("fused", &|x| {
                    let (input, weight) = shaped(x);
                    conv2d(input, weight, None, options()).flatten(1, 2)
                }),
                ("burn", &|x| {
                    let (input, weight) = shaped(x);
                    module::conv2d(input, weight, None, options()).flatten(1, 2)
                }),
            ],
        );
    }
    compare(
        criterion,
        "batch norm",
        &[[BATCH, 64, 256], [1, 1, 64], [1, 1, 64]],
        &[
            ("fused", &|x| {
                let input = x[0].clone().reshape([BATCH, 64, 16, 16]);
                let moments = channel_moments(input.clone());
                let (gamma, beta) = (vector(&x[1]), vector(&x[2]));
                batch_norm(input, gamma, beta, moments, Moments::OfInput, 1e-5).flatten(2, 3)
            }),
            ("burn", &|x| {
                let input = x[0].clone().reshape([BATCH, 64, 16, 16]);
                let over = |values: Tensor<4>| values.mean_dim(0).mean_dim(2).mean_dim(3);
                let mean = over(input.clone());
                let centred = input - mean;
                let variance = over(centred.clone().powi_scalar(2));
                let parameter = |x: &Tensor<3>| x.clone().reshape([1, 64, 1, 1]);
                (centred / (variance + 1e-5).sqrt() * parameter(&x[1]) + parameter(&x[2]))
                    .flatten(2, 3)
            }),
        ],
    );
}

criterion_group!(benches, operations, convolutions);
criterion_main!(benches);
