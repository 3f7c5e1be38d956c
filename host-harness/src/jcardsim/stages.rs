//! The two applets as they are installed on a simulated card.

use secure_channel::scp80::Counter;

use super::InstallSpec;
use crate::profile::CardProfile;

/// Java names of the applet classes.
const FIRST_STAGE: &str = "twofold.first.FirstStage";
const SECOND_STAGE: &str = "twofold.second.SecondStage";

/// What to install, second stage first. `counters` are the last used values of the first and second stage: a card that is
/// installed anew must not accept what was sent to it before.
pub fn install_specs(profile: &CardProfile, counters: [Counter; 2]) -> [InstallSpec; 2] {
    let [first, second] = counters;
    [
        InstallSpec {
            applet_class: SECOND_STAGE.to_owned(),
            instance_aid: profile.second_stage.aid,
            application_data: profile.second_stage_parameters(second).to_bytes(),
        },
        InstallSpec {
            applet_class: FIRST_STAGE.to_owned(),
            instance_aid: profile.first_stage.aid,
            application_data: profile.first_stage_parameters(first).to_bytes(),
        },
    ]
}
