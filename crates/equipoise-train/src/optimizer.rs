//! From its settings to an optimizer.

use burn::optim::{AdamConfig, AdamWConfig, ModuleOptimizer};

use crate::config::{OptimizerConfig, OptimizerKind};

/// An optimizer before its first step.
pub(crate) fn build_optimizer(config: &OptimizerConfig) -> ModuleOptimizer {
    match config.kind {
        OptimizerKind::Adam => AdamConfig::new().with_epsilon(1e-8).init(),
        #[expect(clippy::cast_possible_truncation, reason = "burn keeps it as f32")]
        OptimizerKind::Adamw => AdamWConfig::new()
            .with_epsilon(1e-8)
            .with_weight_decay(config.weight_decay as f32)
            .init(),
    }
}
