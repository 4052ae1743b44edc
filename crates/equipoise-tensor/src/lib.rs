//! The common tensor backend of Equipoise: open a device, seed it, and the batch types.
