//! `foedera model VERB FILE...`: the classical models of alliances, votes and bargains on plain tables, alone.
//!
//! One file a model. Each reads tables through [`table`], which says what is wrong and where, asks a pure function
//! of `foedera_sim`, and prints a small table with one sentence that states the finding. What they compute stands in
//! `docs/reference/classical-models.md`.

mod balance;
mod bargain;
mod challenge;
mod landscape;
mod polarization;
mod power;
mod similarity;
mod square;
mod table;

pub(crate) use self::table::TABLE;

use clap::{Args as ClapArgs, Subcommand};

use crate::{exit::Exit, face::Face, failure::Failure};

/// Which model.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    #[command(subcommand)]
    model: Model,
}

/// The models.
#[derive(Debug, Subcommand)]
enum Model {
    /// Who gives in to whom on an issue, round by round (Bueno de Mesquita)
    Challenge(challenge::Args),
    /// Which two-camp alignments are stable (Axelrod and Bennett)
    Landscape(landscape::Args),
    /// How balanced a network of friends and enemies is
    Balance(balance::Args),
    /// How much power votes give: Banzhaf, Shapley and Shubik, Coleman
    Power(power::Args),
    /// How alike actors vote: S, κ, π, agreement of groups
    Similarity(similarity::Args),
    /// What a bargain would settle on (Nash)
    Bargain(bargain::Args),
    /// How polarised positions are (Esteban and Ray, van der Eijk)
    Polarization(polarization::Args),
}

/// Runs it.
pub(crate) fn run(args: &Args, face: &Face) -> Result<Exit, Failure> {
    match &args.model {
        Model::Challenge(args) => challenge::run(args, face),
        Model::Landscape(args) => landscape::run(args, face),
        Model::Balance(args) => balance::run(args, face),
        Model::Power(args) => power::run(args, face),
        Model::Similarity(args) => similarity::run(args, face),
        Model::Bargain(args) => bargain::run(args, face),
        Model::Polarization(args) => polarization::run(args, face),
    }?;
    Ok(Exit::Good)
}

/// A number from the command line, finite.
fn finite(text: &str) -> Result<f64, String> {
    let value = table::parse_number(text, true);
    value.ok_or_else(|| "expected a number".to_owned())
}

/// A share from the command line, 0 to 1 or a percentage.
fn share(text: &str) -> Result<f64, String> {
    let value = finite(text)?;
    let good = (0.0..=1.0).contains(&value);
    good.then_some(value)
        .ok_or_else(|| "expected a share from 0 to 1".to_owned())
}

/// Names as a sentence has them: `A`, `A and B`, `A, B and C`.
fn listed<T: AsRef<str>>(names: &[T]) -> String {
    match names {
        [] => "nobody".to_owned(),
        [one] => one.as_ref().to_owned(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", first.join(", "), last.as_ref())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_options_are_checked() {
        assert_eq!(share("25%"), Ok(0.25));
        assert!(share("1.5").is_err() && finite("x").is_err());
        assert_eq!(listed::<&str>(&[]), "nobody");
        assert_eq!(listed(&["A", "B", "C"]), "A, B and C");
    }
}
