//! Base models for burn with heads, saving and loading: an MLP and a tabular transformer.
