//! What losses remember from batch to batch, as plain numbers.

use std::collections::BTreeMap;

use burn::tensor::{DType, Device, Tensor, TensorData};
use serde::{Deserialize, Serialize};

use crate::{Error, LambdaState};

/// What one loss remembers from batch to batch: the weights of groups, running rates, an
/// adversary.
///
/// Plain numbers by name, so that a checkpoint keeps them and a resumed run goes on with the same
/// bits. An empty state is that of a loss before its first step.
///
/// ```
/// use equipoise_losses::LossState;
///
/// let mut state = LossState::default();
/// state.insert("group_weights", vec![0.5, 0.5])?;
/// assert_eq!(state.get("group_weights"), Some(&[0.5, 0.5][..]));
/// # Ok::<(), equipoise_losses::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LossState {
    entries: BTreeMap<String, StateEntry>,
}

/// One remembered tensor, row by row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StateEntry {
    /// The length of each dimension.
    pub shape: Vec<usize>,
    /// The values, the last dimension running fastest; finite.
    pub values: Vec<f32>,
}

impl LossState {
    /// Whether nothing is remembered.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Everything that is remembered, by name.
    pub fn entries(&self) -> &BTreeMap<String, StateEntry> {
        &self.entries
    }

    /// Remembered numbers; `None` where there are none of that name.
    pub fn get(&self, name: &str) -> Option<&[f32]> {
        self.entries.get(name).map(|entry| entry.values.as_slice())
    }

    /// Remembers numbers in place of those of the same name.
    ///
    /// # Errors
    ///
    /// When a number is NaN or infinite: nothing good can come of it, and a checkpoint could not
    /// keep it.
    pub fn insert(&mut self, name: &str, values: Vec<f32>) -> Result<(), Error> {
        self.insert_entry(
            name,
            StateEntry {
                shape: vec![values.len()],
                values,
            },
        )
    }

    /// A remembered tensor, without a gradient; `None` where there is none of that name.
    ///
    /// # Errors
    ///
    /// When it has another shape than the one expected, such as the state of a run with other
    /// groups.
    pub fn tensor<const D: usize>(
        &self,
        name: &str,
        shape: [usize; D],
        device: &Device,
        dtype: DType,
    ) -> Result<Option<Tensor<D>>, Error> {
        let Some(entry) = self.entries.get(name) else {
            return Ok(None);
        };
        if entry.shape != shape || entry.values.len() != shape.iter().product::<usize>() {
            return Err(Error::State {
                name: name.to_owned(),
                expected: shape.to_vec(),
                found: entry.shape.clone(),
            });
        }
        let data = TensorData::new(entry.values.clone(), shape);
        Ok(Some(Tensor::from_data(data, (device, dtype))))
    }

    /// Remembers the values of a tensor, read from its device, in place of those of the same
    /// name.
    ///
    /// # Errors
    ///
    /// When the device does not hand out the values, or when one is NaN or infinite.
    pub fn insert_tensor<const D: usize>(
        &mut self,
        name: &str,
        tensor: Tensor<D>,
    ) -> Result<(), Error> {
        let shape = tensor.dims().to_vec();
        let values = read(tensor)?;
        self.insert_entry(name, StateEntry { shape, values })
    }

    fn insert_entry(&mut self, name: &str, entry: StateEntry) -> Result<(), Error> {
        if let Some(value) = entry.values.iter().find(|value| !value.is_finite()) {
            return Err(Error::NotFinite {
                name: name.to_owned(),
                value: *value,
            });
        }
        self.entries.insert(name.to_owned(), entry);
        Ok(())
    }
}

/// The values of a tensor.
pub(crate) fn read<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, Error> {
    let unreadable = |reason: String| Error::Device { reason };
    tensor
        .detach()
        .try_into_data()
        .map_err(|error| unreadable(error.to_string()))?
        .convert::<f32>()
        .try_into_vec()
        .map_err(|error| unreadable(error.to_string()))
}

/// What the fairness terms of a [`crate::TotalLoss`] remember, in the order of the terms.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TotalState {
    /// One state for each term; terms beyond the last start from an empty one.
    pub terms: Vec<LossState>,
    /// What the weight of each term remembers; made before the first step.
    pub lambdas: Vec<LambdaState>,
    /// Where training stands.
    #[serde(skip)]
    pub pace: Pace,
}

/// Where training stands, for weights that depend on it. It is told before every step, and no
/// checkpoint keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// The steps that are done.
    pub step: usize,
    /// All steps of training; 1 or more.
    pub steps: usize,
    /// The steps of an epoch; 1 or more.
    pub epoch_steps: usize,
}

impl Pace {
    /// The share of all steps that is done, in `[0, 1]`.
    pub fn progress(self) -> f64 {
        (self.step as f64 / self.steps.max(1) as f64).min(1.0)
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            step: 0,
            steps: 1,
            epoch_steps: 1,
        }
    }
}

impl TotalState {
    /// Checks that there are not more states than terms, and adds empty ones for those that have
    /// none.
    pub(crate) fn fill(&mut self, terms: usize) -> Result<(), Error> {
        self.check(terms)?;
        self.terms.resize_with(terms, LossState::default);
        Ok(())
    }

    /// Checks that there are not more states than terms.
    pub(crate) fn check(&self, terms: usize) -> Result<(), Error> {
        if self.terms.len() > terms {
            return Err(Error::Shape {
                what: "states of the terms",
                expected: vec![terms],
                found: vec![self.terms.len()],
            });
        }
        Ok(())
    }
}
