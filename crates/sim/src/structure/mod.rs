//! Measures of structure: who stands with whom, in how many camps, how far apart, and how much it strains.
//!
//! Pure functions of plain numbers in double precision, for tables that somebody brings and for moments of a
//! finished run; never part of a step. [`split`] finds the best two camps of any weighted ties, and balance and
//! landscape both ask it; [`spectrum`] has the eigenvalues that measures over all walks need.

#![expect(
    clippy::needless_range_loop,
    reason = "the equations are about the pair i, j, in a table and its mirror"
)]

pub mod balance;
pub mod landscape;
pub mod polarization;
pub mod similarity;
pub mod spectrum;
pub mod split;

/// A square table of numbers, `[row][column]`.
pub type Square = Vec<Vec<f64>>;

/// The symmetric part of a square table, its diagonal zero: what counts where both directions count alike.
#[must_use]
pub fn symmetric(table: &[Vec<f64>]) -> Square {
    let n = table.len();
    (0..n)
        .map(|i| {
            let both = |j: usize| {
                if i == j {
                    0.0
                } else {
                    table[i][j] / 2.0 + table[j][i] / 2.0
                }
            };
            (0..n).map(both).collect()
        })
        .collect()
}
