//! Texts for fair models: tokens, identity lexicons, counterfactual swaps, and the measures of a
//! base model's bias.
//!
//! Nothing here needs a tensor: a model of any make is asked through three small traits.
//!
//! ```
//! use equipoise_text::{
//!     AugmentStrategy, IdentityAnnotation, Lexicon, NameSwap, SeveralPolicy, Swapper, augment,
//! };
//!
//! let corpus = ["He thanked his Muslim neighbours.", "It rained."];
//!
//! // Who is named?
//! let lexicon = Lexicon::builtin(&["en", "zh"])?;
//! let annotation = IdentityAnnotation::of(&lexicon, corpus);
//! let groups = annotation.groups(&["gender", "religion"], SeveralPolicy::OwnGroup)?;
//! assert_eq!(groups.rows(), 2);
//! assert_eq!(annotation.counts().get("religion", "muslim").map(|count| count.documents), Some(1));
//!
//! // The corpus with its counterfactual.
//! let swapper = Swapper::builtin("en-gender", NameSwap::Swapped)?;
//! let augmented = augment(&corpus, &swapper, AugmentStrategy::KeepBoth, 7)?;
//! assert_eq!(augmented.texts[1].text, "She thanked her Muslim neighbours.");
//! # Ok::<(), equipoise_text::Error>(())
//! ```
//!
//! In reading order:
//!
//! * [`Tokenizer`]: from texts to the ids that a model reads, from the files of a model folder or trained
//! * [`Lexicon`]: the terms by which texts name groups, found as whole words; [`LEXICONS`] ship
//! * [`IdentityAnnotation`]: what many texts name, as groups, memberships and [`IdentityCounts`]
//! * [`Swapper`]: the counterfactual of a text by pairs of words; [`SWAPS`] ship
//! * [`augment()`]: a corpus and its counterfactual, by an [`AugmentStrategy`], with a [`SwapReport`]
//! * [`balance_factors`], [`draw_by_factor`]: as many documents of each group
//! * [`MaskedLanguageModel`], [`SentenceEncoder`], [`TextClassifier`]: how a model is asked
//! * [`PROBES`]: the registry of the measures of bias; one [`ProbeSpec`] each, with its data and paper
//! * [`crows_pairs()`], [`stereoset()`], [`winobias()`]: what a masked language model expects
//! * [`measure_association`]: where an encoder puts groups (WEAT, SEAT)
//! * [`score_templates`]: what a classifier makes of templates, as the columns of an audit
//! * [`utf8`]: a text from bytes, or the byte that is wrong
//!
//! Other crates: `equipoise-models` has the models, `equipoise-train` trains them on such corpora,
//! `equipoise-metrics` audits what classifiers make of templates.

mod balance;
mod error;
mod lexicon;
mod probe;
mod read;
mod swap;
mod terms;
pub mod tokenizer;

pub use balance::{BalanceMode, balance_factors, draw_by_factor};
pub use error::{Error, ModelError};
pub use lexicon::{
    Identity, IdentityAnnotation, IdentityCount, IdentityCounts, IdentityTerms, LEXICONS, Lexicon,
    LexiconFile, LexiconSchema, LexiconSpec, Mention, SeveralPolicy,
};
pub use probe::{
    AssociationResult, AssociationTest, CrowsPair, MaskedLanguageModel, MaskedTokens, MeasureSpec,
    ModelKind, PROBES, PredictorClassifier, ProbeModel, ProbeOptions, ProbeRecord, ProbeSpec,
    ScoredTemplates, SentenceEncoder, StereoExample, StereoScores, StereoTask, TemplateSuite,
    TextClassifier, UnpairedSentence, WinoBias, WinoBiasPair, associations, common_positions,
    crows_pairs, effect_size, measure_association, read_association_test, read_crows_pairs,
    read_hatecheck, read_identity_templates, read_stereoset, read_winobias, score_templates,
    stereo_scores, stereoset, winobias,
};
pub use read::utf8;
pub use swap::{
    AugmentStrategy, Augmentation, AugmentedText, ContextWord, ContextWords, NameSwap, SWAPS,
    SwapFile, SwapReport, SwapSchema, SwapSpec, SwappedText, Swapper, WordCount, augment,
};
pub use tokenizer::{Token, Tokenizer, TokenizerError};
