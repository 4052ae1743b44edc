//! The program equipoise: from a data file to an audited, fair model.
