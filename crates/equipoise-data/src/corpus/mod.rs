//! Texts without labels, from which a model of texts learns a language: which files they are in,
//! what a document is, who is named in them, and what is done about those who are named less.
//!
//! ```
//! use equipoise_data::corpus::{CorpusConfig, read_corpus};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # std::fs::write(folder.path().join("a.txt"), "He came.\n\nHe saw.\n\nIt rained.\n\nShe won.\n")?;
//! let mut config: CorpusConfig = toml::from_str(r#"
//! train    = ["*.txt"]
//! held_out = 0.25
//! augment  = { swap = "en-gender" }
//! "#)?;
//! # config.train = vec![folder.path().join("*.txt")];
//! let corpus = read_corpus(&config.check()?, 7)?;
//! assert_eq!((corpus.train().len(), corpus.valid().len()), (3, 1));
//!
//! let (texts, report) = corpus.rebalance()?;
//! let count = |counts: &equipoise_text::IdentityCounts, value| {
//!     counts.get("gender", value).map(|count| count.occurrences)
//! };
//! assert_eq!(count(&report.after, "male"), count(&report.after, "female"));
//! assert!(texts.len() > 3);
//! # Ok(()) }
//! ```
//!
//! * [`config`]: the `[corpus]` table of a configuration, and its checked form
//! * [`documents`]: documents from text files, from compressed ones, and from a column of tables
//! * [`rebalance`]: as many documents of each group, and counterfactuals
//! * [`report`]: how often each identity occurs before and after

pub mod config;
pub mod documents;
pub mod rebalance;
pub mod report;

use equipoise_text::{Lexicon, Swapper};
use rand::{RngExt, SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;

pub use self::config::{
    AugmentConfig, AugmentMode, BalanceConfig, CheckedCorpusConfig, CorpusConfig, DocumentUnit,
};
pub use self::documents::Documents;
pub use self::report::{BalanceReport, CorpusReport};
use crate::{Error, catalogue::Checksum};

/// The documents of a corpus as its files have them.
#[derive(Debug, Clone)]
pub struct Corpus {
    config: CorpusConfig,
    train: Documents,
    valid: Documents,
    lexicon: Lexicon,
    swapper: Option<Swapper>,
    sha256: String,
    seeds: Seeds,
}

/// A seed for each random step.
#[derive(Debug, Clone, Copy)]
struct Seeds {
    held_out: u64,
    balance: u64,
    augment: u64,
}

impl Seeds {
    fn of(seed: u64) -> Self {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        Self {
            held_out: generator.random(),
            balance: generator.random(),
            augment: generator.random(),
        }
    }
}

/// Reads the documents to learn from, and those that are held out.
///
/// The same files and the same seed give the same documents, in the order of the files' names.
///
/// # Errors
///
/// When a lexicon or a list of pairs is not legal; when a pattern matches no file; when a file
/// cannot be read, is empty, is not UTF-8 or has no document; when a column is not there; when
/// there are too few documents to hold some out.
pub fn read_corpus(config: &CheckedCorpusConfig, seed: u64) -> Result<Corpus, Error> {
    // What is quickly found to be wrong comes before hours of reading.
    let lexicon = config.lexicon()?;
    let swapper = config.swapper()?;
    let config = config.config();
    let seeds = Seeds::of(seed);
    let (train, train_digest) = Documents::read(&config.train, config)?;
    let (train, valid, digest) = if config.valid.is_empty() {
        let share = config.held_out.unwrap_or(CorpusConfig::DEFAULT_HELD_OUT);
        let (train, valid) = hold_out(&train, share, seeds.held_out)?;
        (train, valid, train_digest)
    } else {
        let (valid, valid_digest) = Documents::read(&config.valid, config)?;
        (train, valid, train_digest + &valid_digest)
    };
    Ok(Corpus {
        config: config.clone(),
        train,
        valid,
        lexicon,
        swapper,
        sha256: Checksum::of_bytes(digest.as_bytes()).to_string(),
        seeds,
    })
}

impl Corpus {
    /// The documents to learn from, as the files have them.
    pub fn train(&self) -> &[String] {
        self.train.texts()
    }

    /// The documents that are held out. Nothing is swapped, left out or repeated in them.
    pub fn valid(&self) -> &[String] {
        self.valid.texts()
    }

    /// The SHA-256 over the digests of all files, as 64 lowercase hexadecimal digits.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }
}

/// Documents in two parts, of which the second has a share of them, and at least one.
fn hold_out(documents: &Documents, share: f64, seed: u64) -> Result<(Documents, Documents), Error> {
    let all = documents.texts().len();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a number of documents is between 0 and that number"
    )]
    let count = ((share * all as f64).round() as usize).max(1);
    if count >= all {
        return Err(Error::TooFewDocuments { documents: all });
    }
    let mut rows: Vec<usize> = (0..all).collect();
    rows.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
    let (valid, train) = rows.split_at_mut(count);
    valid.sort_unstable();
    train.sort_unstable();
    Ok((documents.take(train), documents.take(valid)))
}
