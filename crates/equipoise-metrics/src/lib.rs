//! Group metrics with their uncertainty: the group cube, the metric registry, and the audit.
