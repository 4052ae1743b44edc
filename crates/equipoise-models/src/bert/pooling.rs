//! From the vectors of the tokens of a text to one vector.

use burn::tensor::{Bool, Tensor};
use serde::{Deserialize, Serialize};

/// Which vector stands for a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Pooling {
    /// That of the first token, through the layer that the architecture has for it: the head
    /// that other programs know.
    #[default]
    Cls,
    /// The mean of all tokens of the text, as sentence encoders have it (Reimers and Gurevych
    /// 2019).
    Mean,
}

impl Pooling {
    /// `[batch, width]` from hidden states, `[batch, tokens, width]`, and what of them is text,
    /// `[batch, tokens]`. The mean of no tokens is 0.
    pub(super) fn pool(self, hidden: Tensor<3>, attention: &Tensor<2, Bool>) -> Tensor<2> {
        match self {
            Self::Cls => hidden.narrow(1, 0, 1).squeeze_dim(1),
            Self::Mean => mean_of_tokens(hidden, attention),
        }
    }
}

/// The mean over the tokens of each text, `[batch, width]`, from hidden states,
/// `[batch, tokens, width]`, and what of them is text, `[batch, tokens]`. The mean of no tokens
/// is 0.
pub fn mean_of_tokens(hidden: Tensor<3>, attention: &Tensor<2, Bool>) -> Tensor<2> {
    let [batch, tokens, _] = hidden.dims();
    let is_text = attention.clone().float().reshape([batch, tokens, 1]);
    let count = is_text.clone().sum_dim(1).clamp_min(1.0);
    ((hidden * is_text).sum_dim(1) / count).squeeze_dim(1)
}
