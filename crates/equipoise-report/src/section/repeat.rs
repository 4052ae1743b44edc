//! What it takes to make the results again.

use crate::evidence::all_metrics;
use crate::plot::Subject;

/// The settings as pairs of key and value: what the report knows by itself, then those of the
/// run. None is said twice.
pub(crate) fn settings(subject: &Subject<'_>) -> Vec<(String, String)> {
    let input = subject.input;
    let mut settings = Vec::new();
    let mut tell = |key: &str, value: Option<String>| {
        settings.extend(value.map(|value| (key.to_owned(), value)));
    };
    tell("version of the program", input.version.clone());
    tell("SHA-256 of the data", input.data_sha256.clone());
    let seed = input.seed.filter(|_| !input.has_setting("seed"));
    tell("seed", seed.map(|seed| seed.to_string()));
    let mut conventions: Vec<&str> = Vec::new();
    for evidence in &subject.evidence {
        let name = evidence.audit().convention.name();
        if !conventions.contains(&name) {
            conventions.push(name);
        }
    }
    let joined = |names: Vec<&str>| (!names.is_empty()).then(|| names.join(", "));
    tell("convention of the audit", joined(conventions));
    tell(
        "metrics of the audit",
        joined(all_metrics(&subject.evidence)),
    );
    settings.extend(input.config.iter().cloned());
    settings
}
