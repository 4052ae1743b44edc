//! Each operation forward, and forward and backward, beside burn's own: the sizes are those of
//! the layers of a `MiniLM` encoder on 16 texts of 128 tokens.
//!
//! `cargo bench -p equipoise-kernels`

use std::hint::black_box;
use std::time::Duration;

use burn::tensor::{Device, Distribution, Tensor, activation, module};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use equipoise_kernels::{attention, gelu, layer_norm, linear};

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

criterion_group!(benches, operations);
criterion_main!(benches);
