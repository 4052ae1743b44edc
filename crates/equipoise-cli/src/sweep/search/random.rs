//! Settings that are drawn independently of each other (Bergstra and Bengio, 2012).

use equipoise_train::derive_seed;

use super::{SearchSpec, Settings, Space, Values};

/// The line of the registry.
pub(super) const SPEC: SearchSpec = SearchSpec {
    name: "random",
    draws: true,
    propose,
};

fn propose(space: &Space) -> Vec<Settings> {
    (0..space.trials)
        .map(|trial| {
            space
                .keys
                .iter()
                .fold(Settings::default(), |settings, (key, values)| {
                    let share = share(derive_seed(space.seed, "sweep", trial, key));
                    settings.with(key, value(values, share))
                })
        })
        .collect()
}

/// A seed as a number in `[0, 1)`, from its upper 53 bits: as many as a float holds.
fn share(seed: u64) -> f64 {
    (seed >> 11) as f64 / (1_u64 << 53) as f64
}

fn value(values: &Values, share: f64) -> toml::Value {
    match values {
        Values::Listed(values) => {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a share of the length is no more than the length, and not below 0"
            )]
            let index = (share * values.len() as f64) as usize;
            values[index.min(values.len() - 1)].clone()
        }
        Values::Uniform(low, high) => toml::Value::Float((low + share * (high - low)).min(*high)),
        Values::LogUniform(low, high) => {
            let logarithm = low.ln() + share * (high.ln() - low.ln());
            toml::Value::Float(logarithm.exp().clamp(*low, *high))
        }
    }
}
