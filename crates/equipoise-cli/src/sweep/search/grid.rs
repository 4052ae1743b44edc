//! Every combination of the listed values.

use super::{SearchSpec, Settings, Space, Values};

/// The line of the registry.
pub(super) const SPEC: SearchSpec = SearchSpec {
    name: "grid",
    draws: false,
    propose,
};

/// The last key varies first, as digits do.
fn propose(space: &Space) -> Vec<Settings> {
    let mut all = vec![Settings::default()];
    for (key, values) in &space.keys {
        let Values::Listed(values) = values else {
            continue; // ranges are refused where the configuration is checked
        };
        all = all
            .iter()
            .flat_map(|settings| values.iter().map(|value| settings.with(key, value.clone())))
            .collect();
    }
    all
}
