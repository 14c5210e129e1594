//! The mechanisms: one file each, registered by one line in [`Law`] and one in `DECLARED`.
//!
//! A mechanism file holds its claim, equations, parameters, pure scalar kernels and their tests. The
//! systems that walk the world's columns and call the kernels are in `systems`, in the order
//! told in `step`.

pub mod affinity;
pub mod autonomy;
pub mod bargaining;
pub mod bilateral;
pub mod commitment;
pub mod disputes;
pub mod drivers;
pub mod energy;
pub mod forces;
pub mod influence;
pub mod membership;
pub mod outside;
pub mod projects;
pub mod relations;
pub mod salience;
pub mod security;
pub mod threats;
pub mod trade;
pub mod trust;
pub mod withdrawal;

use std::sync::LazyLock;

use foedera_scenario::{Catalogue, ParamSpec};

/// Every parameter of the law, as lanes in the world and as numbers in a kernel.
#[derive(Clone, Debug, Default)]
pub struct Law<T> {
    /// Energy.
    pub energy: energy::EnergyParams<T>,
    /// Trade.
    pub trade: trade::TradeParams<T>,
    /// Security.
    pub security: security::SecurityParams<T>,
    /// Affinity.
    pub affinity: affinity::AffinityParams<T>,
    /// Influence.
    pub influence: influence::InfluenceParams<T>,
    /// Autonomy.
    pub autonomy: autonomy::AutonomyParams<T>,
    /// Outside.
    pub outside: outside::OutsideParams<T>,
    /// Membership.
    pub membership: membership::MembershipParams<T>,
    /// Salience.
    pub salience: salience::SalienceParams<T>,
    /// Threats.
    pub threats: threats::ThreatParams<T>,
    /// Bargaining.
    pub bargaining: bargaining::BargainingParams<T>,
    /// Bilateral ties.
    pub bilateral: bilateral::BilateralParams<T>,
    /// Commitment.
    pub commitment: commitment::CommitmentParams<T>,
    /// Relations.
    pub relations: relations::RelationParams<T>,
    /// Trust.
    pub trust: trust::TrustParams<T>,
    /// Disputes.
    pub disputes: disputes::DisputeParams<T>,
    /// Withdrawal.
    pub withdrawal: withdrawal::WithdrawalParams<T>,
    /// Projects.
    pub projects: projects::ProjectParams<T>,
    /// Forces abroad.
    pub forces: forces::ForcesParams<T>,
}

impl<T> Law<T> {
    /// Reads every parameter by its path below `params.`.
    pub fn load(mut read: impl FnMut(&str) -> T) -> Self {
        Self {
            energy: energy::EnergyParams::load(&mut read),
            trade: trade::TradeParams::load(&mut read),
            security: security::SecurityParams::load(&mut read),
            affinity: affinity::AffinityParams::load(&mut read),
            influence: influence::InfluenceParams::load(&mut read),
            autonomy: autonomy::AutonomyParams::load(&mut read),
            outside: outside::OutsideParams::load(&mut read),
            membership: membership::MembershipParams::load(&mut read),
            salience: salience::SalienceParams::load(&mut read),
            threats: threats::ThreatParams::load(&mut read),
            bargaining: bargaining::BargainingParams::load(&mut read),
            bilateral: bilateral::BilateralParams::load(&mut read),
            commitment: commitment::CommitmentParams::load(&mut read),
            relations: relations::RelationParams::load(&mut read),
            trust: trust::TrustParams::load(&mut read),
            disputes: disputes::DisputeParams::load(&mut read),
            withdrawal: withdrawal::WithdrawalParams::load(&mut read),
            projects: projects::ProjectParams::load(&mut read),
            forces: forces::ForcesParams::load(&mut read),
        }
    }
}

/// What a mechanism's file declares.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Declared {
    /// Name of the module.
    pub(crate) name: &'static str,
    /// Text of the file; its head tells claim, equations and sources ([`crate::submodels`]).
    pub(crate) text: &'static str,
    /// Its parameters.
    pub(crate) params: &'static [ParamSpec],
}

/// One line a mechanism: its module, and its set of parameters if it has one.
macro_rules! mechanisms {
    ($($module:ident $(: $params:ident)?),* $(,)?) => {
        &[$(Declared {
            name: stringify!($module),
            text: include_str!(concat!(stringify!($module), ".rs")),
            params: mechanisms!(@ $module $($params)?),
        },)*]
    };
    (@ $module:ident) => { &[] };
    (@ $module:ident $params:ident) => { $module::$params::SPECS };
}

/// The declarations of every mechanism, in the order of the catalogue.
pub(crate) static DECLARED: &[Declared] = mechanisms![
    energy: EnergyParams,
    trade: TradeParams,
    security: SecurityParams,
    affinity: AffinityParams,
    influence: InfluenceParams,
    autonomy: AutonomyParams,
    outside: OutsideParams,
    membership: MembershipParams,
    salience: SalienceParams,
    threats: ThreatParams,
    bargaining: BargainingParams,
    bilateral: BilateralParams,
    commitment: CommitmentParams,
    relations: RelationParams,
    trust: TrustParams,
    disputes: DisputeParams,
    withdrawal: WithdrawalParams,
    projects: ProjectParams,
    forces: ForcesParams,
    drivers,
];

/// Every parameter, in the order of the catalogue.
static SPECS: LazyLock<Vec<ParamSpec>> = LazyLock::new(|| {
    let sets: Vec<&[ParamSpec]> = DECLARED.iter().map(|declared| declared.params).collect();
    sets.concat()
});

/// Every parameter of the law.
#[must_use]
pub fn catalogue() -> Catalogue {
    Catalogue { params: &SPECS }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_parameter_is_declared_once_with_its_default_inside_its_range() {
        let catalogue = catalogue();
        let mut paths = std::collections::BTreeSet::new();
        for spec in catalogue.params {
            assert!(paths.insert(spec.path), "{} is declared twice", spec.path);
            assert!(
                spec.low <= spec.default && spec.default <= spec.high,
                "{}",
                spec.path
            );
            assert!(
                spec.min <= spec.low && spec.high <= spec.max,
                "{}",
                spec.path
            );
            assert!(
                !spec.source.is_empty() && !spec.title.is_empty(),
                "{}",
                spec.path
            );
        }
    }

    #[test]
    fn the_law_reads_every_declared_parameter() {
        let mut read = Vec::new();
        let _law: Law<f32> = Law::load(|path| {
            read.push(path.to_owned());
            0.0
        });
        let declared: Vec<&str> = catalogue().params.iter().map(|spec| spec.path).collect();
        assert_eq!(read, declared);
    }
}
