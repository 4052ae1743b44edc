//! Audits and training histories as one self-contained HTML page.
