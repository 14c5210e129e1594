//! Map: the region of a world's states, each in the colour of a signed number, members outlined.
//!
//! The region is what the states of the world span; a state is known by its ISO 3166-1 numeric code and by nothing else.
//! An equal-area projection: Albers' conic, or Equal Earth (Šavrič, Patterson and Jenny 2018) where the region spans more
//! than half of the globe. Relies on the table of outlines.

use super::{
    Caption, Figure,
    drawing::{Anchor, Drawing, FAINT, GRID, INK, WIDTH, small},
    outlines::{self, Ring},
    palette::{BLANK, PAPER, signed},
};

/// Height of the field, least and most [px].
const HEIGHTS: [f64; 2] = [240.0, 470.0];
/// Space left and right [px].
const SIDE: f64 = 8.0;
/// Points nearer than this to the one before are left out [px].
const NEAR: f64 = 1.6;
/// Span in longitude beyond which a cone does not serve [degrees].
const CONE_MAX: f64 = 165.0;
/// Northernmost land that makes the region larger [degrees].
const NORTH_MAX: f64 = 74.0;
/// Width and height of a letter of a name [px].
const LETTER: (f64, f64) = (7.0, 12.0);
/// Smallest area at which land outside the world is drawn [px²].
const AREA_MIN: f64 = 8.0;

/// One state.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// ISO 3166-1 numeric code.
    pub code: u16,
    /// Short name, written on it if there is room.
    pub name: String,
    /// Its number; `None` if it has none.
    pub value: Option<f64>,
    /// Whether it is outlined.
    pub outlined: bool,
    /// Whether it must be on the map; others are if they happen to lie there.
    pub central: bool,
    /// What is shown to those who point at it.
    pub hint: String,
}

/// What is drawn.
#[derive(Debug, Clone, Copy)]
pub struct Map<'a> {
    /// The finding.
    pub title: &'a str,
    /// The states of the world.
    pub states: &'a [State],
    /// The number at which colours are full.
    pub scale: f64,
    /// What colours and outlines mean.
    pub legend: &'a str,
    /// What it says below.
    pub caption: Caption<'a>,
}

/// Whether a code has an outline.
#[must_use]
pub fn is_known(code: u16) -> bool {
    code != 0 && outlines::all().contains_key(&code)
}

/// Draws the map; `None` if fewer than two states have an outline.
#[must_use]
pub fn draw(map: &Map<'_>) -> Option<Figure> {
    let known: Vec<&State> = map
        .states
        .iter()
        .filter(|state| is_known(state.code))
        .collect();
    if known.len() < 2 {
        return None;
    }
    let codes: Vec<u16> = known.iter().map(|state| state.code).collect();
    let title = map.title.to_owned();
    let mut drawing = Drawing::new(&title);
    let central: Vec<u16> = known
        .iter()
        .filter(|state| state.central)
        .map(|state| state.code)
        .collect();
    let spanned = if central.len() < 2 { &codes } else { &central };
    let view = View::of(spanned, drawing.top + 4.0);
    let others: Vec<Ring> = outlines::all()
        .iter()
        .filter(|(code, _)| !codes.contains(code))
        .flat_map(|(_, rings)| rings.iter().filter_map(|ring| view.placed(ring)))
        .filter(|ring| area(ring).abs() >= AREA_MIN)
        .collect();
    drawing.land(&others, BLANK, (GRID, 0.6), "");
    let mut ordered = known.clone();
    ordered.sort_by_key(|state| state.outlined);
    for state in ordered {
        let rings = &outlines::all()[&state.code];
        let rings: Vec<Ring> = rings.iter().filter_map(|ring| view.placed(ring)).collect();
        if rings.is_empty() {
            continue;
        }
        let colour = state
            .value
            .map_or_else(|| BLANK.to_owned(), |value| signed(value / map.scale));
        let outline = if state.outlined {
            (INK, 1.3)
        } else {
            (PAPER, 0.7)
        };
        drawing.land(&rings, &colour, outline, &state.hint);
    }
    name_states(&mut drawing, &view, &known);
    let bottom = view.top + view.height;
    scale(&mut drawing, bottom + 8.0, map.scale);
    let description = format!("{title}. {}. {}", map.legend, in_words(&known));
    Some(drawing.figure(bottom + 32.0, title, map.legend, description, &map.caption))
}

/// The colours with their numbers.
pub(super) fn scale(drawing: &mut Drawing, top: f64, scale: f64) {
    let left = WIDTH / 2.0 - 110.0;
    for step in -5_i32..=5 {
        let share = f64::from(step) / 5.0;
        let x = left + 20.0 * f64::from(step + 5);
        drawing.square((x, top), (20.0, 10.0), &signed(share));
    }
    let texts = [
        (-1.0, Anchor::End, left - 6.0),
        (1.0, Anchor::Start, left + 226.0),
    ];
    for (sign, anchor, x) in texts {
        let text = format!("{:+.2}", sign * scale).replace('-', "−");
        drawing.words((x, top + 9.0), small(FAINT, anchor), &text);
    }
    drawing.words(
        (left + 110.0, top + 22.0),
        small(FAINT, Anchor::Middle),
        "0",
    );
}

/// Writes short names where they do not cover one another, on the largest states first.
fn name_states(drawing: &mut Drawing, view: &View, known: &[&State]) {
    let mut places: Vec<(f64, (f64, f64), &str)> = known
        .iter()
        .filter_map(|state| {
            let ring = view.placed(outlines::all()[&state.code].first()?)?;
            Some((area(&ring).abs(), centre(&ring), state.name.as_str()))
        })
        .collect();
    places.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.2.cmp(other.2)));
    let mut taken: Vec<[f64; 4]> = Vec::new();
    for (_, (x, y), name) in places {
        let half = LETTER.0 * name.chars().count() as f64 / 2.0;
        let tries = [
            (0.0, 0.0),
            (0.0, 11.0),
            (0.0, -11.0),
            (half + 6.0, 4.0),
            (-half - 6.0, 4.0),
        ];
        let boxes = tries.map(|(dx, dy)| {
            [
                x + dx - half,
                y + dy - 6.0,
                x + dx + half,
                y + dy - 6.0 + LETTER.1,
            ]
        });
        let fits = |of: &[f64; 4]| {
            let inside =
                of[0] > 0.0 && of[2] < WIDTH && of[1] > view.top && of[3] < view.top + view.height;
            inside
                && taken.iter().all(|other| {
                    of[2] < other[0] || other[2] < of[0] || of[3] < other[1] || other[3] < of[1]
                })
        };
        let Some(free) = boxes.into_iter().find(fits) else {
            continue;
        };
        taken.push(free);
        let place = (f64::midpoint(free[0], free[2]), free[3] - 2.0);
        let style = super::drawing::Type {
            size: 10.0,
            colour: INK,
            anchor: Anchor::Middle,
        };
        drawing.words_apart(place, style, name);
    }
}

fn in_words(known: &[&State]) -> String {
    let sentences: Vec<String> = known
        .iter()
        .map(|state| format!("{}.", state.hint))
        .collect();
    sentences.join(" ")
}

/// How degrees become pixels.
struct View {
    projection: Projection,
    middle: f64,
    /// Projected left and top, and pixels per unit.
    left: f64,
    north: f64,
    unit: f64,
    top: f64,
    height: f64,
}

impl View {
    /// The view that holds the largest land of each state.
    fn of(codes: &[u16], top: f64) -> Self {
        let lands: Vec<&Ring> = codes
            .iter()
            .filter_map(|code| outlines::all()[code].first())
            .collect();
        let middle = middle(&lands);
        let turned: Vec<Ring> = lands.iter().map(|ring| turned(ring, middle)).collect();
        let points = || turned.iter().flatten().filter(|at| at.1 < NORTH_MAX);
        let [west, east] = ends(points().map(|at| at.0));
        let [south, north] = ends(points().map(|at| at.1));
        let middle = f64::midpoint(west, east);
        let projection = Projection::of(east - west, south, north);
        let placed = || points().map(|at| projection.place(at.0 - middle, at.1));
        let [left, right] = ends(placed().map(|at| at.0));
        let [low, high] = ends(placed().map(|at| at.1));
        let width = (right - left).max(1e-6);
        let margin = 0.03 * width;
        let mut unit = (WIDTH - 2.0 * SIDE) / (width + 2.0 * margin);
        let wanted = unit * (high - low + 2.0 * margin);
        let height = wanted.clamp(HEIGHTS[0], HEIGHTS[1]);
        unit *= (height / wanted).min(1.0);
        let across = (WIDTH - 2.0 * SIDE) / unit;
        Self {
            left: f64::midpoint(left, right) - across / 2.0,
            north: f64::midpoint(low, high) + height / unit / 2.0,
            projection,
            middle,
            unit,
            top,
            height,
        }
    }

    /// A ring in pixels, cut at the frame; nothing if it lies outside.
    fn placed(&self, ring: &Ring) -> Option<Ring> {
        let turned = turned(ring, self.middle);
        // Land around a pole does not close and has no place on these projections.
        let open = turned.last()?.0 - turned.first()?.0;
        if open.abs() > 180.0 {
            return None;
        }
        let points = turned.into_iter().map(|(x, y)| {
            let (x, y) = self.projection.place(x - self.middle, y);
            (
                SIDE + (x - self.left) * self.unit,
                self.top + (self.north - y) * self.unit,
            )
        });
        let frame = [SIDE, self.top, WIDTH - SIDE, self.top + self.height];
        let cut = cut(points.collect(), frame);
        let mut thin: Ring = Vec::with_capacity(cut.len());
        for at in cut {
            let near = thin.last().is_some_and(|before: &(f64, f64)| {
                (before.0 - at.0).abs() + (before.1 - at.1).abs() < NEAR
            });
            if !near {
                thin.push(at);
            }
        }
        (thin.len() >= 3).then_some(thin)
    }
}

/// The meridian opposite to the widest gap between the states.
fn middle(lands: &[&Ring]) -> f64 {
    let mut centres: Vec<f64> = lands
        .iter()
        .map(|ring| {
            let [west, east] = ends(turned(ring, 0.0).iter().map(|at| at.0));
            f64::midpoint(west, east)
        })
        .collect();
    centres.sort_by(f64::total_cmp);
    let n = centres.len();
    let gap = |idx: usize| {
        let next = if idx + 1 < n {
            centres[idx + 1]
        } else {
            centres[0] + 360.0
        };
        next - centres[idx]
    };
    let widest = (0..n)
        .max_by(|one, other| gap(*one).total_cmp(&gap(*other)))
        .unwrap_or(0);
    let of = centres[widest] + gap(widest) / 2.0 + 180.0;
    of - 360.0 * libm::floor((of + 180.0) / 360.0)
}

/// A ring without leaps at the date line, shifted by whole turns such that its centre is near a meridian.
fn turned(ring: &Ring, middle: f64) -> Ring {
    let mut before: Option<f64> = None;
    let mut whole: Ring = Vec::with_capacity(ring.len());
    for &(x, y) in ring {
        let x = before.map_or(x, |before| {
            x - 360.0 * libm::floor((x - before + 180.0) / 360.0)
        });
        before = Some(x);
        whole.push((x, y));
    }
    let [west, east] = ends(whole.iter().map(|at| at.0));
    let off = f64::midpoint(west, east) - middle;
    let turn = -360.0 * libm::floor((off + 180.0) / 360.0);
    whole.iter().map(|at| (at.0 + turn, at.1)).collect()
}

fn ends(values: impl Iterator<Item = f64>) -> [f64; 2] {
    values.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], value| {
        [low.min(value), high.max(value)]
    })
}

/// An equal-area projection.
enum Projection {
    /// Albers' conic: constant of the cone, and of the radius.
    Cone { n: f64, c: f64 },
    /// Equal Earth.
    Globe,
}

impl Projection {
    fn of(span: f64, south: f64, north: f64) -> Self {
        let sixth = (north - south) / 6.0;
        let [one, other] = [south + sixth, north - sixth].map(f64::to_radians);
        let n = 0.5 * (libm::sin(one) + libm::sin(other));
        if span > CONE_MAX || n.abs() < 0.1 {
            return Self::Globe;
        }
        let c = libm::cos(one) * libm::cos(one) + 2.0 * n * libm::sin(one);
        Self::Cone { n, c }
    }

    /// Degrees from the middle and from the equator as units to the right and upwards.
    fn place(&self, x: f64, y: f64) -> (f64, f64) {
        let (x, y) = (x.to_radians(), y.to_radians());
        match self {
            Self::Cone { n, c } => {
                let radius = libm::sqrt((c - 2.0 * n * libm::sin(y)).max(0.0)) / n;
                (radius * libm::sin(n * x), -radius * libm::cos(n * x))
            }
            Self::Globe => {
                const A: [f64; 4] = [1.340_264, -0.081_106, 0.000_893, 0.003_796];
                let half = libm::sqrt(3.0) / 2.0;
                let t = libm::asin(half * libm::sin(y));
                let t2 = t * t;
                let t6 = t2 * t2 * t2;
                let slope = A[0] + 3.0 * A[1] * t2 + t6 * (7.0 * A[2] + 9.0 * A[3] * t2);
                let right = x * libm::cos(t) / (half * slope);
                (right, t * (A[0] + A[1] * t2 + t6 * (A[2] + A[3] * t2)))
            }
        }
    }
}

/// Cuts a ring at a frame `[left, top, right, bottom]` (Sutherland and Hodgman 1974).
fn cut(mut ring: Ring, frame: [f64; 4]) -> Ring {
    for (side, edge) in frame.into_iter().enumerate() {
        // How far inside a point is.
        let inside = |at: (f64, f64)| match side {
            0 => at.0 - edge,
            1 => at.1 - edge,
            2 => edge - at.0,
            _ => edge - at.1,
        };
        let mut kept = Vec::with_capacity(ring.len());
        for (idx, &to) in ring.iter().enumerate() {
            let from = ring[(idx + ring.len() - 1) % ring.len()];
            let (before, after) = (inside(from), inside(to));
            if (before < 0.0) != (after < 0.0) {
                let share = before / (before - after);
                kept.push((
                    from.0 + share * (to.0 - from.0),
                    from.1 + share * (to.1 - from.1),
                ));
            }
            if after >= 0.0 {
                kept.push(to);
            }
        }
        ring = kept;
    }
    ring
}

/// Signed area.
fn area(ring: &Ring) -> f64 {
    let next = |idx: usize| ring[(idx + 1) % ring.len()];
    let twice: f64 = ring
        .iter()
        .enumerate()
        .map(|(idx, at)| at.0 * next(idx).1 - next(idx).0 * at.1)
        .sum();
    twice / 2.0
}

/// Centre of the area.
fn centre(ring: &Ring) -> (f64, f64) {
    let whole = 6.0 * area(ring);
    if whole.abs() < 1e-9 {
        return ring[0];
    }
    let mut sum = (0.0, 0.0);
    for (idx, at) in ring.iter().enumerate() {
        let next = ring[(idx + 1) % ring.len()];
        let part = at.0 * next.1 - next.0 * at.1;
        sum.0 += (at.0 + next.0) * part;
        sum.1 += (at.1 + next.1) * part;
    }
    (sum.0 / whole, sum.1 / whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(code: u16, value: f64) -> State {
        State {
            code,
            name: format!("S{code}"),
            value: Some(value),
            outlined: value > 0.0,
            central: true,
            hint: format!("{code}: {value:.2}"),
        }
    }

    fn map(states: &[State]) -> Map<'_> {
        Map {
            title: "They differ",
            states,
            scale: 0.5,
            legend: "colour: affinity",
            caption: Caption {
                source: "seed 1",
                policy: None,
            },
        }
    }

    #[test]
    fn a_world_without_outlines_has_no_map() {
        assert!(draw(&map(&[state(999, 0.1), state(0, 0.1)])).is_none());
        assert!(draw(&map(&[])).is_none());
    }

    #[test]
    fn states_are_drawn_in_their_colours_and_named() {
        // Three neighbours, one on both sides of the date line.
        let states = [state(643, 0.5), state(156, -0.5), state(398, 0.0)];
        let figure = draw(&map(&states)).expect("they have outlines");
        for part in [
            "fd10 sink",
            "fd0 spaper",
            "S643",
            "S156",
            "S398",
            "643: 0.50",
        ] {
            assert!(figure.svg.contains(part), "no {part}");
        }
        // Nothing leaves the frame, and no line runs across it from end to end.
        for path in figure.svg.split("d=\"").skip(1) {
            let path = path.split('"').next().unwrap_or_default();
            let numbers: Vec<f64> = path
                .split(['M', 'L', 'Z', ' '])
                .filter_map(|word| word.parse().ok())
                .collect();
            assert!(numbers.iter().all(|x| (-0.1..=720.1).contains(x)));
        }
        assert!(figure.svg.len() < 120_000, "{}", figure.svg.len());
    }

    #[test]
    fn areas_keep_their_proportions() {
        for projection in [Projection::of(100.0, 20.0, 60.0), Projection::Globe] {
            let cell = |y: f64| {
                let at = |dx: f64, dy: f64| projection.place(10.0 + dx, y + dy);
                let ring = vec![at(0.0, 0.0), at(0.1, 0.0), at(0.1, 0.1), at(0.0, 0.1)];
                area(&ring).abs() / libm::cos((y + 0.05).to_radians())
            };
            assert!((cell(20.0) / cell(60.0) - 1.0).abs() < 1e-3);
        }
    }

    #[test]
    fn rings_are_cut_at_the_frame() {
        let ring = vec![(-10.0, -10.0), (30.0, -10.0), (30.0, 30.0), (-10.0, 30.0)];
        let cut = cut(ring, [0.0, 0.0, 20.0, 10.0]);
        assert!((area(&cut).abs() - 200.0).abs() < 1e-9);
    }
}
