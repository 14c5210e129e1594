//! Purposes of draws: one for each stream, no two alike.
//!
//! Purposes 128 and up belong to callers outside the engine (sampling of inputs).

/// Noise of a driver; entity is the driver's number.
pub(crate) const DRIVER: u8 = 1;
/// Noise of a dyad's affinity; entity is the dyad.
pub(crate) const AFFINITY: u8 = 2;
/// Noise of an actor's ideal point; entity is the actor's number.
pub(crate) const IDEAL_POINT: u8 = 3;
/// Common shock to ideal points; entity 0.
pub(crate) const IDEAL_COMMON: u8 = 4;
/// Whether and when a shock fires; entity is the shock's number.
pub(crate) const SHOCK: u8 = 5;
/// Persistent chance of a party; entity is initiative and actor.
pub(crate) const PARTY: u8 = 6;
/// Chance of a party in a calendar year; entity is initiative and actor.
pub(crate) const PARTY_YEAR: u8 = 7;
/// Whether an initiative is tabled; entity is the initiative's number.
pub(crate) const TABLING: u8 = 8;
/// Whether a dyad clashes; entity is the dyad.
pub(crate) const DISPUTE: u8 = 9;
/// Whether a member leaves; entity is organisation and actor.
pub(crate) const EXIT: u8 = 10;
/// Time it takes to build a project; entity is initiative and rung.
pub(crate) const PROJECT: u8 = 11;
/// Whether a project is given up; entity is initiative and rung.
pub(crate) const ABANDONMENT: u8 = 12;
/// Whether an initiative goes by base rates in a replicate; entity is the initiative's number.
pub(crate) const ERRATIC: u8 = 16;
/// Whether a seat goes by base rates in a replicate; entity is organisation and actor.
pub(crate) const ERRATIC_SEAT: u8 = 17;
/// Whether a member of two organisations that exclude one another chooses; entity is organisation and actor.
pub(crate) const CHOICE: u8 = 18;
/// Own chance of an actor's growth in a year; step is years since the world's, entity the actor's number.
pub(crate) const GROWTH: u8 = 21;
/// Common shock to growth in a year; entity 0.
pub(crate) const GROWTH_COMMON: u8 = 22;
/// The agenda of an outside body in a year; step is the calendar year, entity 0.
pub(crate) const VOTE_AGENDA: u8 = 23;
/// Chance of a pair's votes in a year; step is the calendar year, entity is the dyad.
pub(crate) const VOTE_PAIR: u8 = 24;
/// When a counted candidate accedes; step is its place, entity the organisation's number.
pub(crate) const COUNTED: u8 = 25;
/// What the analyst misjudges of an initiative for everybody alike; entity is its number.
pub(crate) const COMMON: u8 = 26;
/// How much faster or slower than others an initiative is tabled; entity is its number.
pub(crate) const PACE: u8 = 27;

#[cfg(test)]
mod tests {
    #[test]
    fn no_two_purposes_are_alike() {
        let all = [
            super::DRIVER,
            super::AFFINITY,
            super::IDEAL_POINT,
            super::IDEAL_COMMON,
            super::SHOCK,
            super::PARTY,
            super::PARTY_YEAR,
            super::TABLING,
            super::DISPUTE,
            super::EXIT,
            super::PROJECT,
            super::ABANDONMENT,
            super::ERRATIC,
            super::ERRATIC_SEAT,
            super::CHOICE,
            super::GROWTH,
            super::GROWTH_COMMON,
            super::VOTE_AGENDA,
            super::VOTE_PAIR,
            super::COUNTED,
            super::COMMON,
            super::PACE,
        ];
        let distinct: std::collections::BTreeSet<u8> = all.into_iter().collect();
        assert_eq!(distinct.len(), all.len());
        assert!(distinct.iter().all(|&purpose| purpose < 128));
    }
}
