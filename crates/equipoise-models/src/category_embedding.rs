//! Vectors for categories: one table for all columns.

use burn::module::{Initializer, Module, Param};
use burn::tensor::module::embedding;
use burn::tensor::{Device, Int, Tensor, TensorData};
use equipoise_core::FeatureSpec;

/// One vector for each input of each category column.
///
/// All columns share one table, column after column, so that a batch is one look-up whatever the
/// number of columns.
#[derive(Module, Debug)]
pub(crate) struct CategoryEmbedding {
    /// The vectors, `[sum of cardinalities, width]`.
    weight: Param<Tensor<2>>,
    /// The first row of each column.
    #[module(skip)]
    offsets: Vec<i64>,
}

impl CategoryEmbedding {
    /// The table for some columns, or `None` when there is no column.
    ///
    /// The vectors of the two inputs that are no level, unknown and missing, begin as zeros.
    /// Training never shows an unknown level, so its vector stays neutral, where a random one
    /// would move the prediction of every row that has a new level.
    pub(crate) fn new(
        cardinalities: &[usize],
        width: usize,
        initializer: &Initializer,
        device: &Device,
    ) -> Option<Self> {
        if cardinalities.is_empty() {
            return None;
        }
        let mut offsets = Vec::with_capacity(cardinalities.len());
        let mut is_level: Vec<f32> = Vec::new();
        for &cardinality in cardinalities {
            #[expect(
                clippy::cast_possible_wrap,
                reason = "the rows were counted in memory, which has no room for 2^63"
            )]
            offsets.push(is_level.len() as i64);
            let first_level = FeatureSpec::FIRST_LEVEL as usize;
            is_level.extend((0..cardinality).map(|input| f32::from(input >= first_level)));
        }
        let rows = is_level.len();
        let weight =
            initializer
                .init([rows, width], device)
                .init_mapper(move |weight: Tensor<2>| {
                    let is_level = TensorData::new(is_level.clone(), [rows, 1]);
                    let device = weight.device();
                    weight * Tensor::<2>::from_data(is_level, &device)
                });
        Some(Self { weight, offsets })
    }

    /// The vectors of a batch, `[batch, columns, width]`, from inputs, `[batch, columns]`.
    pub(crate) fn forward(&self, categorical: Tensor<2, Int>) -> Tensor<3> {
        let offsets = TensorData::new(self.offsets.clone(), [1, self.offsets.len()]);
        let offsets = Tensor::<2, Int>::from_data(offsets, &categorical.device());
        embedding(self.weight.val(), categorical + offsets)
    }
}
