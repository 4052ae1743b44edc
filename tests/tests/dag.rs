//! The dependency picture of `ARCHITECTURE.md`: an arrow never points up, and third-party types
//! stay in the crates that are named for them.
//!
//! Normal dependencies count; those of tests do not.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{collections::BTreeMap, fs, path::PathBuf};

/// What a crate of the workspace may depend on, besides plain third-party crates.
const ARROWS: &[(&str, &[&str])] = &[
    ("core", &[]),
    ("tensor", &["core"]),
    ("metrics", &["core"]),
    ("text", &["core"]),
    ("data", &["core", "text", "tensor"]),
    ("losses", &["core", "tensor"]),
    ("kernels", &["tensor"]),
    ("models", &["core", "text", "tensor", "kernels"]),
    ("report", &["core", "metrics"]),
    (
        "train",
        &["core", "text", "tensor", "losses", "models", "metrics"],
    ),
    (
        "cli",
        &[
            "core", "text", "tensor", "data", "losses", "models", "train", "metrics", "report",
        ],
    ),
];

/// Crates whose types stay at home, and their homes.
const HOMES: &[(&str, &[&str])] = &[
    ("polars", &["data"]),
    (
        "burn",
        &[
            "tensor", "losses", "kernels", "models", "train", "data", "metrics",
        ],
    ),
    ("burn-flex", &["kernels"]),
    ("gemm", &["kernels"]),
    ("burn-train", &["train"]),
    ("burn-store", &["models"]),
    ("tokenizers", &["text"]),
    ("kuva", &["report"]),
    ("askama", &["report"]),
    ("clap", &["cli"]),
    ("miette", &["cli"]),
    ("indicatif", &["cli"]),
    ("tracing-subscriber", &["cli"]),
];

/// Dependencies that are there with a feature alone.
const OPTIONAL: &[(&str, &[&str])] = &[
    ("data", &["burn", "equipoise-tensor", "ureq"]),
    ("metrics", &["burn"]),
    ("kernels", &["burn-flex", "gemm", "libm", "rayon"]),
];

fn manifests() -> BTreeMap<String, toml::Table> {
    let crates = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../crates");
    fs::read_dir(crates)
        .unwrap()
        .map(|entry| {
            let manifest = entry.unwrap().path().join("Cargo.toml");
            let table: toml::Table = fs::read_to_string(manifest).unwrap().parse().unwrap();
            let name = table["package"]["name"].as_str().unwrap();
            (name.trim_start_matches("equipoise-").to_owned(), table)
        })
        .collect()
}

/// The normal dependencies of a crate, on all platforms, and whether each is optional.
fn dependencies(manifest: &toml::Table) -> Vec<(String, bool)> {
    let mut tables = vec![manifest.get("dependencies")];
    if let Some(targets) = manifest.get("target").and_then(toml::Value::as_table) {
        tables.extend(targets.values().map(|target| target.get("dependencies")));
    }
    tables
        .into_iter()
        .flatten()
        .filter_map(toml::Value::as_table)
        .flatten()
        .map(|(name, value)| {
            let optional = value
                .get("optional")
                .and_then(toml::Value::as_bool)
                .unwrap_or(false);
            (name.clone(), optional)
        })
        .collect()
}

#[test]
fn every_crate_is_in_the_picture() {
    let found: Vec<String> = manifests().into_keys().collect();
    let mut drawn: Vec<&str> = ARROWS.iter().map(|(name, _)| *name).collect();
    drawn.sort_unstable();
    assert_eq!(found, drawn);
}

#[test]
fn arrows_are_those_of_the_picture() {
    for (name, manifest) in manifests() {
        let legal = ARROWS.iter().find(|(known, _)| *known == name).unwrap().1;
        for (dependency, _) in dependencies(&manifest) {
            if let Some(dependency) = dependency.strip_prefix("equipoise-") {
                assert!(
                    legal.contains(&dependency),
                    "equipoise-{name} depends on equipoise-{dependency}, which is no arrow of the \
                     picture; it may depend on {legal:?}"
                );
            }
        }
    }
}

#[test]
fn third_party_types_stay_at_home() {
    for (name, manifest) in manifests() {
        for (dependency, _) in dependencies(&manifest) {
            if let Some((_, homes)) = HOMES.iter().find(|(known, _)| *known == dependency) {
                assert!(
                    homes.contains(&name.as_str()),
                    "equipoise-{name} depends on {dependency}, whose types stay in {homes:?}"
                );
            }
        }
    }
}

#[test]
fn some_dependencies_are_optional() {
    let manifests = manifests();
    for (name, optional) in OPTIONAL {
        let found = dependencies(&manifests[*name]);
        for dependency in *optional {
            assert!(
                found.contains(&((*dependency).to_owned(), true)),
                "equipoise-{name} must be usable without {dependency}"
            );
        }
    }
}
