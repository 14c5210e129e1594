//! Colours of figures, each with the class by which a page may exchange it for dark paper.
//!
//! A shape carries its colour as an attribute, so that a file stands alone in any viewer, and a class, so that the
//! style sheet of a report overrides it: `f` for fillings or `s` for strokes before the name given here. Categories follow
//! Okabe and Ito (2008), the light ones darkened for words on white; shades are eleven steps, told apart by lightness alone.

/// Words and outlines.
pub(super) const INK: &str = "#1a1a1a";
/// Words that may be skipped.
pub(super) const FAINT: &str = "#5c5c5c";
/// Grid lines.
pub(super) const GRID: &str = "#dddddd";
/// The paper.
pub(super) const PAPER: &str = "#ffffff";
/// Cells without a value, land that is not looked at.
pub(super) const BLANK: &str = "#f2f2f2";
/// Categories.
pub(super) const COLOURS: [&str; 10] = [
    "#0072B2", "#B84F00", "#007F5C", "#A8457F", "#3C7A89", "#7A6000", "#5B5B8C", "#8C5A3C",
    "#666666", "#5A7300",
];
/// Steps of a shade, beside the first.
const STEPS: f64 = 10.0;
/// From almost white to dark blue.
const SHADES: [[f64; 3]; 2] = [[239.0, 243.0, 249.0], [0.0, 60.0, 110.0]];
/// From orange over grey to blue.
const SIGNED: [[f64; 3]; 3] = [
    [184.0, 79.0, 0.0],
    [242.0, 242.0, 242.0],
    [0.0, 114.0, 178.0],
];
/// First step of the shades on which words are white: they keep a contrast of 4.5 on every step.
const WHITE_FROM: u8 = 7;

/// A category's colour; they begin anew after the last.
pub(super) fn colour(idx: usize) -> &'static str {
    COLOURS[idx % COLOURS.len()]
}

/// The shade of a share: the darker the larger.
pub(super) fn shade(share: f64) -> String {
    shade_at(step(share))
}

/// The colour of a number from -1 to 1: orange below zero, blue above.
pub(super) fn signed(value: f64) -> String {
    signed_at(step(0.5 * (value + 1.0)))
}

/// The class of a colour; none for one that is not of the palette.
pub(super) fn class(colour: &str) -> Option<String> {
    let plain = [
        (INK, "ink"),
        (FAINT, "faint"),
        (GRID, "grid"),
        (PAPER, "paper"),
        (BLANK, "blank"),
    ];
    if let Some((_, name)) = plain.iter().find(|(of, _)| *of == colour) {
        return Some((*name).to_owned());
    }
    if let Some(idx) = COLOURS.iter().position(|of| *of == colour) {
        return Some(format!("c{idx}"));
    }
    let steps = 0..=10;
    let shaded = steps.clone().find(|step| shade_at(*step) == colour);
    let shaded = shaded.map(|step| format!("h{step}"));
    shaded.or_else(|| {
        let mut steps = steps;
        let of = steps.find(|step| signed_at(*step) == colour)?;
        Some(format!("d{of}"))
    })
}

/// Colour and class of words on a colour made by [`shade`] or [`signed`].
pub(super) fn words_on(colour: &str) -> (&'static str, String) {
    let class = class(colour).unwrap_or_default();
    let number = |prefix| {
        class
            .strip_prefix(prefix)
            .and_then(|step| step.parse::<u8>().ok())
    };
    let white = number("h").is_some_and(|step| step >= WHITE_FROM)
        || number("d").is_some_and(|step| step == 0 || step == 10);
    (if white { PAPER } else { "#000000" }, format!("t{class}"))
}

fn step(share: f64) -> u8 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a step is between 0 and 10"
    )]
    let step = libm::round(STEPS * share.clamp(0.0, 1.0)) as u8;
    step
}

fn shade_at(step: u8) -> String {
    mixed(SHADES[0], SHADES[1], f64::from(step) / STEPS)
}

fn signed_at(step: u8) -> String {
    let half = STEPS / 2.0;
    let of = f64::from(step) - half;
    let end = if of < 0.0 { SIGNED[0] } else { SIGNED[2] };
    mixed(SIGNED[1], end, of.abs() / half)
}

fn mixed(from: [f64; 3], to: [f64; 3], share: f64) -> String {
    let part = |idx: usize| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a colour is between 0 and 255"
        )]
        let byte = libm::round(from[idx] + (to[idx] - from[idx]) * share) as u8;
        byte
    };
    format!("#{:02x}{:02x}{:02x}", part(0), part(1), part(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shades_darken_and_signs_part() {
        assert_eq!(shade(0.0), "#eff3f9");
        assert_eq!(shade(1.0), "#003c6e");
        assert_eq!(shade(7.0), shade(1.0));
        assert_eq!(signed(-1.0), "#b84f00");
        assert_eq!(signed(0.0), "#f2f2f2");
        assert_eq!(signed(1.0), "#0072b2");
    }

    #[test]
    fn every_colour_of_the_palette_has_a_class_of_its_own() {
        let plain = [INK, FAINT, GRID, PAPER, BLANK].map(str::to_owned);
        let mut all: Vec<String> = plain
            .into_iter()
            .chain(COLOURS.map(str::to_owned))
            .collect();
        all.extend((0..=10).map(shade_at));
        all.extend((0..=10).filter(|step| *step != 5).map(signed_at));
        let mut classes: Vec<String> = all.iter().filter_map(|of| class(of)).collect();
        assert_eq!(classes.len(), all.len());
        classes.sort();
        classes.dedup();
        assert_eq!(classes.len(), all.len());
        assert_eq!(class("#123456"), None);
    }

    /// Contrast of two colours (WCAG 2.2).
    fn contrast(one: &str, other: &str) -> f64 {
        let light = |colour: &str| {
            let part = |at: usize| {
                let byte =
                    u8::from_str_radix(&colour[at..at + 2], 16).expect("a hexadecimal colour");
                let share = f64::from(byte) / 255.0;
                if share <= 0.040_45 {
                    share / 12.92
                } else {
                    libm::pow((share + 0.055) / 1.055, 2.4)
                }
            };
            0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
        };
        let (one, other) = (light(one), light(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn words_can_be_read_on_every_colour() {
        for step in 0..=10 {
            for colour in [shade_at(step), signed_at(step)] {
                let (words, _) = words_on(&colour);
                assert!(contrast(words, &colour) >= 4.5, "{words} on {colour}");
            }
        }
        for colour in COLOURS.iter().chain([&INK, &FAINT]) {
            assert!(contrast(colour, PAPER) >= 4.5, "{colour} on paper");
        }
    }
}
