//! What follows from a finding: the rules of a delivery, as a pure function.

use card_proto::status_word::StatusWord;

use crate::config::Config;
use crate::plan::Plan;
use crate::por::Finding;

/// Where a delivery stands when an answer is judged.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing<'a> {
    pub(super) plan: &'a Plan,
    /// Index of the packet's first command in the plan.
    pub(super) first: usize,
    /// How many commands it carries.
    pub(super) count: usize,
    /// How often these commands have been sent.
    pub(super) attempts: u32,
    /// How often the delivery has gone back or begun again.
    pub(super) restarts: u32,
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// All commands before this index are done: go on there.
    Advance(usize),
    /// Go on at this index, which is not after the packet's end: the card stopped half way or forgot its place.
    Resume { at: usize, why: String },
    /// Send the same packet bytes again.
    Repeat(String),
    /// Wrap the same inner packet under a new outer counter, above the card's if it is known.
    WrapAgain { above: Option<u64>, why: String },
    /// Send the same commands under a new counter above the card's.
    Renew { above: u64, why: String },
    /// Give up.
    Fail(String),
}

/// Decides from what is proven, never from hints.
pub(super) fn decide(finding: &Finding, standing: Standing<'_>, config: &Config) -> Decision {
    let tries_left = standing.attempts < config.packet_attempts;
    let restarts_left = standing.restarts < config.restarts;
    let times = standing.attempts;
    match finding {
        Finding::Ran { executed, last, repeated } => ran(*executed, *last, *repeated, standing, restarts_left),
        Finding::BadScript(words) => Decision::Fail(words.clone()),
        Finding::Nothing if tries_left => {
            Decision::Repeat("no proof of receipt; the same packet bytes are sent again".to_owned())
        }
        Finding::Nothing => Decision::Fail(format!(
            "sent {times} times without a proof of receipt: refused by the card, which says not why (key, counter \
             group or security level), or its answers were lost"
        )),
        Finding::OuterRepeated { card_counter } if tries_left => Decision::WrapAgain {
            above: *card_counter,
            why: "the same inner packet is wrapped again under a new outer counter".to_owned(),
        },
        Finding::InnerRefused if tries_left => Decision::WrapAgain {
            above: None,
            why: "the second stage gave no answer; the same inner packet is wrapped again".to_owned(),
        },
        Finding::OuterRepeated { .. } | Finding::InnerRefused => Decision::Fail(format!(
            "sent {times} times; the first stage takes the packets, the second stage refuses what is inside and says \
             not why (type-2 key, TAR or security level)"
        )),
        Finding::CounterBehind { card_counter: Some(above) } if restarts_left => Decision::Renew {
            above: *above,
            why: format!("the counter is raised above the card's ({above:010X}) and the commands are sent again"),
        },
        Finding::CounterBehind { .. } => Decision::Fail(
            "the card's counter is ahead of the server's and it does not say by how much; set the counter to the last \
             value used with this card"
                .to_owned(),
        ),
        Finding::Refused(status) => {
            Decision::Fail(format!("the card refused the packet with status {status}: {}", status.explain().likely_cause))
        }
    }
}

fn ran(
    executed: usize,
    last: Option<StatusWord>,
    repeated: bool,
    standing: Standing<'_>,
    restarts_left: bool,
) -> Decision {
    let Standing {
        plan, first, count, ..
    } = standing;
    // Response scripts and records count the command that failed, too (TS 102 226 §5.2.2).
    match last {
        Some(sw) if !sw.lets_script_continue() => failed_at(executed, sw, standing, restarts_left),
        _ if executed > count => Decision::Fail(format!(
            "the card reports {executed} commands executed; only {count} were sent"
        )),
        _ if executed == count => Decision::Advance(first + count),
        _ if repeated && restarts_left => Decision::Resume {
            at: first + executed,
            why: format!(
                "the card was interrupted after {executed} of {count} commands; the rest is sent again"
            ),
        },
        _ => Decision::Fail(format!(
            "the card stopped after {executed} of {count} commands ({} of {} in all) and does not say why",
            first + executed,
            plan.commands.len()
        )),
    }
}

/// A command failed: the last of `executed`.
fn failed_at(executed: usize, sw: StatusWord, standing: Standing<'_>, restarts_left: bool) -> Decision {
    let index = (standing.first + executed).saturating_sub(1);
    let explanation = sw.explain();
    let Some(command) = standing
        .plan
        .commands
        .get(index)
        .filter(|_| (1..=standing.count).contains(&executed))
    else {
        return Decision::Fail(format!(
            "the card reports SW {sw} at command {executed}, which was not sent"
        ));
    };
    // GPCS §11.6.3, §11.11.3: without a load under way or a personalization target, LOAD and STORE DATA answer 6985.
    if sw == StatusWord(0x6985) && command.resume_from < index && restarts_left {
        return Decision::Resume {
            at: command.resume_from,
            why: format!(
                "the card lost its place at \"{}\"; the chain starts again",
                command.words
            ),
        };
    }
    Decision::Fail(format!(
        "command {} of {} failed ({}): SW {:04X} ({}; {}): {}",
        index + 1,
        standing.plan.commands.len(),
        command.words,
        sw.0,
        explanation.name,
        explanation.section,
        explanation.likely_cause
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::Octets;
    use crate::plan::{PlannedCommand, Route};

    fn plan() -> Plan {
        let command = |resume_from| PlannedCommand {
            apdu: Octets(vec![0; 5]),
            resume_from,
            words: "LOAD".to_owned(),
        };
        Plan {
            route: Route::Double,
            commands: [0, 0, 0, 3, 4].map(command).to_vec(),
        }
    }

    fn decided(finding: &Finding, attempts: u32, restarts: u32) -> Decision {
        let plan = plan();
        let config = Config {
            packet_attempts: 3,
            restarts: 2,
            ..Config::default()
        };
        decide(
            finding,
            Standing {
                plan: &plan,
                first: 1,
                count: 3,
                attempts,
                restarts,
            },
            &config,
        )
    }

    fn ran(executed: usize, sw: u16, repeated: bool) -> Finding {
        Finding::Ran {
            executed,
            last: Some(StatusWord(sw)),
            repeated,
        }
    }

    #[test]
    fn an_executed_script_leads_on() {
        assert_eq!(decided(&ran(3, 0x9000, false), 1, 0), Decision::Advance(4));
        assert_eq!(decided(&ran(3, 0x6310, false), 1, 0), Decision::Advance(4));
        assert_eq!(decided(&ran(3, 0x9000, true), 9, 9), Decision::Advance(4));
    }

    #[test]
    fn a_failing_command_is_named_and_explained() {
        let Decision::Fail(words) = decided(&ran(2, 0x6A84, false), 1, 0) else {
            panic!("not failed")
        };
        assert!(
            words.contains("command 3 of 5") && words.contains("6A84"),
            "{words}"
        );
        assert!(matches!(decided(&ran(4, 0x6A84, false), 1, 0), Decision::Fail(_)));
        assert!(matches!(decided(&ran(0, 0x6A84, false), 1, 0), Decision::Fail(_)));
    }

    #[test]
    fn a_lost_place_goes_back_to_the_start_of_its_chain_and_only_so_often() {
        assert!(matches!(
            decided(&ran(1, 0x6985, false), 1, 0),
            Decision::Resume { at: 0, .. }
        ));
        assert!(
            matches!(decided(&ran(3, 0x6985, false), 1, 0), Decision::Fail(_)),
            "stands alone"
        );
        assert!(
            matches!(decided(&ran(1, 0x6985, false), 1, 2), Decision::Fail(_)),
            "no restarts left"
        );
    }

    #[test]
    fn an_interrupted_script_resumes_only_by_the_cards_record() {
        assert!(matches!(
            decided(&ran(2, 0x9000, true), 1, 0),
            Decision::Resume { at: 3, .. }
        ));
        let nothing_done = Finding::Ran {
            executed: 0,
            last: None,
            repeated: true,
        };
        assert!(matches!(
            decided(&nothing_done, 1, 0),
            Decision::Resume { at: 1, .. }
        ));
        assert!(matches!(decided(&ran(2, 0x9000, false), 1, 0), Decision::Fail(_)));
    }

    #[test]
    fn without_proof_the_same_bytes_go_again_and_only_so_often() {
        assert!(matches!(decided(&Finding::Nothing, 2, 0), Decision::Repeat(_)));
        assert!(matches!(decided(&Finding::Nothing, 3, 0), Decision::Fail(_)));
        assert!(matches!(
            decided(&Finding::InnerRefused, 1, 0),
            Decision::WrapAgain { above: None, .. }
        ));
        assert!(matches!(decided(&Finding::InnerRefused, 3, 0), Decision::Fail(_)));
    }

    #[test]
    fn a_counter_behind_is_raised_only_where_the_card_tells_its_own() {
        let behind = |card_counter| Finding::CounterBehind { card_counter };
        assert!(matches!(
            decided(&behind(Some(9)), 1, 0),
            Decision::Renew { above: 9, .. }
        ));
        assert!(matches!(decided(&behind(None), 1, 0), Decision::Fail(_)));
    }
}
