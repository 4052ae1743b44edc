//! A sweep compares, recommends, survives being killed, and tells what is wrong with it.

#![expect(
    clippy::unwrap_used,
    reason = "what the functions beside the tests set up must be there"
)]

mod program;

use std::{
    fmt::Write as _,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use program::{Workplace, stderr, succeeded};

const RUN: &str = r#"
title = "Credit"
[data]
source = "german.parquet"
label = { column = "credit", positive = "good" }
groups = ["sex"]
exclude = ["personal_status"]
split = { train = 0.5, valid = 0.25, test = 0.25, stratify = ["label", "group"], seed = 7 }
[model]
kind = "mlp"
hidden = [8]
[finetune]
epochs = 2
batch_size = 64
optimizer = { kind = "adamw", learning_rate = 1e-2 }
[fairness]
loss = "demographic-parity"
lambda = 0.5
groups = ["sex"]
[audit]
replicates = 20
"#;

const SWEEP: &str = r#"base = "run.toml"
seeds = [1, 2]
objectives = [
    { metric = "accuracy" },
    { metric = "demographic_parity_difference", attribute = "sex" },
]

[search]
kind = "grid"

[search.vary]
fairness.lambda = [0.0, 2.0]

[recommend]
within = { metric = "demographic_parity_difference", attribute = "sex", at_most = 0.5 }
"#;

fn place() -> Workplace {
    let place = Workplace::new(RUN);
    place.write("sweep.toml", SWEEP);
    place
}

/// What must be the same in every sweep of the same configuration.
fn results(place: &Workplace, out: &str) -> Vec<Vec<u8>> {
    [
        "config.toml",
        "sweep.csv",
        "sweep.parquet",
        "sweep.json",
        "sweep.html",
        "sweep.svg",
    ]
    .map(|name| std::fs::read(place.path(out).join(name)).unwrap())
    .into()
}

/// Starts a sweep and kills it (`kill -9`) as soon as its first run is done.
fn kill_after_first_run(mut command: Command) {
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let found = lines
        .map_while(Result::ok)
        .any(|line| line.contains("1 of 4 runs done"));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(found, "no run was done");
}

#[test]
fn a_sweep_killed_after_its_first_run_ends_with_the_same_bytes() {
    let place = place();
    let printed =
        succeeded(&place.equipoise(&["sweep", "sweep.toml", "--out", "whole", "--quiet"]));
    let record = std::fs::read_to_string(place.path("whole/sweep.json")).unwrap();
    let csv = std::fs::read_to_string(place.path("whole/sweep.csv")).unwrap();
    insta::assert_snapshot!(
        "columns",
        csv.lines().next().unwrap().replace(',', "\n").as_str()
    );
    // Two trials, two seeds, and the heading.
    assert_eq!(csv.lines().count(), 5);
    let record: serde_json::Value = serde_json::from_str(&record).unwrap();
    assert_eq!(record["trials"].as_array().unwrap().len(), 2);
    assert!(!record["front"].as_array().unwrap().is_empty());
    let reason = record["recommendation"]["reason"].as_str().unwrap();
    assert!(printed.contains(reason), "{printed}");

    let args = ["sweep", "sweep.toml", "--out", "killed"];
    kill_after_first_run(place.program(&args));
    assert!(!place.path("killed/sweep.json").exists());
    let output = place.equipoise(&args);
    let printed_later = succeeded(&output);
    assert!(
        stderr(&output).contains("going on: "),
        "{}",
        stderr(&output)
    );
    assert_eq!(results(&place, "whole"), results(&place, "killed"));
    assert_eq!(printed.replace("whole", "killed"), printed_later);

    // A finished sweep is shown again, and another one does not get its folder.
    let again = succeeded(&place.equipoise(&args));
    assert_eq!(again, printed_later);
    place.write("sweep.toml", SWEEP.replace("2.0]", "3.0]"));
    let output = place.equipoise(&args);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("belongs to another configuration"));
    place.write("sweep.toml", SWEEP);
    place.write("run.toml", RUN.replace("epochs = 2", "epochs = 1"));
    let output = place.equipoise(&args);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("there `# epochs = 2`"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn what_is_measured_on_the_test_part_is_what_the_run_audited() {
    let place = place();
    let random = "kind = \"random\"\ntrials = 1\nseed = 5";
    let sweep = SWEEP
        .replace("kind = \"grid\"", random)
        .replace("[0.0, 2.0]", "{ log_uniform = [0.01, 1.0] }")
        .replace("seeds = [1, 2]", "seeds = [1]")
        .replace("at_most = 0.5", "at_most = -1.0");
    place.write("sweep.toml", sweep);
    let printed = succeeded(&place.equipoise(&["sweep", "sweep.toml", "--out", "out"]));
    assert!(
        printed.contains("No trial keeps the upper bound"),
        "{printed}"
    );
    let read = |name: &str| -> serde_json::Value {
        serde_json::from_slice(&std::fs::read(place.path(name)).unwrap()).unwrap()
    };
    let (sweep, run) = (
        read("out/sweep.json"),
        read("out/trials/001-seed-1/run.json"),
    );
    assert!(sweep["recommendation"]["trial"].is_null());
    let (measured, audited) = (&sweep["trials"][0]["test"], &run["models"][1]["test"]);
    assert_eq!(measured["accuracy"]["mean"], audited["accuracy"]);
    assert_eq!(
        measured["demographic_parity_difference[sex]"]["mean"],
        audited["demographic_parity_difference"]
    );
    let lambda = &sweep["trials"][0]["settings"]["fairness.lambda"];
    assert_eq!(*lambda, run["models"][1]["lambda"]);
}

#[test]
fn everything_wrong_with_a_sweep_is_told_with_its_place() {
    let cases: &[(&str, &str, &str, i32)] = &[
        (
            "unknown key in the varied path",
            "fairness.lambda",
            "fairness.lamda",
            2,
        ),
        ("value that is not legal", "[0.0, 2.0]", "[0.0, -2.0]", 2),
        ("no values", "[0.0, 2.0]", "[]", 2),
        ("one value and no list", "[0.0, 2.0]", "0.5", 2),
        (
            "a range in a grid",
            "[0.0, 2.0]",
            "{ uniform = [0.0, 2.0] }",
            2,
        ),
        ("no key", "fairness.lambda = [0.0, 2.0]", "", 2),
        (
            "the seed as a key",
            "fairness.lambda = [0.0, 2.0]",
            "seed = [1, 2]",
            2,
        ),
        ("unknown search", "\"grid\"", "\"gird\"", 2),
        ("trials of a grid", "\"grid\"", "\"grid\"\ntrials = 3", 2),
        ("no number of trials", "\"grid\"", "\"random\"", 2),
        (
            "a range the wrong way round",
            "\"grid\"\n\n[search.vary]\nfairness.lambda = [0.0, 2.0]",
            "\"random\"\ntrials = 3\n[search.vary]\nfairness.lambda = { uniform = [2.0, 1.0] }",
            2,
        ),
        (
            "a logarithm of 0",
            "\"grid\"\n\n[search.vary]\nfairness.lambda = [0.0, 2.0]",
            "\"random\"\ntrials = 3\n[search.vary]\nfairness.lambda = { log_uniform = [0, 1] }",
            2,
        ),
        ("no seeds", "[1, 2]", "[]", 2),
        ("a seed twice", "[1, 2]", "[1, 1]", 2),
        ("unknown metric", "\"accuracy\"", "\"acuracy\"", 2),
        (
            "a metric without a direction",
            "\"accuracy\"",
            "\"selection_rate\"",
            2,
        ),
        (
            "an attribute too many",
            "\"accuracy\"",
            "\"accuracy\", attribute = \"sex\"",
            2,
        ),
        ("no attribute", ", attribute = \"sex\" },\n]", " },\n]", 2),
        (
            "unknown attribute",
            "attribute = \"sex\" },",
            "attribute = \"sec\" },",
            2,
        ),
        (
            "a limit on what is to be large",
            "within = { metric = \"demographic_parity_difference\", attribute = \"sex\",",
            "within = { metric = \"accuracy\",",
            2,
        ),
        ("unknown key", "seeds =", "seed =", 2),
        ("no base", "run.toml", "rum.toml", 1),
        (
            "a run that fails",
            "fairness.lambda = [0.0, 2.0]",
            "data.exclude = [[\"personal_statu\"]]",
            1,
        ),
    ];
    let mut all = String::new();
    for (name, found, replaced, code) in cases {
        let place = place();
        assert!(SWEEP.contains(found), "{name}");
        place.write("sweep.toml", SWEEP.replacen(found, replaced, 1));
        let output = place.equipoise(&["sweep", "sweep.toml", "--out", "out", "--quiet"]);
        let told = stderr(&output);
        assert_eq!(output.status.code(), Some(*code), "{name}: {told}");
        assert!(told.contains("help: "), "{name}: {told}");
        // What the text alone shows to be wrong leaves nothing behind.
        assert!(
            *name == "a run that fails" || !place.path("out").exists(),
            "{name}"
        );
        writeln!(all, "=== {name} (exit code {code})\n{}\n", told.trim_end()).unwrap();
    }
    insta::assert_snapshot!(all);
}

const PEERS: &str = r#"
protocol = "Made up for this test."

[[points]]
name = "Worse in all"
source = "nobody"
values = [
    { metric = "accuracy", value = 0.01 },
    { metric = "demographic_parity_difference", attribute = "sex", value = 0.99 },
]

[[points]]
name = "Perfect"
source = "nobody"
values = [
    { metric = "accuracy", value = 1.0, spread = 0.0 },
    { metric = "demographic_parity_difference", attribute = "sex", value = 0.0 },
]

[[points]]
name = "Half known"
source = "nobody"
differs = "Nobody measured its gap."
values = [{ metric = "accuracy", value = 0.5 }]
"#;

#[test]
fn other_systems_are_compared_even_after_a_sweep_is_finished() {
    let place = place();
    place.write("peers.toml", PEERS);
    let sweep = SWEEP.replace("seeds = [1, 2]", "seeds = [1]");
    place.write("sweep.toml", &sweep);
    let args = ["sweep", "sweep.toml", "--out", "out", "--quiet"];
    let printed = succeeded(&place.equipoise(&args));
    assert!(printed.contains("sweep.html"), "{printed}");
    assert!(!printed.contains("other systems"), "{printed}");
    let read = |name: &str| std::fs::read_to_string(place.path("out").join(name)).unwrap();
    let alone = read("sweep.svg");
    assert!(alone.starts_with("<svg xmlns=") && !read("sweep.html").contains("Beside other"));

    place.write("sweep.toml", format!("compare = \"peers.toml\"\n{sweep}"));
    let printed = succeeded(&place.equipoise(&args));
    let record: serde_json::Value = serde_json::from_str(&read("sweep.json")).unwrap();
    let peers = record["peers"].as_array().unwrap();
    let standings: Vec<&str> = (peers.iter())
        .map(|peer| peer["standing"].as_str().unwrap())
        .collect();
    assert!(standings[0].starts_with("above"), "{standings:?}");
    assert_eq!(standings[1..], ["not_reached", "not_comparable"]);
    let page = read("sweep.html");
    assert!(page.contains("Nobody measured its gap.") && page.contains("Made up for this test."));
    for peer in peers {
        assert!(
            printed.contains(peer["words"].as_str().unwrap()),
            "{printed}"
        );
    }
    assert_ne!(read("sweep.svg"), alone);
    assert_eq!(read("sweep.svg").matches("Worse in all").count(), 2);
}

#[test]
fn everything_wrong_with_what_is_compared_is_told() {
    let place = place();
    let args = ["sweep", "sweep.toml", "--out", "out", "--quiet"];
    place.write(
        "peers.toml",
        PEERS.replace("\"accuracy\", value = 1.0", "\"acuracy\", value = 1.0"),
    );
    place.write("sweep.toml", format!("compare = \"peers.toml\"\n{SWEEP}"));
    let wrong_metric = place.equipoise(&args);
    let one = SWEEP.replace(
        "    { metric = \"demographic_parity_difference\", attribute = \"sex\" },\n",
        "",
    );
    place.write("sweep.toml", format!("compare = \"peers.toml\"\n{one}"));
    let one_objective = place.equipoise(&args);
    place.write("sweep.toml", format!("compare = \"pears.toml\"\n{SWEEP}"));
    let no_file = place.equipoise(&args);
    let mut all = String::new();
    for (output, code) in [(wrong_metric, 2), (one_objective, 2), (no_file, 1)] {
        let told = stderr(&output);
        assert_eq!(output.status.code(), Some(code), "{told}");
        writeln!(all, "=== exit code {code}\n{}\n", told.trim_end()).unwrap();
    }
    assert!(!place.path("out").exists());
    insta::assert_snapshot!(all);
}

#[test]
fn the_sweep_that_ships_is_legal() {
    let place = Workplace::with_file("unused", "");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let out = place.path("out");
    let jobs = ["--jobs", "100000", "--out", out.to_str().unwrap()];
    let output = place
        .program(&["sweep", "configs/adult-sweep.toml"])
        .args(jobs)
        .current_dir(root)
        .output()
        .unwrap();
    // Nothing is wrong with it, and the machine has fewer cores.
    assert!(
        stderr(&output).contains("`--jobs` is 100000"),
        "{}",
        stderr(&output)
    );
    assert!(!out.exists());
}
