//! Describes a file by group: `cargo run -p equipoise-data --example describe [FILE LABEL GROUP]`.
//!
//! Without arguments it describes a small file that it writes first.

#![expect(clippy::print_stdout, reason = "an example shows its result")]

use std::error::Error;
use std::fmt::Write;
use std::path::PathBuf;

use equipoise_core::MissingPolicy;
use equipoise_data::{DescribeOptions, GroupConfig, LabelConfig, describe_file};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let mut arguments = std::env::args().skip(1);
    let (path, label, group) = if let (Some(path), Some(label), Some(group)) =
        (arguments.next(), arguments.next(), arguments.next())
    {
        (PathBuf::from(path), label, group)
    } else {
        let path = folder.path().join("people.csv");
        fs_err::write(&path, people()?)?;
        (path, "income".to_owned(), "sex".to_owned())
    };
    let profile = describe_file(
        &path,
        &DescribeOptions {
            label: Some(LabelConfig::column(label)),
            groups: vec![GroupConfig::column(group).with_missing(MissingPolicy::OwnGroup)],
            ..DescribeOptions::default()
        },
    )?;

    println!("{} rows", profile.rows);
    for column in &profile.columns {
        println!(
            "{:<12} {} distinct, {} missing",
            column.name, column.distinct, column.missing
        );
    }
    for group in &profile.groups {
        let names: Vec<&str> = group.attributes.iter().map(|(_, v)| v.as_str()).collect();
        match group.base_rate {
            Some(rate) => println!(
                "{:<12} {} rows, base rate {rate:.3}",
                names.join(" x "),
                group.count
            ),
            None => println!("{:<12} {} rows, no label", names.join(" x "), group.count),
        }
    }
    for proxy in profile.proxies.iter().take(5) {
        println!(
            "{:<12} gives away {:.1} % of {}",
            proxy.column,
            100.0 * proxy.normalised_mutual_information,
            proxy.attribute
        );
    }
    Ok(())
}

/// Three hundred people whose occupation says much of their sex.
fn people() -> Result<String, std::fmt::Error> {
    let mut text = "age,occupation,sex,income\n".to_owned();
    for row in 0..300 {
        let sex = ["Female", "Male", ""][if row % 50 == 49 { 2 } else { row % 2 }];
        let occupation = if row % 7 == 0 || sex == "Male" {
            "Craft"
        } else {
            "Clerk"
        };
        let income = if row % 5 < 1 + row % 2 {
            ">50K"
        } else {
            "<=50K"
        };
        writeln!(text, "{},{occupation},{sex},{income}", 20 + row % 40)?;
    }
    Ok(text)
}
