//! Makes the structs that hold the same fields once as lanes (in the world) and once as numbers (in a
//! kernel), and the parameter sets of mechanisms.
//!
//! A kernel takes `View<f32>`; a system holds `View<Lanes>` and calls the kernel with `view.at(lane)`.
//! After inlining only the fields that the kernel reads are loaded.

/// A struct of lanes, seen as numbers in one lane.
pub(crate) trait Laned {
    /// The same struct of numbers.
    type One;
    /// The values of one lane.
    #[must_use]
    fn at(&self, lane: usize) -> Self::One;
}

/// Declares `struct Name<T> { field: T, ... }` with `Name<Lanes>::at(lane) -> Name<f32>`.
macro_rules! laned {
    ($(#[$meta:meta])* $vis:vis struct $name:ident { $($(#[$field_meta:meta])* $field:ident),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default)]
        $vis struct $name<T> { $($(#[$field_meta])* pub $field: T,)* }

        impl $crate::laned::Laned for $name<$crate::lanes::Lanes> {
            type One = $name<f32>;
            #[inline(always)]
            fn at(&self, lane: usize) -> $name<f32> {
                $name { $($field: self.$field.0[lane],)* }
            }
        }
    };
}

/// Declares a parameter set: one line a parameter, `field = (path, title, unit, low, mode, high, min, max, source)`.
macro_rules! params {
    ($(#[$meta:meta])* $vis:vis struct $name:ident {
        $($field:ident = ($path:literal, $title:literal, $unit:literal, $low:literal, $mode:literal, $high:literal, $min:literal, $max:literal, $source:literal);)*
    }) => {
        $crate::laned::laned! {
            $(#[$meta])*
            $vis struct $name { $(#[doc = $title] $field),* }
        }

        impl $name<()> {
            /// The declarations, in order.
            pub const SPECS: &'static [foedera_scenario::ParamSpec] = &[$(foedera_scenario::ParamSpec {
                path: $path, title: $title, unit: $unit,
                default: $mode, low: $low, high: $high, min: $min, max: $max, source: $source,
            },)*];
        }

        impl<T> $name<T> {
            /// Reads every parameter by its path below `params.`.
            pub fn load(read: &mut impl FnMut(&str) -> T) -> Self {
                Self { $($field: read($path),)* }
            }
        }
    };
}

pub(crate) use {laned, params};
