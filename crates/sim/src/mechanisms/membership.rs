//! Membership: what a status is worth, and who reaches into an organisation through a link.
//!
//! **Claim.** Observers and partners count in part. Members are slow to admit: a seat more waters down their own, the more the fewer
//! they are, and one more who thinks otherwise can stand in the way. A link between organisations brings in the partner's members.
//!
//! **Equations.** `w` = 0 outsider, 0.1 partner, 0.3 observer and candidate, 1 member, 0 suspended (parameters);
//! `reach_jo = max(w_jo, Σ_e links_to(e) = o' L_oe w_jo')`. Members that are counted without being actors: each counted candidate
//! has acceded after t years with probability `1 − e^{−λt}`; they have no weight in anything but the count. To a full member i a seat
//! that grows by Δw for another actor j is worth `−k Δw/(N (N + Δw)) − h Δw (1 − A_ij)/2`, N the sum of weights: its share of control falls,
//! and who joins brings wills of its own.
//!
//! **Reads** status, levels of linking elements. **Writes** weight, reach.
//!
//! **Invariants.** 0 <= weight <= reach <= 1.
//!
//! **Sources.** de Haas (2008), note 3: observers take part in summits, exercises and the Energy Club; Buchanan and Tullock
//! (1962) on the cost of deciding in a larger body, Downs, Rocke and Barsoom (1998) on breadth against depth; sizes are assumptions.

use foedera_scenario::Status;

use crate::laned::params;
use crate::math;
use crate::mechanisms::withdrawal;

params! {
    /// Parameters of membership.
    pub struct MembershipParams {
        partner = ("membership.partner", "Weight of a dialogue partner", "share", 0.05, 0.1, 0.2, 0.0, 1.0, "assumption");
        observer = ("membership.observer", "Weight of an observer or candidate", "share", 0.2, 0.3, 0.5, 0.0, 1.0, "de Haas (2008), note 3; assumption on size");
        control = ("membership.control", "Worth of all control over an organisation, of which a new seat takes a share", "", 0.1, 0.3, 0.9, 0.0, 20.0, "assumption; Buchanan and Tullock (1962) give the direction");
        discord = ("membership.discord", "Cost of a new member whom one does not like at all", "", 0.012, 0.03, 0.08, 0.0, 5.0, "assumption; Downs, Rocke and Barsoom (1998) give the direction");
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

/// Worth to a full member of weight added to another's seat, among `seats` of weight in all.
#[inline(always)]
pub(crate) fn admission(
    added: f32,
    seats: f32,
    affinity: f32,
    (control, discord): (f32, f32),
) -> f32 {
    let diluted = added / math::max(seats * (seats + added), f32::MIN_POSITIVE);
    -control * diluted - discord * added * (1.0 - affinity) / 2.0
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
    fn small_circles_of_unlike_members_admit_least() {
        // 1/(6 · 7) + 0.05 · 0.6 = 0.0538 of a stranger at −0.2 among six
        let of = |seats, affinity| admission(1.0, seats, affinity, (1.0, 0.05));
        assert!((of(6.0, -0.2) + 0.053_81).abs() < 1e-5);
        assert!(of(6.0, 0.5) > of(6.0, -0.2));
        assert!(of(26.0, -0.2) > of(6.0, -0.2));
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
