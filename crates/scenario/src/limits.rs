//! Limits on everything a file may contain, so that no input exhausts memory or time.
//!
//! Each is far above what a real question needs; the number of 16-bit slots and the memory of one
//! block of lanes are what they protect.

/// Bytes in one file (4 MiB: some 40,000 lines).
pub const FILE_BYTES: usize = 4 << 20;
/// Brackets inside brackets (a scenario needs about ten; the parser recurses).
pub const NESTING: usize = 64;
/// Values in one file (bounds memory: about 100 bytes each).
pub const NODES: usize = 500_000;
/// Syntax mistakes reported for one file (after that the text is something else).
pub const SYNTAX_MISTAKES: usize = 50;
/// Mistakes reported of one scenario (nobody reads more at once).
pub const MISTAKES: usize = 200;
/// Columns of a table (a few dozen and one for each threat and bloc).
pub const COLUMNS: usize = 500;
/// Lines of `uncertainties`, `params`, `set` or `figures`.
pub const LINES: usize = 2_000;
/// Files in a chain of `extends`.
pub const EXTENDS: usize = 16;
/// Actors (125,000 dyads of a dozen lanes: what a block may hold in memory).
pub const ACTORS: usize = 500;
/// Organisations.
pub const ORGANISATIONS: usize = 32;
/// Elements of the catalogue.
pub const ELEMENTS: usize = 64;
/// Drivers.
pub const DRIVERS: usize = 64;
/// Threats (the engine keeps intensities in arrays of this size).
pub const THREATS: usize = 8;
/// Blocs (the engine keeps ties with them in arrays of this size).
pub const BLOCS: usize = 4;
/// Initiatives.
pub const INITIATIVES: usize = 256;
/// Rungs of a ladder (the engine keeps room for the values of as many).
pub const RUNGS: usize = 8;
/// Effects of a rung, shock or policy.
pub const EFFECTS: usize = 64;
/// Conditions of an initiative.
pub const CONDITIONS: usize = 16;
/// Shocks.
pub const SHOCKS: usize = 256;
/// Policies.
pub const POLICIES: usize = 256;
/// Outcomes.
pub const OUTCOMES: usize = 256;
/// Signs in one text of the outcome language.
pub const SIGNS: usize = 64;
/// Texts of the outcome language within one another.
pub const EMBEDDED: usize = 8;
/// Expectations.
pub const EXPECTATIONS: usize = 1_000;
/// Different changes that the expectations of a file may judge under: each is a run of its own.
pub const CHANGES: usize = 1_000;
/// Steps of a series, and parts of a quantity: more than a person would write.
pub const SERIES: usize = 32;
/// Steps of a run (a century of months).
pub const STEPS: usize = 1_200;
/// Points of a dated path, values of a discrete or empirical distribution, states of a chain.
pub const POINTS: usize = 1_000;
/// Actors of a world in which a body decides by challenges: each round looks at every voter in every pair.
pub const CHALLENGERS: usize = 200;
