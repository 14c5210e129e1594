//! Membership: what a status is worth, and who reaches into an organisation through a link.
//!
//! **Claim.** Observers and partners count in part. A link between organisations brings in the partner's members.
//!
//! **Equations.** `w` = 0 outsider, 0.1 partner, 0.3 observer and candidate, 1 member, 0 suspended (parameters);
//! `reach_jo = max(w_jo, Σ_e links_to(e) = o' L_oe w_jo')`. Members that are counted without being actors: each counted candidate
//! has acceded after t years with probability `1 − e^{−λt}`; they have no weight in anything but the count.
//!
//! **Reads** status, levels of linking elements. **Writes** weight, reach.
//!
//! **Invariants.** 0 <= weight <= reach <= 1.
//!
//! **Sources.** de Haas (2008), note 3: observers take part in summits, exercises and the Energy Club; sizes are assumptions.

use foedera_scenario::Status;

use crate::laned::params;
use crate::math;
use crate::mechanisms::withdrawal;

params! {
    /// Parameters of membership.
    pub struct MembershipParams {
        partner = ("membership.partner", "Weight of a dialogue partner", "share", 0.05, 0.1, 0.2, 0.0, 1.0, "assumption");
        observer = ("membership.observer", "Weight of an observer or candidate", "share", 0.2, 0.3, 0.5, 0.0, 1.0, "de Haas (2008), note 3; assumption on size");
    }
}

/// Code of a status as a lane value.
#[inline(always)]
pub(crate) const fn code(status: Status) -> f32 {
    status.code() as f32
}

/// Code of a full member.
pub(crate) const MEMBER: f32 = code(Status::Member);
/// Code of an observer.
pub(crate) const OBSERVER: f32 = code(Status::Observer);
/// Code of a suspended member.
pub(crate) const SUSPENDED: f32 = code(Status::Suspended);

/// Weight of a status, 0..=1.
#[inline(always)]
pub(crate) fn weight(status: f32, partner: f32, observer: f32) -> f32 {
    let some = math::select(status == code(Status::Partner), partner, 0.0);
    let more = math::select(
        (status == code(Status::Observer)) | (status == code(Status::Candidate)),
        observer,
        some,
    );
    math::select(status == MEMBER, 1.0, more)
}

/// Whether a counted candidate that drew this number has acceded after so many years.
#[inline(always)]
pub(crate) fn acceded(uniform: f32, per_year: f32, years: f32) -> f32 {
    math::indicator(uniform < withdrawal::probability(per_year, years))
}

/// Status of a lane's code.
pub(crate) fn status_of(code: f32) -> Status {
    Status::ALL[code as usize]
}

/// Rank of a status in standing: a suspended member counts as an outsider.
#[inline(always)]
pub(crate) fn standing(status: f32) -> f32 {
    math::select(status == SUSPENDED, 0.0, status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_candidate_accedes_at_its_time_and_stays() {
        // 1 − e^{−.5 · 2} = .632
        assert!(acceded(0.63, 0.5, 2.0) > 0.0);
        assert!(acceded(0.64, 0.5, 2.0) < 1.0);
        assert!(acceded(0.64, 0.5, 2.5) > 0.0);
        assert!(acceded(0.0, 0.0, 100.0) < 1.0);
    }

    #[test]
    fn weights_follow_status() {
        let of = |status| weight(code(status), 0.1, 0.3);
        let weights: Vec<f32> = Status::ALL.into_iter().map(of).collect();
        assert_eq!(weights, [0.0, 0.1, 0.3, 0.3, 1.0, 0.0]);
        assert!(
            Status::ALL
                .into_iter()
                .all(|status| status_of(code(status)) == status)
        );
    }
}
