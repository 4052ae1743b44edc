//! Every bad input is told by its place, the value found, what is legal and a hint; nothing
//! half-written stays, and the folder stays resumable.

#![expect(
    clippy::unwrap_used,
    reason = "what the functions beside the tests set up must be there"
)]

mod program;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs::File,
    path::Path,
    process::{Command, Output},
};

use polars::prelude::{ParquetWriter, df};
use program::{Workplace, stderr, stdout};

const CONFIG: &str = r#"seed = 3

[data]
source = "people.csv"
label = { column = "income", positive = "high" }
groups = ["sex"]
exclude = ["id"]
split = { train = 0.6, valid = 0.2, test = 0.2, seed = 7 }

[model]
kind = "mlp"
hidden = [4]

[finetune]
epochs = 1
batch_size = 32
optimizer = { kind = "adamw", learning_rate = 1e-3 }
schedule = { kind = "cosine", warmup = 0.1 }

[fairness]
loss = "demographic-parity"
lambda = 0.5
groups = ["sex"]

[audit]
replicates = 0
"#;

const RUN: [&str; 5] = ["run", "run.toml", "--out", "out", "--quiet"];

/// What a run may leave that failed before training.
const STARTED: [&str; 4] = [".lock", "config.toml", "data.json", "log.jsonl"];

/// The columns of a person.
const HEADER: [&str; 6] = ["id", "age", "work", "sex", "income", "part"];

/// 120 people as CSV, after a change to each row, which is counted from 1.
fn people(change: impl Fn(usize, &mut [String; 6])) -> String {
    let mut text = HEADER.join(",") + "\n";
    for row in 1..=120 {
        let mut fields = [
            row.to_string(),
            (20 + row % 40).to_string(),
            ["Clerk", "Craft", "Farm"][row % 3].to_owned(),
            ["Female", "Male"][row % 2].to_owned(),
            ["low", "high"][row % 5 % 2].to_owned(),
            ["train", "train", "valid", "test"][row / 2 % 4].to_owned(),
        ];
        change(row, &mut fields);
        text += &(fields.join(",") + "\n");
    }
    text
}

/// The people with one field of one row replaced.
fn people_but(row: usize, column: &str, value: &str) -> String {
    let column = HEADER.iter().position(|name| *name == column).unwrap();
    people(|at, fields| {
        if at == row {
            value.clone_into(&mut fields[column]);
        }
    })
}

/// The people with the same value in a whole column.
fn people_all(column: &str, value: &str) -> String {
    let column = HEADER.iter().position(|name| *name == column).unwrap();
    people(|_, fields| value.clone_into(&mut fields[column]))
}

/// The people with one line of the file replaced, counted from 1.
fn people_line(line: usize, change: impl Fn(&str) -> String) -> String {
    let text = people(|_, _| {});
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines[line - 1] = change(&lines[line - 1]);
    lines.join("\n") + "\n"
}

/// A place where the configuration fits the data.
fn place() -> Workplace {
    let place = Workplace::new(CONFIG);
    place.write("people.csv", people(|_, _| {}));
    place
}

/// One thing that is wrong.
enum Fault {
    /// The data file holds this.
    Data(Vec<u8>),
    /// The data file is another one, with this name and these bytes.
    File(&'static str, Vec<u8>),
    /// In the configuration, one text is replaced by another.
    Config(&'static str, &'static str),
    /// As `Config`, and the data file holds this.
    Both(&'static str, &'static str, String),
    /// These options are given as well.
    Options(&'static [&'static str]),
    /// Something is done before the program starts.
    Before(fn(&Workplace)),
}

impl Fault {
    fn data(text: impl Into<Vec<u8>>) -> Self {
        Self::Data(text.into())
    }

    fn put_into(&self, place: &Workplace) {
        let replace = |found: &str, replaced: &str| {
            assert!(
                CONFIG.contains(found),
                "`{found}` is not in the configuration"
            );
            place.write("run.toml", CONFIG.replacen(found, replaced, 1));
        };
        match self {
            Self::Data(bytes) => place.write("people.csv", bytes),
            Self::File(name, bytes) => {
                replace("people.csv", name);
                place.write(name, bytes);
            }
            Self::Config(found, replaced) => replace(found, replaced),
            Self::Both(found, replaced, text) => {
                replace(found, replaced);
                place.write("people.csv", text);
            }
            Self::Options(_) => {}
            Self::Before(act) => act(place),
        }
    }

    fn options(&self) -> &'static [&'static str] {
        match self {
            Self::Options(options) => options,
            _ => &[],
        }
    }
}

fn parquet_with_nan() -> Vec<u8> {
    let rows = 1..=120;
    let pick = |row: i32, texts: [&'static str; 2]| texts[usize::from(row % 2 == 0)];
    let mut frame = df!(
        "id" => rows.clone().collect::<Vec<i32>>(),
        "age" => rows.clone().map(|row| if row == 9 { f64::NAN } else { f64::from(row) }).collect::<Vec<f64>>(),
        "sex" => rows.clone().map(|row| pick(row, ["Female", "Male"])).collect::<Vec<&str>>(),
        "income" => rows.map(|row| pick(row / 2, ["low", "high"])).collect::<Vec<&str>>(),
    )
    .unwrap();
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(&mut frame).unwrap();
    bytes
}

fn half_a_parquet_file() -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../datasets/german/german.parquet");
    let mut bytes = std::fs::read(path).unwrap();
    bytes.truncate(bytes.len() / 2);
    bytes
}

/// What is wrong, how, and the code that the program ends with.
type Case = (&'static str, Fault, i32);

/// What can be wrong with the file alone.
fn bad_files() -> Vec<Case> {
    use Fault::{Config, File};

    vec![
        ("missing file", Config("people.csv", "poeple.csv"), 1),
        ("empty file", Fault::data(""), 1),
        ("header only", Fault::data(HEADER.join(",") + "\n"), 1),
        ("unknown format", Config("people.csv", "people.xlsx"), 2),
        (
            "row too short",
            Fault::data(people_line(5, |line| {
                line.rsplit_once(',').unwrap().0.to_owned()
            })),
            1,
        ),
        (
            "row too long",
            Fault::data(people_line(5, |line| format!("{line},5"))),
            1,
        ),
        (
            "duplicate columns",
            Fault::data(people_line(1, |line| line.replace("part", "age"))),
            1,
        ),
        (
            "text in a numeric column",
            Fault::data(people_but(7, "age", "4o")),
            1,
        ),
        ("NaN in a file", Fault::data(people_but(7, "age", "NaN")), 1),
        (
            "infinity in a file",
            Fault::data(people_but(7, "age", "-inf")),
            1,
        ),
        (
            "NaN in Parquet",
            File("people.parquet", parquet_with_nan()),
            1,
        ),
        (
            "half a Parquet file",
            File("people.parquet", half_a_parquet_file()),
            1,
        ),
    ]
}

/// What can be wrong between the file and the configuration.
fn bad_columns() -> Vec<Case> {
    use Fault::{Both, Config};

    vec![
        (
            "label column not there",
            Config("column = \"income\"", "column = \"incme\""),
            1,
        ),
        (
            "group column not there",
            Config(
                "groups = [\"sex\"]\nexclude",
                "groups = [{ name = \"sex\", column = \"sx\" }]\nexclude",
            ),
            1,
        ),
        (
            "excluded column not there",
            Config("exclude = [\"id\"]", "exclude = [\"idd\"]"),
            1,
        ),
        (
            "column like no other",
            Config("exclude = [\"id\"]", "exclude = [\"sampling weight\"]"),
            1,
        ),
        (
            "positive label not there",
            Config("positive = \"high\"", "positive = \"hihg\""),
            1,
        ),
        (
            "one class only",
            Fault::data(people_all("income", "high")),
            1,
        ),
        ("one group only", Fault::data(people_all("sex", "Male")), 1),
        (
            "missing labels",
            Fault::data(people_but(7, "income", "")),
            1,
        ),
        ("missing group", Fault::data(people_but(7, "sex", "")), 1),
        (
            "group never seen in training",
            Both(
                "split = { train = 0.6, valid = 0.2, test = 0.2, seed = 7 }",
                "split = { column = \"part\" }",
                people(|row, fields| {
                    if row > 100 && fields[5] == "test" {
                        "Other".clone_into(&mut fields[3]);
                    }
                }),
            ),
            1,
        ),
        (
            "group column of numbers with fractions",
            Both(
                "groups = [\"sex\"]\nexclude",
                "groups = [\"sex\", \"age\"]\nexclude",
                people(|_, fields| fields[1] += ".5"),
            ),
            1,
        ),
    ]
}

/// What can be wrong with the keys of the configuration.
fn bad_keys() -> Vec<Case> {
    use Fault::{Before, Config, Options};

    vec![
        (
            "missing configuration",
            Before(|place| std::fs::remove_file(place.path("run.toml")).unwrap()),
            1,
        ),
        ("not TOML", Config("seed = 3", "seed = = 3"), 2),
        ("unknown key", Config("seed = 3", "sede = 3"), 2),
        ("unknown table", Config("[audit]", "[adit]"), 2),
        ("unknown key in data", Config("exclude =", "exlude ="), 2),
        (
            "unknown key in data.label",
            Config("positive =", "positve ="),
            2,
        ),
        ("unknown key in data.split", Config("train =", "trian ="), 2),
        ("unknown key in model", Config("hidden =", "hiden ="), 2),
        (
            "unknown key in pretrain",
            Config("[finetune]", "[pretrain]\nepoch = 1\n\n[finetune]"),
            2,
        ),
        (
            "unknown key in finetune",
            Config("batch_size =", "batchsize ="),
            2,
        ),
        (
            "unknown key in finetune.optimizer",
            Config("learning_rate =", "learningrate ="),
            2,
        ),
        (
            "unknown key in finetune.schedule",
            Config("warmup =", "warm_up ="),
            2,
        ),
        ("unknown key in fairness", Config("lambda =", "lamda ="), 2),
        (
            "unknown key in audit",
            Config("replicates =", "replicate ="),
            2,
        ),
        (
            "unknown key on the command line",
            Options(&["--set", "fairness.lamda=1"]),
            2,
        ),
    ]
}

/// What can be wrong with the values of the configuration.
fn bad_values() -> Vec<Case> {
    use Fault::{Config, Options};

    vec![
        ("lambda below 0", Config("lambda = 0.5", "lambda = -0.5"), 2),
        ("lambda NaN", Config("lambda = 0.5", "lambda = nan"), 2),
        (
            "lambda on the command line",
            Options(&["--set", "fairness.lambda=-1"]),
            2,
        ),
        (
            "heads that do not divide the width",
            Config(
                "kind = \"mlp\"\nhidden = [4]",
                "kind = \"tabular-transformer\"\nwidth = 10\nlayers = 1\nheads = 4",
            ),
            2,
        ),
        (
            "layer of width 0",
            Config("hidden = [4]", "hidden = [4, 0]"),
            2,
        ),
        (
            "dropout of 1",
            Config("hidden = [4]", "hidden = [4]\ndropout = 1.0"),
            2,
        ),
        ("no epoch", Config("epochs = 1", "epochs = 0"), 2),
        ("learning rate below 0", Config("1e-3", "-1e-3"), 2),
        (
            "text where a number is due",
            Config("lambda = 0.5", "lambda = \"high\""),
            2,
        ),
        (
            "confidence in percent",
            Config("replicates = 0", "confidence = 95"),
            2,
        ),
        (
            "pretraining of a model that has none",
            Config("[finetune]", "[pretrain]\n\n[finetune]"),
            2,
        ),
        (
            "missing table",
            Config("[model]\nkind = \"mlp\"\nhidden = [4]\n", ""),
            2,
        ),
        (
            "unknown loss",
            Config("\"demographic-parity\"", "\"demographic-party\""),
            2,
        ),
        (
            "group that is not declared",
            Config(
                "lambda = 0.5\ngroups = [\"sex\"]",
                "lambda = 0.5\ngroups = [\"race\"]",
            ),
            2,
        ),
        (
            "shares that do not add up",
            Config("train = 0.6", "train = 0.7"),
            2,
        ),
    ]
}

/// What can be wrong with the device.
fn bad_devices() -> Vec<Case> {
    use Fault::{Config, Options};

    vec![
        (
            "device not compiled in",
            Config("seed = 3", "seed = 3\ndevice = \"cuda\""),
            2,
        ),
        (
            "device of the command line not compiled in",
            Options(&["--device", "cuda:0"]),
            2,
        ),
        ("unknown device", Options(&["--device", "gpu"]), 2),
        (
            "device that is not there",
            Options(&["--device", "cpu:7"]),
            2,
        ),
    ]
}

/// What can be wrong with the output folder.
fn bad_folders() -> Vec<Case> {
    use Fault::Before;

    vec![
        (
            "folder with other files",
            Before(|place| {
                std::fs::create_dir(place.path("out")).unwrap();
                place.write("out/thesis.tex", "years of work");
            }),
            2,
        ),
        (
            "file in place of the folder",
            Before(|place| place.write("out", "")),
            1,
        ),
    ]
}

/// Every file below a folder, with its path from there.
fn files(folder: &Path) -> BTreeSet<String> {
    fn collect(folder: &Path, prefix: &str, found: &mut BTreeSet<String>) {
        let Ok(entries) = std::fs::read_dir(folder) else {
            return;
        };
        for entry in entries {
            let entry = entry.unwrap();
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type().unwrap().is_dir() {
                collect(&entry.path(), &format!("{name}/"), found);
            } else {
                found.insert(name);
            }
        }
    }
    let mut found = BTreeSet::new();
    collect(folder, "", &mut found);
    found
}

/// Every file below a folder that is the same in every run of the same configuration.
fn results(out: &Path) -> BTreeMap<String, Vec<u8>> {
    let depends_on_time = |name: &str| {
        name.starts_with("events/") || [".lock", "log.jsonl", "timing.json"].contains(&name)
    };
    files(out)
        .into_iter()
        .filter(|name| !depends_on_time(name))
        .map(|name| {
            let bytes = std::fs::read(out.join(&name)).unwrap();
            (name, bytes)
        })
        .collect()
}

/// Fails where a file was left half-written.
fn assert_whole(out: &Path) {
    for name in files(out) {
        assert!(!name.contains(".part"), "`{name}` is half a file");
    }
}

/// What the program said; an error where it did not end by itself, with this code, a message and
/// a remedy.
fn try_told(output: &Output, code: i32) -> Result<String, String> {
    let told = stderr(output);
    let wrong = if output.status.code() != Some(code) {
        format!("{}, expected {code}", output.status)
    } else if told.contains("panicked") {
        "a panic".to_owned()
    } else if !told.contains("help: ") {
        "no help".to_owned()
    } else if !output.stdout.is_empty() {
        format!("a result: {}", stdout(output))
    } else {
        return Ok(told.trim_end().to_owned());
    };
    Err(format!("{wrong}\n{told}"))
}

fn told(output: &Output, code: i32) -> String {
    try_told(output, code).unwrap_or_else(|wrong| panic!("{wrong}"))
}

#[test]
fn every_bad_input_is_told_with_its_place_and_a_remedy() {
    let mut all = String::new();
    let mut wrong = Vec::new();
    let cases = [
        bad_files(),
        bad_columns(),
        bad_keys(),
        bad_values(),
        bad_devices(),
        bad_folders(),
    ];
    for (name, fault, code) in cases.into_iter().flatten() {
        let place = place();
        fault.put_into(&place);
        let before = files(&place.path("out"));
        let output = place.equipoise(&[&RUN, fault.options()].concat());
        match try_told(&output, code) {
            Ok(told) => writeln!(all, "=== {name} (exit code {code})\n{told}\n").unwrap(),
            Err(found) => wrong.push(format!("{name}: {found}")),
        }
        for file in files(&place.path("out")).difference(&before) {
            if !STARTED.contains(&file.as_str()) {
                wrong.push(format!("{name} leaves `{file}`"));
            }
        }
    }
    insta::assert_snapshot!(all);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn once_the_data_are_mended_the_same_command_succeeds() {
    let place = place();
    place.write("people.csv", people_but(7, "age", "NaN"));
    told(&place.equipoise(&RUN), 1);
    place.write("people.csv", people(|_, _| {}));
    let output = place.equipoise(&RUN);
    assert!(output.status.success(), "{}", stderr(&output));
}

#[test]
fn once_the_configuration_is_mended_the_same_command_succeeds() {
    let place = place();
    place.write("run.toml", CONFIG.replace("\"income\"", "\"incme\""));
    told(&place.equipoise(&RUN), 1);
    place.write("run.toml", CONFIG);
    let output = place.equipoise(&RUN);
    assert!(output.status.success(), "{}", stderr(&output));
}

#[test]
fn a_folder_belongs_to_one_configuration_and_one_process() {
    let place = place();
    let lock = |place: &Workplace| {
        let lock = File::options()
            .write(true)
            .open(place.path("out/.lock"))
            .unwrap();
        lock.try_lock().unwrap();
        lock
    };
    place.run_into("out");
    let undisturbed = results(&place.path("out"));
    let mut all = String::new();

    place.write("run.toml", CONFIG.replace("lambda = 0.5", "lambda = 0.25"));
    let output = place.equipoise(&RUN);
    writeln!(all, "{}", told(&output, 2)).unwrap();

    place.write("run.toml", CONFIG);
    let other = lock(&place);
    let output = place.equipoise(&RUN);
    writeln!(all, "{}", told(&output, 2)).unwrap();
    drop(other);

    assert!(
        undisturbed == results(&place.path("out")),
        "the results changed"
    );
    let output = place.equipoise(&RUN);
    assert!(output.status.success(), "{}", stderr(&output));
    insta::assert_snapshot!(all);
}

#[cfg(unix)]
#[test]
#[expect(clippy::print_stderr, reason = "a skipped check must say so")]
fn a_folder_that_is_not_writable_is_told() {
    use std::os::unix::fs::PermissionsExt;

    let place = place();
    let locked = place.path("locked");
    std::fs::create_dir(&locked).unwrap();
    std::fs::set_permissions(&locked, PermissionsExt::from_mode(0o555)).unwrap();
    if File::create(locked.join("probe")).is_ok() {
        eprintln!("SKIPPED: this user may write everywhere (root)");
        return;
    }
    let output = place.equipoise(&["run", "run.toml", "--out", "locked/out"]);
    let told = told(&output, 1);
    assert!(told.contains("locked/out"), "{told}");
    assert!(told.contains("Permission denied"), "{told}");
}

/// The run with a limit on the size of a file, in blocks of 512 bytes: what a full disk is like.
#[cfg(unix)]
fn run_with_limit(place: &Workplace, blocks: usize) -> Output {
    let program = place.program(&RUN);
    let mut limited = Command::new("sh");
    limited
        .args(["-c", "ulimit -f \"$0\" && exec \"$@\"", &blocks.to_string()])
        .arg(program.get_program())
        .args(program.get_args())
        .current_dir(program.get_current_dir().unwrap())
        .env("NO_COLOR", "1")
        .env_remove("EQUIPOISE_LOG")
        .stdin(std::process::Stdio::null());
    limited.output().unwrap()
}

/// Which of the files of a run a message is about.
#[cfg(unix)]
fn refused(told: &str) -> &'static str {
    const FILES: [&str; 10] = [
        "config.toml",
        "data.json",
        "events",
        "log.jsonl",
        "timing.json",
        "checkpoints",
        "models",
        "predictions",
        "audit",
        "report.html",
    ];
    let found = FILES
        .iter()
        .find(|name| told.contains(&format!("out/{name}")));
    found.unwrap_or_else(|| panic!("no file is named: {told}"))
}

#[cfg(unix)]
fn without_warnings(told: &str) -> String {
    told.lines()
        .filter(|line| !line.starts_with("warning: the log of the run"))
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(unix)]
#[test]
fn on_a_full_disk_nothing_half_written_stays_and_the_run_goes_on() {
    let place = place();
    place.run_into("undisturbed");
    let undisturbed = results(&place.path("undisturbed"));
    let out = place.path("out");

    // All in one folder, so that each life goes on where the one before it ended. On the way up the
    // checkpoint is the first that is too large; on the way down it is there already, and smaller
    // files are.
    let mut refusals = Vec::new();
    for blocks in (0..=16)
        .chain((0..16).rev())
        .chain([64, 130, 200, 260, 320, 400, 500, 700, 1000, 2000])
    {
        let output = run_with_limit(&place, blocks);
        assert_whole(&out);
        if output.status.success() {
            break;
        }
        // The log is full before the results are; the run goes on without it.
        let told = without_warnings(&told(&output, 1));
        assert!(!out.join("run.json").exists(), "{blocks} blocks: {told}");
        let file = refused(&told);
        if !refusals.iter().any(|(known, _)| *known == file) {
            refusals.push((file, told));
        }
    }
    assert!(undisturbed == results(&out), "the results differ");
    let mut all = String::new();
    for (file, told) in refusals {
        writeln!(all, "=== {file}\n{told}\n").unwrap();
    }
    insta::assert_snapshot!(all);
}
