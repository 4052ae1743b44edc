//! From a checked configuration to encoded parts: read, annotate, split, encode.

use std::collections::BTreeMap;

use equipoise_core::{
    ColumnValues, DataProfile, Examples, FeatureEncoder, FeatureShape, GroupColumns, GroupSchema,
    SplitPart, Table, Task,
};

use crate::complete_rows::complete_rows;
use crate::group_probabilities::memberships;
use crate::group_values::group_values;
use crate::information::equal_count_levels;
use crate::target::{numbers, require_all};
use crate::{
    Annotation, CheckedDataConfig, ColumnType, DrawnSplit, DroppedRows, Error, MissingRows,
    ReadOptions, Split, SplitRows, Stratum, annotate, column_names, describe, file_sha256, read,
    read_table, split_entities, split_rows, targets,
};

/// Data that a model can be trained on.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Prepared {
    /// What is predicted.
    pub task: Task,
    /// The group attributes and their values.
    pub schema: GroupSchema,
    /// The encoding of the features, fitted on the training part alone; without any where the
    /// model sees a text.
    pub encoder: FeatureEncoder,
    /// The widths of the encoded features.
    pub shape: FeatureShape,
    /// The training part.
    pub train: Examples,
    /// The validation part.
    pub valid: Examples,
    /// The test part.
    pub test: Examples,
    /// What the rows that are used hold, group by group. Its proxies are features: a column that
    /// the model does not see gives nothing away to it.
    pub profile: DataProfile,
    /// The number of rows in the file.
    pub rows: usize,
    /// The rows that were left out.
    pub dropped: Vec<DroppedRows>,
    /// The SHA-256 of the file, as 64 hexadecimal digits.
    pub sha256: String,
    /// What a reader should know, as sentences without a full stop.
    pub warnings: Vec<String>,
}

impl Prepared {
    /// One part.
    pub fn part(&self, part: SplitPart) -> &Examples {
        match part {
            SplitPart::Train => &self.train,
            SplitPart::Valid => &self.valid,
            SplitPart::Test => &self.test,
        }
    }
}

/// Reads, annotates, splits and encodes the data of a configuration.
///
/// `seed` draws the split unless the configuration has a seed of its own. The same file,
/// configuration and seed give the same result on every machine.
///
/// # Errors
///
/// When the file cannot be read; when a column is not there; when labels, weights or entities are
/// missing; when there is one class or one group only; when a group or a class is in the
/// validation or test part but not in the training part; or when a part is empty.
pub fn prepare(config: &CheckedDataConfig, seed: u64) -> Result<Prepared, Error> {
    let sources = Sources::find(config)?;
    let Kept {
        table,
        annotation,
        ids,
        rows,
    } = keep(config, &sources)?;
    check_groups_differ(&annotation.groups)?;

    let label = &config.label().column;
    let targets = targets(&table, config.label())?;
    let target_values = require_all(&targets.values, |row| ids[row], "label", label)?;
    check_classes_differ(&target_values, &targets.task, label, "all rows")?;
    let weights = match &config.config().weight {
        Some(column) => Some(weights(&table, column, &ids)?),
        None => None,
    };

    let split = match config.split() {
        Split::Column(column) => split_by_column(&table, column, &ids)?,
        Split::Drawn(drawn) => draw_split(
            &table,
            drawn,
            &targets.task,
            &target_values,
            &annotation.groups,
            &ids,
            drawn.seed.unwrap_or(seed),
        )?,
    };
    check_parts(&split, &annotation.groups, table.rows())?;
    check_trained_classes(&split, &target_values, &targets.task, label)?;

    let mut warnings = targets.warnings.clone();
    let text = config.config().text.as_deref();
    let texts = text.map(|column| texts(&table, column, &ids)).transpose()?;
    let encoder = match text {
        Some(_) => FeatureEncoder::without_features(),
        None => fit(
            config,
            &table,
            &split.train,
            &sources.features,
            &mut warnings,
        )?,
    };
    let group_values = group_values(&table, config.groups(), &split.train, &ids)?;
    let memberships = memberships(&table, config.groups())?;
    let mut encode = |part: SplitPart| -> Result<Examples, Error> {
        let rows = split.part(part);
        let encoded = encoder.encode(&table.take(rows))?;
        warnings.extend(encoded.imputed.iter().map(|(column, count)| {
            format!(
                "column `{column}` is missing in {count} rows of the {} part and in none of the \
                 train part: its mean stands in",
                part.name()
            )
        }));
        let examples = Examples::new(
            rows.iter().map(|&row| ids[row] as u64).collect(),
            encoded,
            rows.iter().map(|&row| target_values[row]).collect(),
            annotation.groups.take(rows),
            weights
                .as_ref()
                .map(|weights| rows.iter().map(|&row| weights[row]).collect()),
        )?
        .with_group_values(taken(&group_values, rows))?
        .with_memberships(taken(&memberships, rows))?;
        Ok(match &texts {
            Some(texts) => {
                examples.with_texts(rows.iter().map(|&row| texts[row].to_owned()).collect())?
            }
            None => examples,
        })
    };
    let train = encode(SplitPart::Train)?;
    let valid = encode(SplitPart::Valid)?;
    let test = encode(SplitPart::Test)?;

    let labelled = Some((label.as_str(), &targets));
    let mut profile = match text {
        // A text is its own description, and tells nothing that could be counted.
        Some(text) => describe(&without(&table, text)?, labelled, &annotation),
        None => describe(&table, labelled, &annotation),
    };
    profile
        .proxies
        .retain(|proxy| sources.features.contains(&proxy.column));

    Ok(Prepared {
        profile,
        shape: encoder.shape(),
        encoder,
        schema: annotation.groups.schema().clone(),
        task: targets.task,
        train,
        valid,
        test,
        rows,
        dropped: annotation.dropped,
        sha256: file_sha256(config.source())?,
        warnings,
    })
}

/// Some rows of each column.
fn taken<T: Copy>(columns: &[Vec<T>], rows: &[usize]) -> Vec<Vec<T>> {
    let take = |column: &Vec<T>| rows.iter().map(|&row| column[row]).collect();
    columns.iter().map(take).collect()
}

/// The rows of a file that are used.
struct Kept {
    table: Table,
    annotation: Annotation,
    /// The number of each row in the file, from 0.
    ids: Vec<usize>,
    /// The number of rows in the file.
    rows: usize,
}

/// Reads and annotates a file, and leaves out the rows that the configuration does not want.
fn keep(config: &CheckedDataConfig, sources: &Sources) -> Result<Kept, Error> {
    let file = read_table(
        config.source(),
        &ReadOptions {
            select: Some(sources.select.clone()),
            columns: sources.kinds.clone(),
            missing_values: config.config().missing_values.clone(),
        },
    )?;
    let mut annotation = annotate(&file, config.groups())?;
    let rows = file.rows();
    let table = if annotation.kept.len() < rows {
        file.take(&annotation.kept)
    } else {
        file
    };
    let mut ids = std::mem::replace(&mut annotation.kept, (0..table.rows()).collect());
    let table = match config.config().missing_rows {
        MissingRows::Keep => table,
        MissingRows::Drop => drop_incomplete(table, &sources.features, &mut annotation, &mut ids)?,
    };
    Ok(Kept {
        table,
        annotation,
        ids,
        rows,
    })
}

/// Leaves out the rows in which a feature is missing. The values of the groups stay those of all
/// rows.
fn drop_incomplete(
    table: Table,
    features: &[String],
    annotation: &mut Annotation,
    ids: &mut Vec<usize>,
) -> Result<Table, Error> {
    let complete = complete_rows(&table, features)?;
    let count = table.rows() - complete.len();
    if count == 0 {
        return Ok(table);
    }
    if complete.is_empty() {
        return Err(Error::AllIncomplete { rows: count });
    }
    annotation.dropped.push(DroppedRows {
        reason: "a feature is missing".to_owned(),
        count,
    });
    annotation.groups = annotation.groups.take(&complete);
    annotation.kept = (0..complete.len()).collect();
    *ids = complete.iter().map(|&row| ids[row]).collect();
    Ok(table.take(&complete))
}

/// Fits the encoding of the features on the training part.
fn fit(
    config: &CheckedDataConfig,
    table: &Table,
    train: &[usize],
    features: &[String],
    warnings: &mut Vec<String>,
) -> Result<FeatureEncoder, Error> {
    let features: Vec<&str> = features.iter().map(String::as_str).collect();
    warnings.extend(wide_categories(table, &features, train.len()));
    let numbers = config.config().features.number_encoding();
    Ok(FeatureEncoder::fit_with(table, train, &features, numbers)?)
}

/// The text of each row.
fn texts<'a>(table: &'a Table, column: &str, ids: &[usize]) -> Result<Vec<&'a str>, Error> {
    let ColumnValues::Text { levels, codes } = &table.column(column)?.values else {
        return Err(equipoise_core::Error::ColumnKind {
            column: column.to_owned(),
            found: "numbers",
            expected: "texts",
        }
        .into());
    };
    let codes = require_all(codes, |row| ids[row], "text", column)?;
    Ok(codes
        .into_iter()
        .map(|code| levels[code as usize].as_str())
        .collect())
}

/// The table without a column.
fn without(table: &Table, column: &str) -> Result<Table, Error> {
    let columns = table.columns().iter();
    Ok(Table::new(
        columns
            .filter(|other| other.name != column)
            .cloned()
            .collect(),
    )?)
}

/// Which columns are read, what they are taken for, and which of them a model sees.
struct Sources {
    select: Vec<String>,
    kinds: BTreeMap<String, ColumnType>,
    /// The features, or the text.
    features: Vec<String>,
}

impl Sources {
    fn find(checked: &CheckedDataConfig) -> Result<Self, Error> {
        let config = checked.config();
        let names = column_names(&config.source)?;
        let label = [(config.label.column.as_str(), "`data.label`")];
        let groups = config
            .groups
            .iter()
            .flat_map(crate::GroupConfig::columns)
            .map(|column| (column, "`data.groups`"));
        let weight = (config.weight.iter()).map(|column| (column.as_str(), "`data.weight`"));
        let split = match checked.split() {
            Split::Column(column) => Some((column.as_str(), "`data.split.column`")),
            Split::Drawn(drawn) => drawn.by().map(|column| (column, "`data.split.by`")),
        };
        let text = (config.text.iter()).map(|column| (column.as_str(), "`data.text`"));
        let exclude = (config.exclude.iter()).map(|column| (column.as_str(), "`data.exclude`"));
        let columns = (config.columns.keys()).map(|column| (column.as_str(), "`data.columns`"));

        let used: Vec<(&str, &'static str)> = label
            .into_iter()
            .chain(groups.clone())
            .chain(weight.clone())
            .chain(split)
            .chain(text.clone())
            .collect();
        for (column, asked_by) in used.iter().copied().chain(exclude).chain(columns) {
            read::require(&config.source, &names, column, asked_by)?;
        }

        let is_used = |name: &str| used.iter().any(|(column, _)| *column == name);
        let mut kinds = config.columns.clone();
        if let Some(text) = &config.text {
            // A text is a text, even where all of them look like numbers.
            kinds.insert(text.clone(), ColumnType::Category);
            return Ok(Self {
                select: names.into_iter().filter(|name| is_used(name)).collect(),
                kinds,
                features: vec![text.clone()],
            });
        }
        let is_excluded = |name: &str| config.exclude.iter().any(|column| column == name);
        // The group columns may be features where the configuration says so; the others of the
        // columns with a role of their own never are.
        let with_role: Vec<&str> = label
            .into_iter()
            .chain(weight)
            .chain(split)
            .map(|(column, _)| column)
            .collect();
        let is_group = |name: &str| groups.clone().any(|(column, _)| column == name);
        let is_feature = |name: &str| {
            !is_excluded(name)
                && !with_role.contains(&name)
                && (config.features.use_groups || !is_group(name))
        };
        Ok(Self {
            features: names
                .iter()
                .filter(|name| is_feature(name))
                .cloned()
                .collect(),
            select: names
                .into_iter()
                .filter(|name| is_used(name) || !is_excluded(name))
                .collect(),
            kinds,
        })
    }
}

fn check_groups_differ(groups: &GroupColumns) -> Result<(), Error> {
    for attribute in groups.schema().attributes() {
        if let [value] = attribute.values() {
            return Err(Error::OneGroup {
                attribute: attribute.name().to_owned(),
                value: value.clone(),
            });
        }
    }
    Ok(())
}

fn check_classes_differ(
    values: &[f32],
    task: &Task,
    column: &str,
    whole: &'static str,
) -> Result<(), Error> {
    let Some(&first) = values.first() else {
        return Ok(());
    };
    if values
        .iter()
        .any(|value| value.to_bits() != first.to_bits())
    {
        return Ok(());
    }
    Err(Error::OneClass {
        column: column.to_owned(),
        value: match task {
            Task::Binary { positive } if first > 0.5 => positive.clone(),
            Task::Binary { positive } => format!("not {positive}"),
            Task::Multiclass { classes } => classes.first().cloned().unwrap_or_default(),
            _ => first.to_string(),
        },
        whole,
    })
}

fn weights(table: &Table, column: &str, ids: &[usize]) -> Result<Vec<f32>, Error> {
    let values = numbers(&table.column(column)?.values, "weight", column)?;
    let values = require_all(values, |row| ids[row], "weight", column)?;
    values
        .iter()
        .zip(ids)
        .map(|(&value, id)| {
            #[expect(clippy::cast_possible_truncation, reason = "weights are f32")]
            let weight = value as f32;
            if weight > 0.0 && weight.is_finite() {
                Ok(weight)
            } else {
                Err(Error::Weight {
                    column: column.to_owned(),
                    row: id + 1,
                    value,
                })
            }
        })
        .collect()
}

fn split_by_column(table: &Table, column: &str, ids: &[usize]) -> Result<SplitRows, Error> {
    let unknown = |row: usize, value: String| Error::UnknownPart {
        column: column.to_owned(),
        row: ids[row] + 1,
        value,
    };
    let (levels, codes) = match &table.column(column)?.values {
        ColumnValues::Text { levels, codes } => (levels, codes),
        ColumnValues::Number(values) => {
            let values = require_all(values, |row| ids[row], "split", column)?;
            let first = values.first().map(f64::to_string).unwrap_or_default();
            return Err(unknown(0, first));
        }
        _ => return Err(unknown(0, String::new())),
    };
    let codes = require_all(codes, |row| ids[row], "split", column)?;
    let parts: Vec<Option<SplitPart>> = levels
        .iter()
        .map(|level| SplitPart::ALL.into_iter().find(|part| part.name() == level))
        .collect();
    let mut split = SplitRows::default();
    for (row, code) in codes.into_iter().enumerate() {
        let part =
            parts[code as usize].ok_or_else(|| unknown(row, levels[code as usize].clone()))?;
        split.part_mut(part).push(row);
    }
    Ok(split)
}

fn draw_split(
    table: &Table,
    drawn: &DrawnSplit,
    task: &Task,
    targets: &[f32],
    groups: &GroupColumns,
    ids: &[usize],
    seed: u64,
) -> Result<SplitRows, Error> {
    let mut strata = vec![0; table.rows()];
    if drawn.stratify().contains(&Stratum::Group) {
        for (stratum, cell) in strata.iter_mut().zip(groups.cells()) {
            *stratum = cell as usize;
        }
    }
    if drawn.stratify().contains(&Stratum::Label) {
        let classes = label_strata(task, targets);
        let count = classes.iter().max().map_or(1, |&class| class + 1);
        for (stratum, class) in strata.iter_mut().zip(classes) {
            *stratum = *stratum * count + class;
        }
    }
    Ok(match drawn.by() {
        Some(column) => split_entities(
            &strata,
            &entities(table, column, ids)?,
            drawn.shares(),
            seed,
        ),
        None => split_rows(&strata, drawn.shares(), seed),
    })
}

/// The class of each row; five bins of equal count where the target is a number.
fn label_strata(task: &Task, targets: &[f32]) -> Vec<usize> {
    const BINS: usize = 5;

    if matches!(task, Task::Regression) {
        let values: Vec<Option<f64>> = targets.iter().map(|&v| Some(f64::from(v))).collect();
        return equal_count_levels(&values, BINS);
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the target is the index of a class"
    )]
    targets.iter().map(|&target| target as usize).collect()
}

/// The entity of each row, numbered from 0 without gaps.
fn entities(table: &Table, column: &str, ids: &[usize]) -> Result<Vec<usize>, Error> {
    let keys: Vec<u64> = match &table.column(column)?.values {
        ColumnValues::Text { codes, .. } => require_all(codes, |row| ids[row], "entity", column)?
            .into_iter()
            .map(u64::from)
            .collect(),
        ColumnValues::Number(values) => require_all(values, |row| ids[row], "entity", column)?
            .into_iter()
            // Adding 0 makes -0 and 0 one entity.
            .map(|value| (value + 0.0).to_bits())
            .collect(),
        _ => Vec::new(),
    };
    let mut distinct = keys.clone();
    distinct.sort_unstable();
    distinct.dedup();
    Ok(keys
        .into_iter()
        .map(|key| distinct.partition_point(|&known| known < key))
        .collect())
}

/// Each part has rows, and each group of the other parts is in the training part.
fn check_parts(split: &SplitRows, groups: &GroupColumns, rows: usize) -> Result<(), Error> {
    for part in SplitPart::ALL {
        if split.part(part).is_empty() {
            return Err(Error::EmptyPart { part, rows });
        }
    }
    for (position, attribute) in groups.schema().attributes().iter().enumerate() {
        let codes = groups.codes(position);
        let count = |part: SplitPart| {
            let mut counts = vec![0usize; attribute.values().len()];
            for &row in split.part(part) {
                counts[codes[row] as usize] += 1;
            }
            counts
        };
        let trained = count(SplitPart::Train);
        for part in [SplitPart::Valid, SplitPart::Test] {
            for (value, (&count, &trained)) in attribute
                .values()
                .iter()
                .zip(count(part).iter().zip(&trained))
            {
                if count > 0 && trained == 0 {
                    return Err(Error::UnseenGroup {
                        attribute: attribute.name().to_owned(),
                        value: value.clone(),
                        part,
                        count,
                    });
                }
            }
        }
    }
    Ok(())
}

/// The training part has more than one class, and each class of the other parts.
fn check_trained_classes(
    split: &SplitRows,
    targets: &[f32],
    task: &Task,
    column: &str,
) -> Result<(), Error> {
    let trained: Vec<f32> = split.train.iter().map(|&row| targets[row]).collect();
    check_classes_differ(&trained, task, column, "the train part")?;
    let Task::Multiclass { classes } = task else {
        return Ok(());
    };
    let seen = label_strata(task, &trained);
    for part in [SplitPart::Valid, SplitPart::Test] {
        let found: Vec<f32> = split.part(part).iter().map(|&row| targets[row]).collect();
        if let Some(class) = label_strata(task, &found)
            .into_iter()
            .find(|class| !seen.contains(class))
        {
            return Err(Error::UnseenClass {
                column: column.to_owned(),
                value: classes.get(class).cloned().unwrap_or_default(),
                part,
            });
        }
    }
    Ok(())
}

/// A warning for each column of texts that are different in most rows.
fn wide_categories(table: &Table, features: &[&str], train_rows: usize) -> Vec<String> {
    table
        .columns()
        .iter()
        .filter(|column| features.contains(&column.name.as_str()))
        .filter_map(|column| match &column.values {
            ColumnValues::Text { levels, .. } if levels.len() > train_rows / 2 => Some(format!(
                "column `{}` has {} distinct texts for {train_rows} training rows: a model can \
                 learn little from it but the rows themselves; name it in `exclude` if it names \
                 people",
                column.name,
                levels.len()
            )),
            _ => None,
        })
        .collect()
}
