//! Numbers that others published, beside ours; each table keeps its source.
