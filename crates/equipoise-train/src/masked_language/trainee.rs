//! The model in training.

use std::collections::BTreeMap;

use burn::{module::Module, optim::GradientsParams, tensor::Tensor};
use burn_train::{InferenceStep, TrainOutput, TrainStep};
use equipoise_models::MaskedLanguageModel;

use super::batch::{MaskedBatch, MaskedTexts};
use crate::{
    Error,
    gradients::add,
    stage::{Stage, StepReport, StepValues, mean_losses, read},
};

/// The model in training.
#[derive(Module, Debug)]
pub(super) struct LanguageTrainee {
    pub(super) network: MaskedLanguageModel,
}

impl LanguageTrainee {
    /// The parts of a batch that have hidden tokens, each with its share of them.
    fn shares(batch: &MaskedBatch) -> impl Iterator<Item = (&MaskedTexts, f64)> {
        let hidden = batch.hidden() as f64;
        batch
            .parts
            .iter()
            .filter(|part| part.hidden > 0)
            .map(move |part| (part, part.hidden as f64 / hidden))
    }

    fn loss(&self, part: &MaskedTexts) -> Tensor<1> {
        let MaskedTexts {
            inputs,
            positions,
            targets,
            ..
        } = part;
        self.network
            .loss(inputs, positions.clone(), targets.clone())
    }

    /// The gradients of the mean loss over all hidden tokens of a batch, and that loss.
    fn learn(&self, batch: &MaskedBatch) -> Result<(GradientsParams, f64), String> {
        let mut sum: Option<GradientsParams> = None;
        let mut mean = 0.0;
        for (part, share) in Self::shares(batch) {
            let loss = self.loss(part).mul_scalar(share);
            let gradients = GradientsParams::from_grads(loss.backward(), self);
            mean += read(loss.inner())?;
            match &mut sum {
                None => sum = Some(gradients),
                Some(sum) => add(self, sum, 1.0, &gradients),
            }
        }
        Ok((sum.unwrap_or_default(), mean))
    }

    /// The mean loss over all hidden tokens of a batch.
    fn judge(&self, batch: &MaskedBatch) -> Result<f64, String> {
        let mut mean = 0.0;
        for (part, share) in Self::shares(batch) {
            mean += share * read(self.loss(part))?;
        }
        Ok(mean)
    }
}

fn report(hidden: usize, loss: Result<f64, String>) -> StepReport {
    let mut values = StepValues {
        rows: hidden,
        ..StepValues::default()
    };
    match loss {
        Ok(loss) => values.losses.push(("loss", loss)),
        Err(reason) => values.failure = Some(reason),
    }
    StepReport::new(values)
}

impl TrainStep for LanguageTrainee {
    type Input = MaskedBatch;
    type Output = StepReport;

    fn step(&self, batch: MaskedBatch) -> TrainOutput<StepReport> {
        let (grads, loss) = match self.learn(&batch) {
            Ok((gradients, loss)) => (gradients, Ok(loss)),
            Err(reason) => (GradientsParams::new(), Err(reason)),
        };
        TrainOutput {
            grads,
            item: report(batch.hidden(), loss),
        }
    }
}

impl InferenceStep for LanguageTrainee {
    type Input = MaskedBatch;
    type Output = StepReport;

    fn step(&self, batch: MaskedBatch) -> StepReport {
        report(batch.hidden(), self.judge(&batch))
    }
}

impl Stage for LanguageTrainee {
    type Batch = MaskedBatch;

    fn validate(&self, reports: &[StepReport]) -> Result<BTreeMap<String, f64>, Error> {
        let mut values = mean_losses(reports);
        if let Some(loss) = values.get("loss") {
            values.insert("perplexity".to_owned(), loss.exp());
        }
        Ok(values)
    }
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;
    use burn::{
        module::{ModuleVisitor, Param},
        tensor::Device,
    };
    use equipoise_core::Example;
    use equipoise_models::BertConfig;
    use equipoise_text::tokenizer::{Tokenizer, TokenizerTraining};

    use super::*;
    use crate::{
        loader::Collate,
        masked_language::{
            batch::{MaskedBatcher, PackedTexts},
            masking::Masking,
        },
    };

    /// All gradients, one after the other.
    struct Flat<'a> {
        gradients: &'a GradientsParams,
        values: Vec<f32>,
    }

    impl ModuleVisitor for Flat<'_> {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            if let Some(gradient) = self.gradients.get::<D>(param.id) {
                self.values
                    .extend(gradient.into_data().try_into_vec::<f32>().unwrap());
            }
        }
    }

    fn windows() -> (Tokenizer, PackedTexts) {
        let texts: Vec<String> = (0..40)
            .map(|at| {
                format!(
                    "the {} fox jumps over number {at}",
                    ["brown", "red"][at % 2]
                )
            })
            .collect();
        let training = TokenizerTraining {
            vocabulary: 80,
            min_frequency: 1,
            ..TokenizerTraining::default()
        };
        let tokenizer = Tokenizer::train(&texts, &training).unwrap();
        let windows = tokenizer.pack(&texts, 12).unwrap();
        (tokenizer, windows.into())
    }

    #[test]
    fn gradients_of_parts_add_up_to_those_of_the_batch() {
        use burn::data::dataset::Dataset;

        let device = Device::default();
        let (tokenizer, windows) = windows();
        let config = BertConfig {
            vocabulary: tokenizer.vocabulary(),
            width: 16,
            layers: 1,
            feed_forward: 32,
            positions: 12,
            dropout: 0.0,
            attention_dropout: 0.0,
            initializer_range: 0.3,
            ..BertConfig::default()
        };
        let model = MaskedLanguageModel::new(&config, &device).unwrap();
        let trainee = LanguageTrainee { network: model }.train();
        // An odd number: the parts have neither the same rows nor the same hidden tokens.
        let rows = || -> Vec<Example<_>> { (0..13).map(|row| windows.get(row).unwrap()).collect() };
        let learnt = |parts| {
            let batcher = MaskedBatcher {
                masking: Masking::new(&tokenizer, 0.2, true).unwrap(),
                padding: tokenizer.special().pad,
                parts,
                seed: 5,
                fixed: false,
            };
            let batch = batcher.collate(rows(), 3, &device.clone().autodiff());
            assert_eq!(batch.parts.len(), parts);
            let (gradients, loss) = trainee.learn(&batch).unwrap();
            let mut flat = Flat {
                gradients: &gradients,
                values: Vec::new(),
            };
            trainee.visit(&mut flat);
            (flat.values, loss)
        };
        let (whole, loss) = learnt(1);
        assert!(whole.iter().any(|value| value.abs() > 1e-2));
        for parts in [2, 4, 13] {
            let (sum, mean) = learnt(parts);
            assert_relative_eq!(mean, loss, max_relative = 1e-5);
            assert_eq!(sum.len(), whole.len());
            for (part, whole) in sum.iter().zip(&whole) {
                assert!((part - whole).abs() < 1e-5, "{part} and {whole}");
            }
        }
    }

    #[test]
    fn the_head_at_hidden_positions_gives_the_loss_of_all_logits() {
        let device = Device::default();
        let (tokenizer, windows) = windows();
        let config = BertConfig {
            vocabulary: tokenizer.vocabulary(),
            width: 16,
            layers: 1,
            feed_forward: 32,
            positions: 12,
            ..BertConfig::default()
        };
        let model = MaskedLanguageModel::new(&config, &device).unwrap();
        let batcher = MaskedBatcher {
            masking: Masking::new(&tokenizer, 0.3, false).unwrap(),
            padding: tokenizer.special().pad,
            parts: 1,
            seed: 5,
            fixed: true,
        };
        let rows = {
            use burn::data::dataset::Dataset;
            (0..4).map(|row| windows.get(row).unwrap()).collect()
        };
        let batch = batcher.collate(rows, 1, &device);
        let part = &batch.parts[0];
        let logits: Vec<f32> = model
            .forward(&part.inputs)
            .into_data()
            .try_into_vec()
            .unwrap();
        let ints = |tensor: Tensor<1, burn::tensor::Int>| -> Vec<i64> {
            tensor.into_data().convert::<i64>().try_into_vec().unwrap()
        };
        let positions = ints(part.positions.clone());
        let targets = ints(part.targets.clone());
        let costs = positions.iter().zip(&targets).map(|(&at, &target)| {
            let row =
                &logits[usize::try_from(at).unwrap() * config.vocabulary..][..config.vocabulary];
            let total: f64 = row.iter().map(|&logit| f64::from(logit).exp()).sum();
            total.ln() - f64::from(row[usize::try_from(target).unwrap()])
        });
        let expected = costs.sum::<f64>() / positions.len() as f64;
        let trainee = LanguageTrainee { network: model };
        assert_relative_eq!(
            trainee.judge(&batch).unwrap(),
            expected,
            max_relative = 1e-5
        );
    }
}
