//! What is going on, on stderr: a spinner on a terminal, plain lines when piped. Results go to stdout, not here.

use std::{io::IsTerminal, time::Duration};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Tells the person what is going on.
#[derive(Debug)]
pub struct Progress {
    spinner: Option<ProgressBar>,
}

impl Progress {
    /// A spinner if stderr is a terminal, plain lines otherwise.
    pub fn on_stderr() -> Self {
        Self {
            spinner: std::io::stderr().is_terminal().then(spinner),
        }
    }

    /// Something that may take a while begins or goes on.
    pub fn doing(&self, what: &str) {
        match &self.spinner {
            Some(spinner) => spinner.set_message(what.to_owned()),
            None => eprintln!("  … {what}"),
        }
    }

    /// How far it is: for the spinner only, too much for lines.
    pub fn detail(&self, what: &str) {
        if let Some(spinner) = &self.spinner {
            spinner.set_message(what.to_owned());
        }
    }

    /// It is done.
    pub fn done(&self, what: &str) {
        self.line(&format!("✓ {what}"));
    }

    /// A line that stays.
    pub fn line(&self, text: &str) {
        match &self.spinner {
            Some(spinner) => spinner.suspend(|| eprintln!("{text}")),
            None => eprintln!("{text}"),
        }
    }

    /// Nothing more is going on.
    pub fn finish(&self) {
        if let Some(spinner) = &self.spinner {
            spinner.finish_and_clear();
        }
    }
}

fn spinner() -> ProgressBar {
    let spinner = ProgressBar::new_spinner();
    spinner.set_draw_target(ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_msg} {elapsed:>4}") {
        spinner.set_style(style);
    }
    spinner.enable_steady_tick(Duration::from_millis(100));
    spinner
}
