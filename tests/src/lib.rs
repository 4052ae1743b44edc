//! End-to-end tests, and the examples of the README and of the guide as documentation tests.

/// Holds the Rust examples of `README.md`, so that they are compiled.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct ReadMe;

/// Holds the Rust examples of the guide's page on losses, so that they are run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/guide/src/extending/add-a-loss.md")]
struct AddALoss;

/// Holds the Rust example of the guide's page on texts, so that it is compiled.
#[cfg(doctest)]
#[doc = include_str!("../../docs/guide/src/tutorials/texts.md")]
struct Texts;

/// Holds the Rust examples of the guide's page on identities in texts, so that they are run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/guide/src/concepts/identities-in-text.md")]
struct IdentitiesInText;
