//! What to do about each error.

use equipoise_core::{Help, file_help};

use super::{Error, value_list};

impl Help for Error {
    #[expect(clippy::too_many_lines, reason = "a table: one entry for each error")]
    fn help(&self) -> Option<String> {
        Some(match self {
            Self::NotFound { .. } => {
                "a relative path starts at the folder from which the program is run".to_owned()
            }
            Self::Folder { .. } => "name the file in it".to_owned(),
            Self::UnknownExtension { .. } => {
                "convert the file, or rename it where only its name is wrong".to_owned()
            }
            Self::InvalidValue { hint, .. } => (*hint).to_owned(),
            Self::Lexicon { source, .. } | Self::Swap { source } => return source.help(),
            Self::EmptyFile { .. } | Self::NoRows { .. } => {
                "was the file written completely? Make it again".to_owned()
            }
            Self::DuplicateColumn { .. } | Self::RepeatedKey { .. } => "give each column a name of its own".to_owned(),
            Self::UnnamedColumn { .. } => {
                "name it in the first line, for example `row`; the first line must be the header"
                    .to_owned()
            }
            Self::RaggedRow { .. } => {
                "mend the line; a field that holds the separator must stand in double quotes"
                    .to_owned()
            }
            Self::OtherSeparator { found: '\t', .. } => {
                "give it the extension `.tsv`".to_owned()
            }
            Self::OtherSeparator { found: ',', .. } => "give it the extension `.csv`".to_owned(),
            Self::OtherSeparator { .. } => {
                "save it with commas, or as Parquet".to_owned()
            }
            Self::OpenQuote { .. } => "close the field with a double quote".to_owned(),
            Self::NotUtf8 { .. } => {
                "save the file as UTF-8, for example with `iconv -f latin1 -t utf8`".to_owned()
            }
            Self::BadJson { .. } => {
                "each line must hold one object, such as {\"age\": 39, \"sex\": \"Male\"}".to_owned()
            }
            Self::Decode { .. } => {
                "was the file written completely, and is its extension that of its format?"
                    .to_owned()
            }
            Self::UnknownColumn { column, known, .. } => {
                match equipoise_core::closest(column, known.iter().map(String::as_str)) {
                    Some(closest) => format!("did you mean `{closest}`?"),
                    None => format!("the columns are {}", value_list(known)),
                }
            }
            Self::TextInNumbers { column, value, .. } => format!(
                "declare it as missing with `missing_values = [\"{value}\"]`, or the column as \
                 texts with `columns = {{ {column} = \"category\" }}`"
            ),
            Self::NotFinite { value, .. } => format!(
                "mend the file, or declare the value as missing with `missing_values = [\"{value}\"]`"
            ),
            Self::UnsupportedType { column, .. } => {
                format!("leave it out with `exclude = [\"{column}\"]`")
            }
            Self::FloatGroup {
                attribute,
                column,
                bins,
                ..
            } => format!(
                "declare bins, for example {{ name = \"{attribute}\", column = \"{column}\", bins = \
                 [{}] }}",
                bins.iter().map(f64::to_string).collect::<Vec<_>>().join(", ")
            ),
            Self::TextBins { .. } => "map texts with `values` instead of `bins`".to_owned(),
            Self::UnmappedGroup { .. } => {
                "add it, or catch everything else with \"*\" = \"Other\"".to_owned()
            }
            Self::UnknownGroupValue { value, known, .. } => {
                match equipoise_core::closest(value, known.iter().map(String::as_str)) {
                    Some(closest) => format!("did you mean `{closest}`?"),
                    None => format!("its values are {}", value_list(known)),
                }
            }
            Self::MissingGroup {
                attribute, column, ..
            } => format!(
                "say what happens to them: {{ name = \"{attribute}\", column = \"{column}\", missing \
                 = \"own-group\" }}, or \"drop\""
            ),
            Self::AllDropped { .. } => {
                "`missing = \"own-group\"` keeps such rows as a group of their own".to_owned()
            }
            Self::OneGroup { .. } => {
                "nothing can be compared; name another attribute, or bring data of more groups"
                    .to_owned()
            }
            Self::UnseenGroup { .. } => {
                "stratify the split by \"group\", put rare values together with `values`, or choose \
                 another seed"
                    .to_owned()
            }
            Self::UnseenClass { .. } => {
                "stratify the split by \"label\", or leave classes of a few rows out".to_owned()
            }
            Self::MissingValues { what, .. } => {
                format!("a row without {what} cannot be used; leave such rows out of the file")
            }
            Self::UnknownPositive {
                positive, found, ..
            } => match equipoise_core::closest(positive, found.iter().map(String::as_str)) {
                Some(closest) => format!("did you mean `{closest}`?"),
                None => "name one of the values as `positive`".to_owned(),
            },
            Self::OneClass { .. } => {
                "there is nothing to learn; bring rows of another class".to_owned()
            }
            Self::NotTwoClasses { .. } => {
                "name the positive one with `positive`, or say `task = \"multiclass\"` or `task = \
                 \"regression\"`"
                    .to_owned()
            }
            Self::FractionalClass { .. } => "say `task = \"regression\"`".to_owned(),
            Self::NotNumbers { .. } => {
                "declare texts that stand for a missing number in `missing_values`".to_owned()
            }
            Self::Weight { .. } => "leave out the rows that must not count".to_owned(),
            Self::EmptyPart { .. } => "bring more rows, or give the part a larger share".to_owned(),
            Self::UnknownPart { .. } => "write train, valid or test into each row".to_owned(),
            Self::NothingToAudit => "name at least one of them".to_owned(),
            Self::NotZeroOne { .. } => {
                "write 0 and 1, or the values of the labels with one of them named as positive"
                    .to_owned()
            }
            Self::Pattern { .. } => {
                "`*` stands for any letters, `?` for one, `[ab]` for one of several".to_owned()
            }
            Self::NoMatch { .. } => {
                "a relative pattern starts at the folder from which the program is run".to_owned()
            }
            Self::Changed { .. } => {
                "wait until it is written, or audit a copy of it".to_owned()
            }
            Self::NoFiles => "name at least one".to_owned(),
            Self::KindsDiffer { .. } => {
                "write the column alike in all files, or audit them one by one".to_owned()
            }
            Self::TooManyValues { .. } => {
                "is it an identifier, or a number? Numbers are cut into groups by bins".to_owned()
            }
            Self::InAllFiles { source, .. } | Self::InFile { source, .. } => return source.help(),
            Self::ScoreRange { .. } => {
                "scores are probabilities of the positive class; rescale them first".to_owned()
            }
            Self::OtherClasses { .. } => {
                "write predictions as the names of classes, as the labels are".to_owned()
            }
            Self::NoScoreColumns { known, .. } => {
                format!("the columns are {}", value_list(known))
            }
            Self::ClassWithoutScores { .. } => {
                "name a score column for each class, or none".to_owned()
            }
            Self::ScoresTwice { .. } => "name one for each class".to_owned(),
            Self::MembershipRange { .. } => {
                "write the probability of the group, for each row".to_owned()
            }
            Self::MembershipSum { .. } => {
                "name the columns of all groups, whose probabilities sum to 1 in each row".to_owned()
            }
            Self::NotStreamed { .. } => {
                "read the files at once, with all columns in memory".to_owned()
            }
            Self::NoDocuments { .. } => {
                "leave it out; documents are what stands between blank lines, unless `documents` \
                 says otherwise"
                    .to_owned()
            }
            Self::NotGzip { .. } => {
                "was it copied whole? Name a file that is not compressed without `.gz`".to_owned()
            }
            Self::TooFewDocuments { .. } => {
                "name files to hold out with `valid`, or cut documents by `line` or `paragraph`"
                    .to_owned()
            }
            Self::Text(error) => return error.help(),
            Self::Io(error) => return file_help(error),
            Self::Core(error) => return error.help(),
            _ => return None,
        })
    }
}
