//! A batch as plain numbers, and every loss that the registry can make.

use std::sync::Arc;

use burn::tensor::{DType, Device, Tensor, TensorData, activation};
use equipoise_losses::{
    Combine, Error, Estimate, Extras, FairnessConfig, FairnessInput, FairnessLoss, Laws, LossState,
    OptionSpec, OptionValue, Registry, StatisticLoss, TaskKind, ValueRange,
};
use equipoise_tensor::{open_device, parse_device};

/// Rows as plain numbers.
#[derive(Debug, Clone)]
pub(crate) struct PlainBatch {
    pub(crate) task: TaskKind,
    /// `[batch][outputs]`
    pub(crate) outputs: Vec<Vec<f64>>,
    pub(crate) targets: Vec<usize>,
    /// `[batch][groups]`
    pub(crate) membership: Vec<Vec<f64>>,
    pub(crate) weights: Vec<f64>,
}

impl PlainBatch {
    /// Rows in which every group has every label if there are rows enough, with outputs, labels
    /// and weights that look random.
    pub(crate) fn scattered(task: TaskKind, seed: u64, rows: usize, groups: usize) -> Self {
        let mut state = seed;
        let mut uniform = move || {
            // splitmix64: good enough to scatter numbers, and the same everywhere.
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut bits = state;
            bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            ((bits ^ (bits >> 31)) >> 11) as f64 / (1u64 << 53) as f64
        };
        let classes = classes(task);
        let width = if task == TaskKind::Multiclass {
            classes
        } else {
            1
        };
        Self {
            task,
            outputs: (0..rows)
                .map(|_| (0..width).map(|_| 6.0 * uniform() - 3.0).collect())
                .collect(),
            targets: (0..rows).map(|row| (row / groups) % classes).collect(),
            membership: (0..rows).map(|row| one_hot(row % groups, groups)).collect(),
            weights: (0..rows).map(|_| 0.5 + uniform()).collect(),
        }
    }

    /// The batch on a device; with autodiff the outputs are the leaf that gradients are taken for.
    pub(crate) fn on(
        &self,
        device: &Device,
        dtype: DType,
    ) -> Result<(Tensor<2>, FairnessInput), Error> {
        let mut outputs = matrix(&self.outputs, device, dtype);
        if device.is_autodiff() {
            outputs = outputs.require_grad();
        }
        let targets: Vec<f64> = self.targets.iter().map(|&target| target as f64).collect();
        let input = FairnessInput::new(
            self.task,
            outputs.clone(),
            vector(&targets, device, dtype),
            matrix(&self.membership, device, dtype),
            vector(&self.weights, device, dtype),
        )?
        .with_extras(Extras {
            representation: Some(Tensor::cat(
                vec![outputs.clone().tanh(), activation::sigmoid(outputs.clone())],
                1,
            )),
            // Equal to the outputs at -0.4.
            counterfactual_outputs: Some(outputs.clone().mul_scalar(0.5).sub_scalar(0.2)),
            group_values: None,
        })?;
        Ok((outputs, input))
    }

    /// The value of a loss, in double precision.
    pub(crate) fn value(&self, loss: &dyn FairnessLoss) -> f64 {
        let (_, input) = self.on(&cpu().inner(), DType::F64).unwrap();
        loss.value(&input, &LossState::default())
            .unwrap()
            .into_scalar()
    }

    /// The value of a loss and its gradient for the outputs, row by row.
    pub(crate) fn gradient(&self, loss: &dyn FairnessLoss, dtype: DType) -> (f64, Vec<f64>) {
        let (outputs, input) = self.on(&cpu(), dtype).unwrap();
        let value = loss.value(&input, &LossState::default()).unwrap();
        let gradient = outputs.grad(&value.backward()).unwrap();
        (
            value.into_scalar::<f64>(),
            gradient.try_to_vec_as().unwrap(),
        )
    }

    /// The same rows in another order.
    pub(crate) fn with_rows(&self, order: &[usize]) -> Self {
        Self {
            task: self.task,
            outputs: order.iter().map(|&row| self.outputs[row].clone()).collect(),
            targets: order.iter().map(|&row| self.targets[row]).collect(),
            membership: order
                .iter()
                .map(|&row| self.membership[row].clone())
                .collect(),
            weights: order.iter().map(|&row| self.weights[row]).collect(),
        }
    }
}

/// The CPU, with gradients.
pub(crate) fn cpu() -> Device {
    open_device(&parse_device("cpu").unwrap())
        .unwrap()
        .autodiff()
}

/// The number of classes that batches of a task have here, or of different targets.
pub(crate) fn classes(task: TaskKind) -> usize {
    if task == TaskKind::Multiclass { 3 } else { 2 }
}

/// Membership of one group.
pub(crate) fn one_hot(group: usize, groups: usize) -> Vec<f64> {
    (0..groups)
        .map(|other| f64::from(u8::from(other == group)))
        .collect()
}

pub(crate) fn matrix(rows: &[Vec<f64>], device: &Device, dtype: DType) -> Tensor<2> {
    let width = rows.first().map_or(0, Vec::len);
    Tensor::from_data(
        TensorData::new(rows.concat(), [rows.len(), width]),
        (device, dtype),
    )
}

pub(crate) fn vector(values: &[f64], device: &Device, dtype: DType) -> Tensor<1> {
    Tensor::from_data(
        TensorData::new(values.to_vec(), [values.len()]),
        (device, dtype),
    )
}

/// A loss with the laws that the registry declares for it.
#[derive(Debug, Clone)]
pub(crate) struct DeclaredLoss {
    pub(crate) name: String,
    pub(crate) laws: Laws,
    /// Whether its value has a bound however large the outputs are.
    pub(crate) bounded: bool,
    pub(crate) loss: Arc<dyn FairnessLoss>,
}

/// Every pairing of a statistic with a penalty, some of them with each option, and every whole loss
/// with each of its options.
pub(crate) fn every_loss() -> Vec<DeclaredLoss> {
    let registry = Registry::default();
    let build = |config: &FairnessConfig, laws: Laws, bounded: bool| DeclaredLoss {
        name: format!("{} {:?} {:?}", config.loss, config.penalty, config.options),
        laws,
        bounded,
        loss: registry.build(config).unwrap(),
    };
    let mut losses = Vec::new();
    for statistic in registry.statistics() {
        for penalty in registry.penalties() {
            if statistic.range > penalty.range {
                continue;
            }
            let config =
                FairnessConfig::new(statistic.name, 1.0, ["sex"]).with_penalty(penalty.name);
            let bounded = statistic.range == ValueRange::Fraction;
            let mut declare = |config: &FairnessConfig, estimate, combine| {
                let laws = StatisticLoss::laws(penalty.laws, estimate, combine);
                losses.push(build(config, laws, bounded));
            };
            for config in with_each_option(&config, penalty.options) {
                declare(&config, Estimate::Batch, Combine::Sum);
            }
            // Options of all statistics, with a rate of each kind and one penalty of each kind.
            if !["demographic-parity", "predictive-parity"].contains(&statistic.name)
                || !["squared-gap", "variance", "norm"].contains(&penalty.name)
            {
                continue;
            }
            declare(
                &config.clone().with_option("estimate", "running"),
                Estimate::Running { momentum: 0.9 },
                Combine::Sum,
            );
            if penalty.name != "norm" {
                let config = config.clone().with_option("estimate", "unbiased");
                declare(&config, Estimate::Unbiased, Combine::Sum);
            }
            if statistic.name == "demographic-parity" {
                let config = config.clone().with_option("given", "label");
                declare(&config, Estimate::Batch, Combine::Sum);
            }
            for (name, combine) in [("mean", Combine::Mean), ("max", Combine::Max)] {
                let config = config.clone().with_option("combine", name);
                declare(&config, Estimate::Batch, combine);
            }
        }
    }
    for spec in registry.losses() {
        let config = FairnessConfig::new(spec.name, 1.0, ["sex"]);
        let configs = with_each_option(&config, spec.options);
        losses.extend(configs.iter().map(|config| build(config, spec.laws, true)));
    }
    losses
}

/// A config with every value that is tried of every option.
fn with_each_option(config: &FairnessConfig, options: &[OptionSpec]) -> Vec<FairnessConfig> {
    let mut configs = vec![config.clone()];
    for option in options {
        let values = tried(option);
        if !values.is_empty() {
            configs = configs
                .iter()
                .flat_map(|config| {
                    values
                        .iter()
                        .map(|value| config.clone().with_option(option.key, value.clone()))
                })
                .collect();
        }
    }
    configs
}

/// The values with which an option is tried; its default alone where there are none.
fn tried(option: &OptionSpec) -> Vec<OptionValue> {
    match option.key {
        "alpha" if option.default.is_none() => {
            vec![0.5.into(), 1.0.into(), 2.0.into(), 20.0.into()]
        }
        "condition" => vec!["none".into(), "label".into()],
        "p" => vec![1.0.into(), 2.5.into()],
        "tolerance" => vec![0.001.into()],
        "distance" => vec![
            "kl".into(),
            "jensen-shannon".into(),
            "squared-euclidean".into(),
        ],
        "statistic" => vec![
            "demographic-parity".into(),
            "equalized-odds".into(),
            "f1".into(),
        ],

        "kernel" => vec!["gaussian".into(), "laplacian".into()],
        "against" => vec!["rest".into(), "pairs".into()],
        "features" => vec![0.into(), 64.into()],
        "projections" => vec![2.into()],
        "of" => vec!["outputs".into(), "probabilities".into()],
        "sees" => vec!["scores".into(), "representation".into()],
        "positives" => vec!["other-groups".into(), "all".into()],
        _ => Vec::new(),
    }
}
