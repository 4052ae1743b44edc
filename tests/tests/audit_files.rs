//! `equipoise audit` of many files, patterns, standard input and streams: the same numbers however
//! the rows arrive, and a message for everything that is wrong with them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod program;

use std::{
    fmt::Write as _,
    fs::File,
    io::Write as _,
    process::{Output, Stdio},
};

use equipoise_metrics::Audit;
use polars::prelude::{
    DataFrame, IpcWriter, JsonFormat, JsonWriter, NamedFrom, ParquetWriter, SerWriter, Series,
};
use program::{Workplace, stderr, stdout};

const COLUMNS: [&str; 6] = ["--label", "y", "--prediction", "p", "--group", "sex,age"];

/// The rows of one file, in each of the formats; `Other` occurs in the last rows only.
fn write_people(place: &Workplace, stem: &str, rows: std::ops::Range<usize>) {
    let sex = |row: usize| match row {
        180.. => "Other",
        row if row.is_multiple_of(3) => "Female",
        _ => "Male",
    };
    let label = |row: usize| i64::from(row % 7 < 3);
    let prediction = |row: usize| i64::from((row * row + row / 3) % 7 < 3);
    let age = |row: usize| i64::try_from(20 + row % 4).unwrap();
    let mut text = "y,p,sex,age\n".to_owned();
    for row in rows.clone() {
        writeln!(
            text,
            "{},{},{},{}",
            label(row),
            prediction(row),
            sex(row),
            age(row)
        )
        .unwrap();
    }
    place.write(&format!("{stem}.csv"), text);
    let numbers = |of: &dyn Fn(usize) -> i64| rows.clone().map(of).collect::<Vec<i64>>();
    let sexes: Vec<&str> = rows.clone().map(sex).collect();
    let columns = vec![
        Series::new("y".into(), numbers(&label)).into(),
        Series::new("p".into(), numbers(&prediction)).into(),
        Series::new("sex".into(), sexes).into(),
        Series::new("age".into(), numbers(&age)).into(),
    ];
    let mut frame = DataFrame::new(rows.len(), columns).unwrap();
    let create = |extension| File::create(place.path(format!("{stem}.{extension}"))).unwrap();
    ParquetWriter::new(create("parquet"))
        .with_row_group_size(Some(16))
        .finish(&mut frame)
        .unwrap();
    IpcWriter::new(create("arrow")).finish(&mut frame).unwrap();
    JsonWriter::new(create("jsonl"))
        .with_json_format(JsonFormat::JsonLines)
        .finish(&mut frame)
        .unwrap();
}

fn people() -> Workplace {
    let place = Workplace::new("");
    write_people(&place, "all", 0..200);
    write_people(&place, "part-1", 0..120);
    write_people(&place, "part-2", 120..200);
    place
}

fn audit(output: &Output) -> Audit {
    assert!(output.status.success(), "{}", stderr(output));
    serde_json::from_str(&stdout(output)).unwrap()
}

fn run(place: &Workplace, options: &[&str]) -> Output {
    place.equipoise(&[&["audit", "--format", "json"], options, &COLUMNS].concat())
}

#[test]
fn the_audit_does_not_depend_on_how_the_rows_arrive() {
    let place = people();
    let expected = audit(&run(&place, &["all.parquet"]));
    assert_eq!(expected.rows, 200);
    assert!(expected.groups("count", &["sex"]).count() == 3);
    for extension in ["csv", "jsonl", "parquet", "arrow"] {
        let whole = format!("all.{extension}");
        let pattern = format!("part-*.{extension}");
        let (first, second) = (format!("part-1.{extension}"), format!("part-2.{extension}"));
        for files in [vec![&*whole], vec![&*pattern], vec![&*first, &*second]] {
            for mode in [&[] as &[&str], &["--streaming"]] {
                let output = run(&place, &[&files, mode].concat());
                assert_eq!(audit(&output), expected, "{files:?} {mode:?}");
            }
        }
    }
}

#[test]
fn standard_input_is_read_like_a_file() {
    let place = people();
    let expected = audit(&run(&place, &["all.csv"]));
    for (format, file) in [
        ("csv", "all.csv"),
        ("jsonl", "all.jsonl"),
        ("parquet", "all.parquet"),
    ] {
        for mode in [&[] as &[&str], &["--streaming"]] {
            let options = ["audit", "-", "--format", "json", "--input-format", format];
            let mut child = place
                .program(&[&options, mode, &COLUMNS].concat())
                .stdin(Stdio::from(File::open(place.path(file)).unwrap()))
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            drop(child.stdin.take());
            let output = child.wait_with_output().unwrap();
            assert_eq!(audit(&output), expected, "{format} {mode:?}");
        }
    }
}

#[test]
fn groups_are_cut_and_left_out_alike_in_a_stream() {
    let place = Workplace::new("");
    place.write(
        "a.csv",
        "y,s,sex,age\n1,0.9,a,20.5\n0,0.2,,31\n1,0.4,b,40\n0,0.6,a,41\n",
    );
    place.write(
        "b.csv",
        "y,s,sex,age\n1,0.7,a,70\n0,0.1,c,\n1,0.8,b,25\n0,0.3,b,30\n",
    );
    for missing in ["drop", "own-group"] {
        let options = [
            "audit",
            "a.csv",
            "b.csv",
            "--format",
            "json",
            "--label",
            "y",
            "--score",
            "s",
            "--group",
            "sex,age",
            "--bins",
            "age=25,45",
            "--metrics",
            "count,accuracy",
            "--missing",
            missing,
        ];
        let whole = place.equipoise(&options);
        let stream = place.equipoise(&[&options[..], &["--streaming"]].concat());
        assert_eq!(audit(&stream), audit(&whole), "{missing}");
    }
}

#[test]
fn scores_of_a_stream_are_sketched() {
    let place = Workplace::new("");
    let mut text = "y,s,g\n".to_owned();
    for row in 0..400u32 {
        let score = f64::from(row * 7919 % 1000) / 1000.0;
        writeln!(
            text,
            "{},{score},{}",
            u32::from(row % 3 == 0),
            ["a", "b"][row as usize % 2]
        )
        .unwrap();
    }
    place.write("p.csv", text);
    let options = [
        "audit",
        "p.csv",
        "--format",
        "json",
        "--label",
        "y",
        "--score",
        "s",
        "--group",
        "g",
        "--metrics",
        "accuracy,mean_score,roc_auc,brier_score",
    ];
    let whole = audit(&place.equipoise(&options));
    let stream = audit(&place.equipoise(&[&options[..], &["--streaming"]].concat()));
    assert_eq!(whole.records.len(), stream.records.len());
    for (exact, sketched) in whole.records.iter().zip(&stream.records) {
        let (Some(exact), Some(value)) = (exact.value, sketched.value) else {
            panic!("{} has no value", sketched.metric);
        };
        assert!(
            (exact - value).abs() <= 1e-4,
            "{}: {exact} and {value}",
            sketched.metric
        );
    }
    assert!(stream.notes.iter().any(|note| note.contains("sketch")));
}

/// What the program says of bad input, in memory and in a stream.
#[test]
fn everything_wrong_with_the_files_is_told() {
    let place = Workplace::new("");
    for (name, text) in [
        ("good.csv", "y,p,s,g\n1,1,0.9,a\n0,1,0.7,b\n1,0,0.1,a\n"),
        ("labels.csv", "y,p,s,g\n1,1,0.9,a\n2,1,0.7,b\n0,0,0.1,a\n"),
        ("above.csv", "y,p,s,g\n1,1,0.9,a\n0,1,1.7,b\n"),
        ("below.csv", "y,p,s,g\n1,1,-0.5,a\n0,1,0.7,b\n"),
        ("nan.csv", "y,p,s,g\n1,1,0.9,a\n0,1,NaN,b\n"),
        ("gap.csv", "y,p,s,g\n1,1,0.9,a\n,1,0.7,b\n"),
        ("short.csv", "y,p,s,g\n1,1,0.9,a\n0,1,0.7\n"),
        (
            "floats.csv",
            "y,p,s,g\n1,1,0.9,20.5\n0,1,0.7,31\n1,0,0.3,44\n0,0,0.2,58\n",
        ),
        ("words.csv", "y,p,s,g\n1,1,0.9,7\n0,1,0.7,8\n1,0,0.3,nine\n"),
        ("header.csv", "y,p,s,g\n"),
        ("empty.csv", ""),
        ("numbers.csv", "y,p,s,g\n1,1,0.9,7\n0,1,0.7,8\n"),
        ("no-group.csv", "y,p,s,g\n1,1,0.9,a\n0,1,0.7,\n"),
        (
            "list.jsonl",
            "{\"y\":1,\"p\":1,\"g\":[1]}\n{\"y\":0,\"p\":1,\"g\":[2]}\n",
        ),
        ("no-key.jsonl", "{\"y\":1,\"p\":1,\"h\":\"a\"}\n"),
        ("broken.parquet", "PAR1 and no more"),
        ("data.bin", "y,p,s,g\n1,1,0.9,a\n"),
    ] {
        place.write(name, text);
    }
    let prediction = ["--label", "y", "--prediction", "p", "--group", "g"];
    let score = ["--label", "y", "--score", "s", "--group", "g"];
    let cases: &[(&str, &[&str], &[&str], i32)] = &[
        ("label outside 0 and 1", &["labels.csv"], &prediction, 1),
        ("score above 1", &["above.csv"], &score, 1),
        ("score below 0", &["below.csv"], &score, 1),
        ("score that is NaN", &["nan.csv"], &score, 1),
        ("missing label", &["gap.csv"], &prediction, 1),
        (
            "columns of different lengths",
            &["short.csv"],
            &prediction,
            1,
        ),
        ("fractions as groups", &["floats.csv"], &prediction, 1),
        ("word among group numbers", &["words.csv"], &prediction, 1),
        ("header only", &["header.csv"], &prediction, 1),
        ("empty file", &["empty.csv"], &prediction, 1),
        ("missing group", &["no-group.csv"], &prediction, 1),
        (
            "missing group in the second file",
            &["good.csv", "no-group.csv"],
            &prediction,
            1,
        ),
        (
            "numbers and texts",
            &["good.csv", "numbers.csv"],
            &prediction,
            1,
        ),
        ("list as a group", &["list.jsonl"], &prediction, 1),
        ("key that no object has", &["no-key.jsonl"], &prediction, 1),
        ("half a Parquet file", &["broken.parquet"], &prediction, 1),
        ("file that is not there", &["none.csv"], &prediction, 1),
        ("pattern without a match", &["none-*.csv"], &prediction, 1),
        ("unknown extension", &["data.bin"], &prediction, 2),
        (
            "the same file twice",
            &["good.csv", "goo*.csv"],
            &prediction,
            2,
        ),
        ("standard input without a format", &["-"], &prediction, 2),
        (
            "empty standard input",
            &["-", "--input-format", "csv"],
            &prediction,
            1,
        ),
    ];
    let mut said = String::new();
    for (name, files, columns, code) in cases {
        let output = place.equipoise(&[&["audit"], *files, *columns].concat());
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(*code), "{name}: {message}");
        assert!(output.stdout.is_empty(), "{name} prints a result");
        writeln!(said, "=== {name}\n{message}").unwrap();
        let stream = [&["audit", "--streaming"], *files, *columns].concat();
        let output = place.equipoise(&stream);
        assert_eq!(
            output.status.code(),
            Some(*code),
            "{name}: {}",
            stderr(&output)
        );
        if stderr(&output) != message {
            writeln!(said, "--- in a stream\n{}", stderr(&output)).unwrap();
        }
    }
    insta::assert_snapshot!(said);
}

#[test]
fn a_gate_on_what_cannot_be_estimated_fails_with_its_reason() {
    let place = Workplace::new("");
    place.write("p.csv", "y,p,g\n1,1,a\n0,1,a\n0,1,b\n0,0,b\n");
    let columns = ["--label", "y", "--prediction", "p", "--group", "g"];
    let mut said = String::new();
    for options in [
        &["--fail-if", "true_positive_rate_difference>0.1"] as &[&str],
        &[
            "--min-count",
            "30",
            "--min-count-excludes",
            "--fail-if",
            "accuracy_difference>0.1",
        ],
    ] {
        let output = place.equipoise(&[&["audit", "p.csv"], &columns[..], options].concat());
        assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
        assert!(!output.stdout.is_empty());
        writeln!(said, "{options:?}\n{}", stderr(&output)).unwrap();
    }
    insta::assert_snapshot!(said);
}

#[test]
fn controls_references_and_tests_are_shown() {
    let place = people();
    let output = place.equipoise(&[
        "audit",
        "all.parquet",
        "--label",
        "y",
        "--prediction",
        "p",
        "--group",
        "sex",
        "--control",
        "age",
        "--reference",
        "sex=Male",
        "--permutations",
        "200",
        "--metrics",
        "selection_rate",
    ]);
    assert!(output.status.success(), "{}", stderr(&output));
    insta::assert_snapshot!(stdout(&output));
}

#[test]
fn a_wrong_reference_or_control_is_told() {
    let place = people();
    let columns = [
        "audit",
        "all.csv",
        "--label",
        "y",
        "--prediction",
        "p",
        "--group",
        "sex",
    ];
    let mut said = String::new();
    for (code, options) in [
        (1, &["--reference", "sex=Mael"] as &[&str]),
        (2, &["--reference", "age=20"]),
        (2, &["--reference", "sex=Male,sex=Female"]),
        (2, &["--control", "sex"]),
        (2, &["--reference", "sex"]),
    ] {
        let output = place.equipoise(&[&columns[..], options].concat());
        assert_eq!(
            output.status.code(),
            Some(code),
            "{options:?}: {}",
            stderr(&output)
        );
        writeln!(said, "=== {options:?}\n{}", stderr(&output)).unwrap();
    }
    insta::assert_snapshot!(said);
}

#[test]
fn standard_input_that_breaks_off_is_named() {
    let place = Workplace::new("");
    let mut child = place
        .program(&[&["audit", "-", "--input-format", "csv"], &COLUMNS[..]].concat())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"y,p,sex,age\n1,1,\"a").unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    insta::assert_snapshot!(stderr(&output));
}
