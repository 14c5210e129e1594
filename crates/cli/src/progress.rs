//! How a run says where it is: a bar for people, one JSON object a line for machines, or nothing.

use std::{
    fmt,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use clap::ValueEnum;
use foedera_ensemble::Progress;
use foedera_results::{Estimate, digits};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use serde_json::json;

use crate::{
    face::{Face, complain},
    number,
};

/// Time between two lines of JSON.
const PAUSE: Duration = Duration::from_millis(200);

/// The form of progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// A bar on a terminal.
    Bar,
    /// One JSON object a line on stderr.
    Json,
    /// Nothing.
    None,
}

/// Where a run is.
pub(crate) struct Meter {
    form: Form,
    bar: Option<ProgressBar>,
    of: u64,
    /// Replicates that were done before.
    before: u64,
    label: String,
    started: Instant,
    spoken: Mutex<Option<Instant>>,
}

impl Meter {
    /// Starts measuring a run of so many replicates, led by the outcome of a label.
    pub(crate) fn start(face: &Face, form: Option<Form>, of: u64, label: &str) -> Self {
        let watched = Face::is_watched() && !face.quiet;
        let form = form.unwrap_or(if watched { Form::Bar } else { Form::None });
        let bar = (form == Form::Bar).then(|| bar(face, of));
        Self {
            form,
            bar,
            of,
            before: 0,
            label: label.to_owned(),
            started: Instant::now(),
            spoken: Mutex::new(None),
        }
    }

    /// Of a run that goes on: so many replicates were done before.
    pub(crate) fn after(mut self, before: u64) -> Self {
        if let Some(bar) = &self.bar {
            bar.set_position(before);
            bar.reset_eta();
        }
        self.before = before;
        self
    }

    /// Seconds since the start.
    pub(crate) fn seconds(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }

    /// Clears the bar.
    pub(crate) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn is_due(&self, done: u64) -> bool {
        let mut spoken = self.spoken.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let due =
            done >= self.of || spoken.is_none_or(|before| now.duration_since(before) >= PAUSE);
        if due {
            *spoken = Some(now);
        }
        due
    }

    fn object(&self, done: u64, headline: Option<Estimate>) -> serde_json::Value {
        let seconds = self.seconds();
        #[expect(
            clippy::cast_precision_loss,
            reason = "a speed and a time left, shown with few digits"
        )]
        let (rate, left) = {
            let rate = done.saturating_sub(self.before) as f64 / seconds.max(1e-9);
            (rate, self.of.saturating_sub(done) as f64 / rate.max(1e-9))
        };
        json!({
            "done": done,
            "of": self.of,
            "seconds": seconds,
            "per_second": rate,
            "seconds_left": left,
            "headline": self.label,
            "estimate": headline.map(|of| of.value),
            "low": headline.map(|of| of.low),
            "high": headline.map(|of| of.high),
        })
    }
}

impl Progress for Meter {
    fn replicates_done(&self, done: u64, headline: Option<Estimate>) {
        let done = self.before + done;
        if let Some(bar) = &self.bar {
            let words = |of: &Estimate| format!("{} {}", digits::estimate(of), self.label);
            bar.set_message(headline.as_ref().map(words).unwrap_or_default());
            bar.set_position(done);
        }
        if self.form == Form::Json && self.is_due(done) {
            complain(&self.object(done, headline).to_string());
        }
    }
}

fn bar(face: &Face, of: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(of), ProgressDrawTarget::stderr_with_hz(10));
    let colour = if face.note_paint.is_on() { ".cyan" } else { "" };
    let template =
        format!("{{bar:16{colour}}} {{replicates}} · {{speed}} · {{eta}} left · {{wide_msg}}");
    let style = ProgressStyle::with_template(&template).expect("the template is well formed");
    // Writing into the bar's own buffer does not fail.
    let replicates = |state: &ProgressState, words: &mut dyn fmt::Write| {
        let of = number::count(state.len().unwrap_or(0));
        let _ = write!(words, "{} of {of}", number::count(state.pos()));
    };
    let speed = |state: &ProgressState, words: &mut dyn fmt::Write| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a positive speed, shown whole"
        )]
        let per_second = state.per_sec() as u64;
        let _ = write!(words, "{}/s", number::count(per_second));
    };
    let style = style
        .with_key("replicates", replicates)
        .with_key("speed", speed);
    let style = style.progress_chars("█▉▊▋▌▍▎▏·");
    bar.set_style(style);
    bar
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paint::Paint;

    #[test]
    fn an_object_says_where_the_run_is() {
        let paint = Paint::for_stream(false);
        let face = Face {
            quiet: true,
            json: false,
            paint,
            note_paint: paint,
            width: 96,
        };
        let meter = Meter::start(&face, Some(Form::Json), 100, "cohesion");
        let headline = Estimate {
            value: 0.5,
            low: 0.49,
            high: 0.51,
            n: 50,
        };
        let object = meter.object(50, Some(headline));
        assert_eq!(object["done"], 50);
        assert_eq!(object["of"], 100);
        assert_eq!(object["estimate"], 0.5);
        assert!(meter.is_due(1), "the first word is due");
        assert!(!meter.is_due(2), "the next one is too soon");
        assert!(meter.is_due(100), "the last one always is");
    }

    #[test]
    fn the_bar_is_well_formed() {
        let paint = Paint::for_stream(false);
        let face = Face {
            quiet: false,
            json: false,
            paint,
            note_paint: paint,
            width: 96,
        };
        let meter = Meter::start(&face, Some(Form::Bar), 10, "");
        meter.replicates_done(5, None);
        meter.end();
        assert!(meter.seconds() >= 0.0);
    }
}
