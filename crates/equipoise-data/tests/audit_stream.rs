//! Audits of files in a stream: the second pass must find what the first one found.

use std::{error::Error as StdError, fmt::Write as _};

use equipoise_data::{
    AuditChunk, AuditColumns, AuditStream, BinaryColumns, DataFile, Error, GroupConfig,
    read_audit_columns,
};

type TestResult = Result<(), Box<dyn StdError>>;

fn columns() -> AuditColumns {
    let outcome = BinaryColumns::new("y")
        .with_prediction("p")
        .with_score("s")
        .with_positive("yes");
    AuditColumns {
        weight: Some("w".to_owned()),
        ..AuditColumns::binary(outcome, vec![GroupConfig::column("g")])
    }
}

fn rows(count: usize) -> Result<String, std::fmt::Error> {
    let mut text = "y,p,s,w,g\n".to_owned();
    for row in 0..count {
        let (label, group) = (["no", "yes"][row % 2], ["b", "a", "c"][row % 3]);
        writeln!(text, "{label},yes,0.{},{},{group}", row % 10, 1 + row % 4)?;
    }
    Ok(text)
}

#[test]
fn a_stream_has_the_rows_of_the_whole() -> TestResult {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("a.csv");
    // More than one block.
    fs_err::write(&path, rows(700_000)?)?;
    let files = [DataFile::new(path)?];
    let columns = columns();
    let whole = read_audit_columns(&files, &columns)?;
    let stream = AuditStream::open(&files, &columns)?;
    assert_eq!(stream.rows(), whole.rows);
    assert_eq!(stream.schema(), whole.groups.schema());
    let outcome = whole.outcome.as_binary().ok_or("not binary")?;
    let (mut chunks, mut start) = (0, 0);
    stream.for_each(Ok::<AuditChunk, Error>, |chunk| {
        let rows = start..start + chunk.labels.len();
        assert_eq!(chunk.labels, outcome.labels[rows.clone()]);
        assert_eq!(chunk.groups.codes(0), &whole.groups.codes(0)[rows.clone()]);
        let scores = outcome.scores.as_ref().map(|scores| &scores[rows.clone()]);
        assert_eq!(chunk.scores.as_deref(), scores);
        let weights = whole.weights.as_ref().map(|weights| &weights[rows.clone()]);
        assert_eq!(chunk.weights.as_deref(), weights);
        start = rows.end;
        chunks += 1;
        Ok(())
    })?;
    assert_eq!(start, whole.rows);
    assert!(chunks > 1);
    Ok(())
}

#[test]
fn a_file_that_changes_between_the_passes_is_told() -> TestResult {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("a.csv");
    fs_err::write(&path, rows(10)?)?;
    let files = [DataFile::new(&path)?];
    let columns = columns();
    let stream = AuditStream::open(&files, &columns)?;
    fs_err::write(&path, rows(11)?)?;
    let result = stream.for_each(Ok::<AuditChunk, Error>, |_| Ok(()));
    let Err(error) = result else {
        return Err("the change went unseen".into());
    };
    assert!(matches!(error, Error::Changed { .. }), "{error}");
    Ok(())
}
