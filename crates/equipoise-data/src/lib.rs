//! Read, annotate, profile, split and encode tables, with groups of people as first-class columns.
