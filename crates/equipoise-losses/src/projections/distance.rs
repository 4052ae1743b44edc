//! How far one prediction is from another.

use burn::tensor::Tensor;

/// A distance between two distributions over two classes, given as probabilities of the positive
/// one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Distance {
    /// `f log(f / h) + (1 - f) log((1 - f) / (1 - h))`, the fair prediction `f` first.
    KullbackLeibler,
    /// The mean Kullback-Leibler divergence of both from their middle.
    JensenShannon,
    /// `(f - h)^2`.
    SquaredEuclidean,
}

impl Distance {
    /// The names of the option `distance`.
    pub(super) const CHOICES: &'static [(&'static str, Self)] = &[
        ("kl", Self::KullbackLeibler),
        ("jensen-shannon", Self::JensenShannon),
        ("squared-euclidean", Self::SquaredEuclidean),
    ];

    /// The distance of `fair` from `given`, element by element.
    pub(super) fn between(self, fair: Tensor<2>, given: Tensor<2>) -> Tensor<2> {
        match self {
            Self::KullbackLeibler => divergence(fair, given),
            Self::JensenShannon => {
                let middle = fair.clone().add(given.clone()).mul_scalar(0.5);
                divergence(fair, middle.clone())
                    .add(divergence(given, middle))
                    .mul_scalar(0.5)
            }
            Self::SquaredEuclidean => {
                let difference = given.sub(fair);
                difference.clone().mul(difference)
            }
        }
    }

    /// The `f` for which the slope of the distance for `f` is `push` times [`Self::slope_of_push`],
    /// element by element: the nearest prediction under a linear constraint, pushed by the
    /// constraint's multiplier. It grows with `push` and is `given` where that is 0.
    pub(super) fn pushed(self, given: Tensor<2>, push: Tensor<2>) -> Tensor<2> {
        match self {
            // logit f = logit h + push
            Self::KullbackLeibler => {
                let negative = given.clone().neg().add_scalar(1.0);
                let logit = given.log().sub(negative.log());
                burn::tensor::activation::sigmoid(logit.add(push))
            }
            Self::JensenShannon => pushed_from_the_middle(given, push),
            Self::SquaredEuclidean => given.add(push).clamp(0.0, 1.0),
        }
    }

    /// See [`Self::pushed`].
    pub(super) fn slope_of_push(self) -> f64 {
        match self {
            Self::KullbackLeibler => 1.0,
            Self::JensenShannon => 0.5,
            Self::SquaredEuclidean => 2.0,
        }
    }
}

/// The Kullback-Leibler divergence; 0 log 0 is 0.
fn divergence(of: Tensor<2>, from: Tensor<2>) -> Tensor<2> {
    let term = |p: Tensor<2>, q: Tensor<2>| {
        let logarithm = p.clone().clamp_min(1e-30).log();
        p.mul(logarithm.sub(q.log()))
    };
    let negative = |p: Tensor<2>| p.neg().add_scalar(1.0);
    term(of.clone(), from.clone()).add(term(negative(of), negative(from)))
}

/// `logit f = logit((f + h) / 2) + push` for `f`: with `e = exp(push)` a quadratic,
/// `(e - 1) f^2 + (2 - h - e (1 - h)) f - e h = 0`.
///
/// For a push above 0 the other class is solved for, so that `e` is at most 1, nothing overflows
/// and no digits cancel.
fn pushed_from_the_middle(given: Tensor<2>, push: Tensor<2>) -> Tensor<2> {
    let upwards = push.clone().greater_scalar(0.0);
    let other = given.clone().neg().add_scalar(1.0);
    let h = given.mask_where(upwards.clone(), other);
    let e = push.abs().neg().exp();
    let linear = e
        .clone()
        .mul(h.clone().sub_scalar(1.0))
        .sub(h.clone())
        .add_scalar(2.0);
    let product = e.clone().mul(h);
    let discriminant = linear
        .clone()
        .mul(linear.clone())
        .add(e.sub_scalar(1.0).mul(product.clone()).mul_scalar(4.0));
    let root = product
        .mul_scalar(2.0)
        .div(linear.add(discriminant.clamp_min(0.0).sqrt()));
    let turned = root.clone().neg().add_scalar(1.0);
    root.mask_where(upwards, turned)
}
