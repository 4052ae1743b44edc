//! Pretraining without labels: some features of a row are hidden and predicted from the others.

use std::{collections::BTreeMap, sync::Arc};

use burn::{
    data::{dataloader::batcher::Batcher, dataset::Dataset},
    module::Module,
    tensor::{Bool, Device, Tensor, TensorData},
};
use burn_train::{InferenceStep, TrainOutput, TrainStep};
use equipoise_core::{Example, StageHistory};
use equipoise_models::MaskedFeatureModel;
use equipoise_tensor::TabularBatch;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::{
    Error,
    config::{PretrainConfig, PretrainObjective, Select},
    live::LiveMetric,
    loader::{Collate, EpochLoader, Order},
    schedule::Schedule,
    seeds::derive_seed,
    stage::{Stage, StepReport, StepValues, mean_losses, read},
    training::{Run, StageSettings, TrainingData, train_stage},
};

/// The name of the stage in folders, histories and seeds.
pub const PRETRAIN: &str = "pretrain";

/// Pretrains a model on the features of all rows; labels and groups are not looked at.
///
/// Goes on from the newest checkpoint in `run.checkpoints`. Returns the weights of the epoch with
/// the smallest validation loss, off autodiff. The masks of the validation part are the same in
/// every epoch, so that its losses can be compared.
///
/// # Errors
///
/// When a setting is not legal, the objective is another one, a part is empty, a loss is not finite, a checkpoint cannot be read
/// or written, or when training is interrupted.
pub fn pretrain(
    model: MaskedFeatureModel,
    data: &TrainingData,
    config: &PretrainConfig,
    run: &Run,
) -> Result<(MaskedFeatureModel, StageHistory), Error> {
    config.check()?;
    if config.objective != PretrainObjective::MaskedFeatures {
        return Err(Error::Setting {
            key: "pretrain.objective".to_owned(),
            value: "that of texts".to_owned(),
            legal: "`masked-features` where a model learns from a table",
        });
    }
    let numbers = model.shape().numbers();
    let loader = |dataset: &Arc<dyn Dataset<Example>>, order, fixed| {
        EpochLoader::new(
            Arc::clone(dataset),
            Arc::new(Masking {
                batcher: Arc::clone(&data.batcher),
                seed: run.seed,
                rate: config.mask_rate,
                numbers,
                fixed,
            }) as Arc<dyn Collate<MaskedBatch>>,
            config.batch_size,
            order,
            run.device.clone(),
        )
    };
    let train = loader(
        &data.train,
        Order::Shuffled {
            seed: run.seed,
            stage: PRETRAIN,
        },
        false,
    );
    let valid = loader(&data.valid, Order::Sequential, true);
    let steps = train.batches();
    let total_steps = config.steps.unwrap_or(steps * config.epochs);
    let settings = StageSettings {
        name: PRETRAIN,
        epochs: total_steps.div_ceil(steps.max(1)),
        optimizer: config.optimizer.clone(),
        steps,
        total_steps,
        schedule: Schedule::new(
            &config.schedule,
            config.optimizer.learning_rate,
            total_steps,
        ),
        gradient_clip: config.gradient_clip,
        early_stopping: None,
        average: None,
        select: Select::Loss,
        metrics: vec![LiveMetric::loss("loss", "Loss")],
    };
    let (stage, history) =
        train_stage(Pretraining { network: model }, train, valid, settings, run)?;
    Ok((stage.network, history))
}

/// A batch with the cells that are hidden from the model.
#[derive(Debug, Clone)]
struct MaskedBatch {
    rows: TabularBatch,
    /// `[batch, numbers]`.
    numeric: Tensor<2, Bool>,
    /// `[batch, columns]`.
    categorical: Tensor<2, Bool>,
}

/// Draws the masks. The mask of a row depends on the seed, the epoch and the row's number alone.
struct Masking {
    batcher: Arc<dyn Batcher<Example, TabularBatch>>,
    seed: u64,
    rate: f64,
    /// The numbers of a row, each of which is hidden as a whole.
    numbers: usize,
    /// Whether every epoch has the same masks.
    fixed: bool,
}

impl Collate<MaskedBatch> for Masking {
    fn collate(&self, rows: Vec<Example>, epoch: usize, device: &Device) -> MaskedBatch {
        let epoch = if self.fixed { 0 } else { epoch };
        let (mut numeric, mut categorical) = (Vec::new(), Vec::new());
        let numbers = self.numbers;
        let categories = rows.first().map_or(0, |row| row.features.categorical.len());
        let masks = derive_seed(self.seed, PRETRAIN, epoch, "mask");
        for row in &rows {
            // The generator's streams are independent: one for each row.
            let mut random = ChaCha8Rng::seed_from_u64(masks);
            random.set_stream(row.id);
            numeric.extend((0..numbers).map(|_| random.random_bool(self.rate)));
            categorical.extend((0..categories).map(|_| random.random_bool(self.rate)));
        }
        let count = rows.len();
        MaskedBatch {
            rows: self.batcher.batch(rows, device),
            numeric: Tensor::from_data(TensorData::new(numeric, [count, numbers]), device),
            categorical: Tensor::from_data(
                TensorData::new(categorical, [count, categories]),
                device,
            ),
        }
    }
}

/// The model in training.
#[derive(Module, Debug)]
struct Pretraining {
    network: MaskedFeatureModel,
}

impl Pretraining {
    fn loss(&self, batch: &MaskedBatch) -> Tensor<1> {
        self.network.loss(
            batch.rows.inputs.numeric.clone(),
            batch.rows.inputs.categorical.clone(),
            batch.numeric.clone(),
            batch.categorical.clone(),
        )
    }
}

fn report(rows: usize, loss: Tensor<1>) -> StepReport {
    let mut values = StepValues {
        rows,
        ..StepValues::default()
    };
    match read(loss) {
        Ok(loss) => values.losses.push(("loss", loss)),
        Err(reason) => values.failure = Some(reason),
    }
    StepReport::new(values)
}

impl TrainStep for Pretraining {
    type Input = MaskedBatch;
    type Output = StepReport;

    fn step(&self, batch: MaskedBatch) -> TrainOutput<StepReport> {
        let loss = self.loss(&batch);
        let gradients = loss.backward();
        TrainOutput::new(self, gradients, report(batch.rows.len(), loss.inner()))
    }
}

impl InferenceStep for Pretraining {
    type Input = MaskedBatch;
    type Output = StepReport;

    fn step(&self, batch: MaskedBatch) -> StepReport {
        report(batch.rows.len(), self.loss(&batch))
    }
}

impl Stage for Pretraining {
    type Batch = MaskedBatch;

    fn validate(&self, reports: &[StepReport]) -> Result<BTreeMap<String, f64>, Error> {
        Ok(mean_losses(reports))
    }
}
