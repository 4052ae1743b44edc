//! Texts for fair models: tokens, identity lexicons, counterfactual swaps, and the measures of a
//! base model's bias.

mod balance;
mod error;
mod lexicon;
mod probe;
mod read;
mod swap;
mod terms;

pub use balance::{balance_weights, keep_by_weight};
pub use error::{Error, ModelError};
pub use lexicon::{
    Identity, IdentityAnnotation, IdentityCount, IdentityCounts, IdentityTerms, LEXICONS, Lexicon,
    LexiconFile, LexiconSchema, LexiconSpec, Mention, SeveralPolicy,
};
pub use probe::{
    AssociationResult, AssociationTest, CrowsPair, MaskedLanguageModel, MaskedTokens, MeasureSpec,
    ModelKind, PROBES, PredictorClassifier, ProbeModel, ProbeOptions, ProbeRecord, ProbeSpec,
    ScoredTemplates, SentenceEncoder, StereoExample, StereoScores, StereoTask, TemplateSuite,
    TextClassifier, Token, UnpairedSentence, WinoBias, WinoBiasPair, associations,
    common_positions, crows_pairs, effect_size, measure_association, read_association_test,
    read_crows_pairs, read_hatecheck, read_identity_templates, read_stereoset, read_winobias,
    score_templates, stereo_scores, stereoset, winobias,
};
pub use read::utf8;
pub use swap::{
    AugmentStrategy, Augmentation, AugmentedText, ContextWord, ContextWords, NameSwap, SWAPS,
    SwapFile, SwapReport, SwapSchema, SwapSpec, SwappedText, Swapper, WordCount, augment,
};
