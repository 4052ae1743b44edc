//! Starting the program in a folder of its own, on a small run that takes seconds.

#![allow(dead_code, reason = "each test binary uses a part")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

/// A run of every stage on 1,000 rows: pretraining, a plain and a fair model.
pub(crate) const SMALL_RUN: &str = r#"
title = "Small"
seed = 3
[data]
source = "german.parquet"
label = { column = "credit", positive = "good" }
groups = ["sex"]
exclude = ["personal_status"]
split = { train = 0.6, valid = 0.2, test = 0.2, stratify = ["label", "group"], seed = 7 }
[model]
kind = "tabular-transformer"
width = 8
layers = 1
heads = 2
[pretrain]
epochs = 3
batch_size = 128
[finetune]
epochs = 4
batch_size = 64
optimizer = { kind = "adamw", learning_rate = 5e-3 }
l2 = 1e-5
[fairness]
loss = "demographic-parity"
lambda = 0.5
groups = ["sex"]
[audit]
replicates = 50
"#;

/// A folder in which the program is started.
pub(crate) struct Workplace {
    folder: tempfile::TempDir,
}

impl Workplace {
    /// With the German credit data and a configuration.
    pub(crate) fn new(config: &str) -> Self {
        let place = Self::with_file("run.toml", config);
        let data =
            PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../datasets/german/german.parquet");
        std::fs::copy(data, place.path("german.parquet")).unwrap();
        place
    }

    /// With one file.
    pub(crate) fn with_file(name: &str, text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = Self { folder };
        place.write(name, text);
        place
    }

    pub(crate) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// The program, started here.
    pub(crate) fn program(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_equipoise-under-test"));
        command
            .args(args)
            .current_dir(self.folder.path())
            .env_remove("EQUIPOISE_LOG")
            .env("NO_COLOR", "1")
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn equipoise(&self, args: &[&str]) -> Output {
        self.program(args).output().unwrap()
    }

    /// Runs the configuration into a folder, which must succeed.
    pub(crate) fn run_into(&self, out: &str) {
        let output = self.equipoise(&["run", "run.toml", "--out", out]);
        assert!(output.status.success(), "{}", stderr(&output));
    }

    /// Every file of a run that must be the same in every run of the same configuration.
    pub(crate) fn results(&self, out: &str) -> BTreeMap<String, Vec<u8>> {
        [
            "config.toml",
            "run.json",
            "report.html",
            "data.json",
            "audit/plain.json",
            "audit/fair.json",
            "predictions/plain.parquet",
            "predictions/fair.parquet",
            "models/base/model.safetensors",
            "models/plain/model.safetensors",
            "models/plain/model.json",
            "models/plain/history.json",
            "models/fair/model.safetensors",
            "models/fair/history.json",
        ]
        .into_iter()
        .map(|name| {
            let path = self.path(out).join(name);
            let bytes =
                std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            (name.to_owned(), bytes)
        })
        .collect()
    }
}

/// Fails naming the first file that differs.
pub(crate) fn assert_same(left: &BTreeMap<String, Vec<u8>>, right: &BTreeMap<String, Vec<u8>>) {
    for (name, bytes) in left {
        assert!(bytes == &right[name], "`{name}` differs");
    }
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What a program printed that must have ended well.
pub(crate) fn succeeded(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}", stderr(output));
    stdout(output)
}
