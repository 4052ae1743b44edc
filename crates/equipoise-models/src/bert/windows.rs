//! Texts that are longer than what a model sees at once.

use burn::tensor::{Device, Tensor, TensorData};
use equipoise_tensor::WindowInputs;
use equipoise_text::tokenizer::{Tokenizer, Tokens, Window};
use serde::{Deserialize, Serialize};

use super::token_inputs;
use crate::Error;

/// What becomes of a text that is longer than the window of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum LongTexts {
    /// The model sees its beginning, as much as the window holds.
    #[default]
    Truncate,
    /// The model sees all of it, window after window. What it says of the text is the mean over
    /// the windows, of its raw outputs (before any sigmoid or softmax) as of what the head saw, in
    /// training as in prediction.
    Stride,
}

/// How the texts of a model are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextWindows {
    /// The number of tokens that the model sees at once.
    pub window: usize,
    /// What becomes of longer texts.
    pub long_texts: LongTexts,
    /// With [`LongTexts::Stride`], how many tokens of a window stand in the one before too.
    pub overlap: usize,
}

/// The windows of texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CutTexts {
    /// The tokens of each text, window after window; at least one window for each.
    pub texts: Vec<Vec<Vec<u32>>>,
    /// How many texts are longer than a window: the rest of them is not seen, or they have
    /// several.
    pub long: usize,
}

impl TextWindows {
    /// The tokens of texts.
    ///
    /// # Errors
    ///
    /// When the window has no room for a token of a text, when windows would not advance, or when
    /// the tokenizer has no token for what it does not know and a text needs one.
    pub fn cut<S: AsRef<str>>(
        &self,
        tokenizer: &Tokenizer,
        texts: &[S],
    ) -> Result<CutTexts, Error> {
        let overlap = match self.long_texts {
            LongTexts::Truncate => 0,
            LongTexts::Stride => self.overlap,
        };
        let windows = Window::striding(self.window, overlap);
        let mut long = 0;
        let texts = tokenizer
            .encode_strides(texts, &windows)?
            .into_iter()
            .map(|mut windows| {
                long += usize::from(windows.len() > 1);
                if self.long_texts == LongTexts::Truncate {
                    windows.truncate(1);
                }
                let ids = |window: &Tokens| window.ids().to_vec();
                windows.iter().map(ids).collect()
            })
            .collect();
        Ok(CutTexts { texts, long })
    }
}

/// The windows of texts beside each other on a device, filled up at their ends with the token
/// `padding`; every window of a text counts as much.
pub fn window_inputs(texts: &[&[Vec<u32>]], padding: u32, device: &Device) -> WindowInputs {
    let windows: Vec<&[u32]> = texts.iter().copied().flatten().map(Vec::as_slice).collect();
    let (rows, columns) = (texts.len(), windows.len());
    let inputs = WindowInputs::from(token_inputs(&windows, padding, device));
    if texts.iter().all(|text| text.len() == 1) {
        return inputs;
    }
    let mut shares = vec![0.0_f32; rows * columns];
    let mut first = 0;
    for (row, text) in texts.iter().enumerate() {
        let start = row * columns + first;
        // The number of windows of a text is far below what a float holds exactly.
        shares[start..start + text.len()].fill(1.0 / text.len() as f32);
        first += text.len();
    }
    WindowInputs {
        shares: Some(Tensor::from_data(
            TensorData::new(shares, [rows, columns]),
            device,
        )),
        ..inputs
    }
}

#[cfg(test)]
#[cfg(feature = "flex")]
mod tests {
    use equipoise_core::{Scores, Task};
    use equipoise_text::tokenizer::TokenizerTraining;

    use super::*;
    use crate::HeadedModel;
    use crate::bert::{BertConfig, Pooling, TextModel, score_windows};

    fn tokenizer() -> Tokenizer {
        let training = TokenizerTraining {
            vocabulary: 60,
            min_frequency: 1,
            ..TokenizerTraining::default()
        };
        Tokenizer::train(&["a b c d e f g h"], &training).unwrap()
    }

    fn cut(long_texts: LongTexts, overlap: usize) -> CutTexts {
        let windows = TextWindows {
            window: 6,
            long_texts,
            overlap,
        };
        windows
            .cut(&tokenizer(), &["a b", "", "a b c d e f"])
            .unwrap()
    }

    #[test]
    fn long_texts_are_counted_and_either_cut_or_strided() {
        let counts = |cut: &CutTexts| cut.texts.iter().map(Vec::len).collect::<Vec<_>>();
        let truncated = cut(LongTexts::Truncate, 0);
        assert_eq!((counts(&truncated), truncated.long), (vec![1, 1, 1], 1));
        // A window has room for 4 of 6 tokens.
        let strided = cut(LongTexts::Stride, 0);
        assert_eq!((counts(&strided), strided.long), (vec![1, 1, 2], 1));
        assert_eq!(counts(&cut(LongTexts::Stride, 3)), [1, 1, 3]);
        assert_eq!(strided.texts[2][0], truncated.texts[2][0]);
    }

    #[test]
    fn what_is_said_of_a_text_is_the_mean_over_its_windows() {
        let device = Device::flex();
        let config = BertConfig {
            vocabulary: 60,
            width: 8,
            heads: 2,
            feed_forward: 16,
            initializer_range: 0.5,
            ..BertConfig::default()
        };
        device.seed(3);
        let model = TextModel::new(&config, Pooling::Mean, 1, &device).unwrap();
        let texts = cut(LongTexts::Stride, 0).texts;
        let rows: Vec<&[Vec<u32>]> = texts.iter().map(Vec::as_slice).collect();
        let of = |window: &[u32]| -> f32 {
            let inputs = token_inputs(&[window], 0, &device);
            model.forward(inputs).into_scalar()
        };
        let expected = [
            of(&texts[0][0]),
            of(&texts[1][0]),
            f32::midpoint(of(&texts[2][0]), of(&texts[2][1])),
        ];
        let (outputs, representation) =
            model.forward_with_representation(window_inputs(&rows, 0, &device));
        assert_eq!(representation.dims(), [3, 8]);
        let outputs: Vec<f32> = outputs.into_data().try_into_vec().unwrap();
        let task = Task::Binary {
            positive: "yes".to_owned(),
        };
        let scores = score_windows(&model, &task, &rows, 0, &device).unwrap();
        let Scores::Binary(scores) = scores else {
            panic!("two classes have one score");
        };
        for ((output, score), expected) in outputs.iter().zip(scores).zip(expected) {
            assert!((output - expected).abs() < 1e-5, "{output} {expected}");
            let probability = 1.0 / (1.0 + f64::from(-expected).exp());
            assert!((score - probability).abs() < 1e-5, "{score} {probability}");
        }
        assert!((of(&texts[2][0]) - of(&texts[2][1])).abs() > 1e-3);
    }
}
