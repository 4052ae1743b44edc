//! The reference of the guide names everything that a configuration or an option can name.

use equipoise_losses::Registry;
use equipoise_metrics::{Convention, METRICS};
use equipoise_models::MODELS;
use equipoise_text::PROBES;

/// Fails for each name that does not stand as code in the page.
fn assert_named<'a>(page: &str, text: &str, names: impl IntoIterator<Item = &'a str>) {
    let missing: Vec<&str> = names
        .into_iter()
        .filter(|name| !text.contains(&format!("`{name}`")))
        .collect();
    assert!(missing.is_empty(), "`{page}` does not name {missing:?}");
}

#[test]
fn every_metric_has_a_line() {
    let text = include_str!("../../docs/guide/src/reference/metrics.md");
    assert_named("metrics.md", text, METRICS.iter().map(|spec| spec.name));
}

#[test]
fn every_probe_has_a_line() {
    let text = include_str!("../../docs/guide/src/concepts/identities-in-text.md");
    assert_named(
        "identities-in-text.md",
        text,
        PROBES.iter().map(|spec| spec.name),
    );
}

#[test]
fn every_loss_and_penalty_has_a_line() {
    let registry = Registry::default();
    let text = include_str!("../../docs/guide/src/reference/losses.md");
    assert_named("losses.md", text, registry.names());
    assert_named("losses.md", text, registry.penalty_names());
}

#[test]
fn every_model_penalty_and_convention_is_among_the_legal_values_of_a_key() {
    let text = include_str!("../../docs/guide/src/reference/config.md");
    assert_named("config.md", text, MODELS.iter().map(|spec| spec.name));
    assert_named("config.md", text, Registry::default().penalty_names());
    assert_named("config.md", text, Convention::ALL.map(Convention::name));
}
