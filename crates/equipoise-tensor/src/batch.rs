//! What a batch of rows looks like on a device.

use burn::tensor::{Bool, Device, Int, Tensor};

/// Rows on a device: what a model sees of them, and what losses need to know.
///
/// Losses, metrics and training look at everything but the inputs, so they work for rows of any
/// kind; what the inputs are is between the batcher and the model.
#[derive(Debug, Clone)]
pub struct Batch<X> {
    /// The rows' numbers in the file, `[batch]`, on the host.
    pub ids: Vec<u64>,
    /// What the model sees.
    pub inputs: X,
    /// What it would see of each row's counterfactual; `None` where there are none. A row that has
    /// no counterfactual stands for itself.
    pub counterfactual: Option<X>,
    /// Targets, `[batch]`: 0 or 1, indices of classes, or numbers.
    pub targets: Tensor<1>,
    /// Group codes, `[batch, attributes]`.
    pub groups: Tensor<2, Int>,
    /// The numbers of continuous attributes, `[batch, attributes]`; `None` where there is none.
    pub group_values: Option<Tensor<2>>,
    /// The probabilities of the groups of soft attributes, `[batch, groups of soft attributes]`;
    /// `None` where there is none.
    pub memberships: Option<Tensor<2>>,
    /// Row weights, `[batch]`.
    pub weights: Tensor<1>,
}

/// What a model of tables sees.
#[derive(Debug, Clone)]
pub struct TabularInputs {
    /// Numeric inputs, `[batch, numeric]`; `numeric` may be 0.
    pub numeric: Tensor<2>,
    /// Category inputs, `[batch, columns]`; `columns` may be 0.
    pub categorical: Tensor<2, Int>,
}

/// What a model of texts sees.
#[derive(Debug, Clone)]
pub struct TokenInputs {
    /// The numbers of the tokens, `[batch, tokens]`, short texts filled up at their ends.
    pub ids: Tensor<2, Int>,
    /// Whether a token is one of the text, `[batch, tokens]`; `false` for what fills up.
    pub attention: Tensor<2, Bool>,
}

/// What a model of texts sees of texts of any length: the windows of each.
#[derive(Debug, Clone)]
pub struct WindowInputs {
    /// All windows, `[windows, tokens]`, those of a text after each other.
    pub windows: TokenInputs,
    /// How much each window counts for each text, `[batch, windows]`: each row sums to 1. `None`
    /// where every text is one window.
    pub shares: Option<Tensor<2>>,
}

impl From<TokenInputs> for WindowInputs {
    fn from(windows: TokenInputs) -> Self {
        Self {
            windows,
            shares: None,
        }
    }
}

/// Rows of a table on a device.
pub type TabularBatch = Batch<TabularInputs>;

/// Texts on a device.
pub type TokenBatch = Batch<WindowInputs>;

/// Inputs that can be moved to another device.
pub trait ToDevice {
    /// The same inputs on another device.
    #[must_use]
    fn to_device(self, device: &Device) -> Self;
}

impl ToDevice for () {
    fn to_device(self, _device: &Device) -> Self {}
}

impl ToDevice for TabularInputs {
    fn to_device(self, device: &Device) -> Self {
        Self {
            numeric: self.numeric.to_device(device),
            categorical: self.categorical.to_device(device),
        }
    }
}

impl ToDevice for TokenInputs {
    fn to_device(self, device: &Device) -> Self {
        Self {
            ids: self.ids.to_device(device),
            attention: self.attention.to_device(device),
        }
    }
}

impl ToDevice for WindowInputs {
    fn to_device(self, device: &Device) -> Self {
        Self {
            windows: self.windows.to_device(device),
            shares: self.shares.map(|shares| shares.to_device(device)),
        }
    }
}

impl<X> Batch<X> {
    /// The number of rows.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }
}

impl<X: ToDevice> ToDevice for Batch<X> {
    fn to_device(self, device: &Device) -> Self {
        Self {
            ids: self.ids,
            inputs: self.inputs.to_device(device),
            counterfactual: self.counterfactual.map(|inputs| inputs.to_device(device)),
            targets: self.targets.to_device(device),
            groups: self.groups.to_device(device),
            group_values: self.group_values.map(|values| values.to_device(device)),
            memberships: (self.memberships).map(|probabilities| probabilities.to_device(device)),
            weights: self.weights.to_device(device),
        }
    }
}
