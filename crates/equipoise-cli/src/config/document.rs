//! The text of a configuration, and where in it each key and value stands.

use std::ops::Range;

use miette::NamedSource;
use serde::de::DeserializeOwned;
use toml::{
    Spanned,
    de::{DeTable, DeValue, Deserializer},
};

use super::{Assignment, ConfigError, error::Place, explain};

/// The name that a `--set` has in messages.
const FLAG: &str = "--set";

/// The text of a configuration file, and the texts that `--set` puts over it.
///
/// They are treated as consecutive pieces of one text: a span says by itself which piece it points
/// into.
#[derive(Debug)]
pub(crate) struct Source<'a> {
    file: Piece,
    assignments: Vec<(&'a Assignment, Piece)>,
}

/// One piece of the text.
#[derive(Debug)]
struct Piece {
    /// What messages call it.
    name: String,
    /// What messages show of it.
    text: String,
    /// What TOML reads of it.
    toml: String,
    /// Where it begins in the whole.
    start: usize,
}

impl<'a> Source<'a> {
    /// A file, what messages call it, and the assignments in order.
    pub(crate) fn new(name: &str, text: &str, assignments: &'a [Assignment]) -> Self {
        let mut start = text.len() + 1;
        let assignments = assignments
            .iter()
            .map(|assignment| {
                let piece = Piece {
                    name: FLAG.to_owned(),
                    text: assignment.text().to_owned(),
                    toml: assignment.line(start),
                    start,
                };
                start += piece.text.len() + 1;
                (assignment, piece)
            })
            .collect();
        Self {
            file: Piece {
                name: name.to_owned(),
                text: text.to_owned(),
                toml: text.to_owned(),
                start: 0,
            },
            assignments,
        }
    }

    /// The place of a span, in its piece of the text.
    pub(super) fn place(&self, span: &Range<usize>, label: &str) -> Place {
        let piece = self.piece(span);
        let within = piece.within(span);
        Place {
            source: NamedSource::new(&piece.name, piece.text.clone()),
            line_and_column: line_and_column(&piece.text, within.start),
            span: within.into(),
            label: label.to_owned(),
        }
    }

    /// What is written in a span.
    fn written(&self, span: &Range<usize>) -> &str {
        let piece = self.piece(span);
        piece.text.get(piece.within(span)).unwrap_or_default()
    }

    /// The piece that a span begins in.
    fn piece(&self, span: &Range<usize>) -> &Piece {
        self.assignments
            .iter()
            .rev()
            .map(|(_, piece)| piece)
            .find(|piece| piece.start <= span.start)
            .unwrap_or(&self.file)
    }
}

impl Piece {
    /// A span of the whole as a span of this piece.
    fn within(&self, span: &Range<usize>) -> Range<usize> {
        let within = |at: usize| at.saturating_sub(self.start).min(self.text.len());
        within(span.start)..within(span.end)
    }
}

/// A configuration file with what `--set` puts over it, as TOML tables.
#[derive(Debug)]
pub(crate) struct Document<'s> {
    source: &'s Source<'s>,
    root: Spanned<DeTable<'s>>,
}

impl<'s> Document<'s> {
    /// Reads the text of a configuration and puts the assignments over it, in order.
    ///
    /// # Errors
    ///
    /// When the text is not TOML, or when an assignment goes through a key that is not a table.
    pub(crate) fn parse(source: &'s Source<'s>) -> Result<Self, ConfigError> {
        let root =
            DeTable::parse(&source.file.toml).map_err(|error| explain::syntax(&error, source))?;
        let mut document = Self { source, root };
        for (assignment, piece) in &source.assignments {
            document.assign(assignment, piece)?;
        }
        Ok(document)
    }

    /// Puts one assignment over what is there.
    fn assign(&mut self, assignment: &Assignment, piece: &'s Piece) -> Result<(), ConfigError> {
        let value = assignment
            .value(&piece.toml, piece.start)
            .map_err(|error| explain::syntax(&error, self.source))?;
        let key_span = assignment.key_span(piece.start);
        let Some((last, tables)) = assignment.path().split_last() else {
            return Ok(());
        };
        let spanned_key = |name: &str| Spanned::new(key_span.clone(), name.to_owned().into());
        let mut table = self.root.get_mut();
        let mut steps = tables.iter().enumerate();
        while let Some((depth, name)) = steps.next() {
            let mut next = table
                .entry(spanned_key(name))
                .or_insert_with(|| Spanned::new(key_span.clone(), DeValue::Table(DeTable::new())))
                .get_mut();
            let mut reached = depth;
            // An item of a list is named by its place: `fairness.0.lambda`.
            if let DeValue::Array(items) = next {
                let length = items.len();
                let index = steps.next().map(|(depth, name)| {
                    reached = depth;
                    name.parse::<usize>().unwrap_or(usize::MAX)
                });
                let Some(item) = index.and_then(|index| items.get_mut(index)) else {
                    let list = assignment.path()[..=depth].join(".");
                    let message = format!(
                        "`{list}` is a list with {length} items, whose places are named from 0"
                    );
                    let place = self.source.place(&key_span, "set here");
                    let help = format!("name the place of the item: `{list}.0.{last}`");
                    return Err(ConfigError::new(message).at(place).with_help(help));
                };
                next = item.get_mut();
            }
            match next {
                DeValue::Table(inner) => table = inner,
                other => {
                    let message = format!(
                        "`{}` is {}, not a table, so nothing can be set inside it",
                        assignment.path()[..=reached].join("."),
                        with_article(other.type_str()),
                    );
                    let place = self.source.place(&key_span, "set here");
                    return Err(ConfigError::new(message).at(place));
                }
            }
        }
        // The old key goes too, so that its place is that of the assignment.
        table.remove(last.as_str());
        table.insert(spanned_key(last), value);
        Ok(())
    }

    /// The configuration as a value.
    ///
    /// # Errors
    ///
    /// When a key is unknown or missing, or a value is of the wrong type.
    pub(crate) fn deserialize<T: DeserializeOwned>(&self) -> Result<T, ConfigError> {
        T::deserialize(Deserializer::from(self.root.clone()))
            .map_err(|error| explain::mismatch(&error, self))
    }

    /// Whether a key stands at the root.
    pub(super) fn has(&self, key: &str) -> bool {
        self.root.get_ref().get(key).is_some()
    }

    /// What messages call the file.
    pub(super) fn name(&self) -> &str {
        &self.source.file.name
    }

    /// The place of a span.
    pub(super) fn place(&self, span: &Range<usize>, label: &str) -> Place {
        self.source.place(span, label)
    }

    /// The place of the value of a dotted key (`data.groups[0].bins`), or of the nearest table
    /// around it that is written down; `None` where even the outermost table is not.
    pub(super) fn place_of(&self, key: &str, label: &str) -> Option<Place> {
        let mut table = self.root.get_ref();
        let mut found = None;
        for step in key.split('.') {
            let (name, index) = match step.strip_suffix(']').and_then(|s| s.split_once('[')) {
                Some((name, index)) => (name, index.parse::<usize>().ok()),
                None => (step, None),
            };
            let Some((written, value)) = table.get_key_value(name) else {
                break;
            };
            let item = index.and_then(|index| value.get_ref().get(index));
            let value = item.unwrap_or(value);
            found = Some(value.span());
            match value.get_ref() {
                DeValue::Table(inner) => {
                    if item.is_none() {
                        found = Some(written.span());
                    }
                    table = inner;
                }
                _ => break,
            }
        }
        found.map(|span| self.place(&span, label))
    }

    /// Every key with its dotted path, depth first.
    pub(super) fn entries(&self) -> Vec<Entry> {
        let mut entries = Vec::new();
        self.collect(self.root.get_ref(), "", &mut entries);
        entries
    }

    fn collect(&self, inner: &DeTable<'_>, table: &str, entries: &mut Vec<Entry>) {
        for (key, value) in inner {
            let name = key.get_ref().to_string();
            let path = match table {
                "" => name.clone(),
                table => format!("{table}.{name}"),
            };
            entries.push(Entry {
                table: table.to_owned(),
                name,
                path: path.clone(),
                key: key.span(),
                value: value.span(),
                is_table: value.get_ref().is_table(),
                raw: self.source.written(&value.span()).to_owned(),
            });
            self.collect_value(value, &path, entries);
        }
    }

    /// A table in a list, which has a place and no name of its own.
    fn item(&self, value: &Spanned<DeValue<'_>>, path: &str) -> Entry {
        Entry {
            table: String::new(),
            name: String::new(),
            path: path.to_owned(),
            key: value.span(),
            value: value.span(),
            is_table: true,
            raw: self.source.written(&value.span()).to_owned(),
        }
    }

    fn collect_value(&self, value: &Spanned<DeValue<'_>>, path: &str, entries: &mut Vec<Entry>) {
        match value.get_ref() {
            DeValue::Table(inner) => self.collect(inner, path, entries),
            DeValue::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    let path = format!("{path}[{index}]");
                    if item.get_ref().is_table() {
                        entries.push(self.item(item, &path));
                    }
                    self.collect_value(item, &path, entries);
                }
            }
            _ => {}
        }
    }
}

/// One key of a document.
#[derive(Debug)]
pub(super) struct Entry {
    /// The dotted path of the table that holds it; empty for the root.
    pub(super) table: String,
    /// The key; empty for an item of a list.
    pub(super) name: String,
    /// The dotted path of the key, or of the item of a list: `fairness[0].loss`.
    path: String,
    /// Where the key stands.
    pub(super) key: Range<usize>,
    /// Where the value stands.
    pub(super) value: Range<usize>,
    /// Whether the value is a table.
    pub(super) is_table: bool,
    /// The value as it is written.
    raw: String,
}

impl Entry {
    /// The dotted path of the key, or of the item of a list.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// The value as it is written, without quotes around it.
    pub(super) fn written(&self) -> &str {
        self.raw.trim_matches(['"', '\''])
    }
}

fn with_article(kind: &str) -> String {
    let article = if kind.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {kind}")
}

/// The line and the column of a position, both from 1.
fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .map_or(0, |last| last.chars().count())
        + 1;
    (line, column)
}
