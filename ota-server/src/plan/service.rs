//! Commands for the second storage: load file, service, data objects (GPCS ch. 11).

use card_proto::aid::Aid;
use card_proto::apdu::CommandApdu;
use card_proto::gp::install::{InstallForInstall, InstallForLoad, InstallForPersonalization, InstallPurpose};
use card_proto::gp::load::data_block;
use card_proto::gp::store_data::{Dgi, groupings};
use card_proto::uicc::pin::TAG_PIN_OBJECT;

use super::{Capacity, PlanError, PlannedCommand, Space};
use crate::item::{Access, Octets, Service};

const CLA_GP: u8 = 0x80;
const INS_LOAD: u8 = 0xE8;
const INS_STORE_DATA: u8 = 0xE2;
/// P1 of the last block (GPCS §11.6.2.1, §11.11.2.1).
const P1_LAST: u8 = 0x80;
/// CLA, INS, P1, P2, Lc.
const HEADER: usize = 5;
/// The most one Lc octet counts.
const LONGEST_BLOCK: usize = 255;
/// A shorter block at the end of a script is not worth its header and its answer.
const SHORTEST_BLOCK: usize = 16;

/// The commands that bring a service to the second storage.
pub(super) fn commands(
    service: &Service,
    capacity: Capacity,
    load_file_mac: impl FnOnce(&[u8]) -> Vec<u8>,
) -> Result<Vec<PlannedCommand>, PlanError> {
    let load_file = aid("load file AID", &service.load_file_aid)?;
    let instance = aid("instance AID", &service.instance_aid)?;
    let block = data_block(&service.load_file.0);
    let size = u16::try_from(service.load_file.0.len())
        .map_err(|_| wrong("INSTALL [for load]", "the load file has more than 65535 octets"))?;
    let mut list = CommandList::new(capacity);
    let hash = load_file_mac(&service.load_file.0);
    let command = InstallForLoad {
        load_file,
        security_domain: None,
        hash,
        size: Some(size),
    }
    .to_command();
    let start = list.add("INSTALL [for load]", format!("load file {load_file}"), command)?;
    list.add_blocks(INS_LOAD, "LOAD", &block, start)?;
    let command = InstallForInstall {
        purpose: InstallPurpose::InstallAndMakeSelectable,
        load_file,
        module: aid("module AID", &service.module_aid)?,
        instance,
        privileges: vec![service.privileges],
        application_parameters: Vec::new(),
    }
    .to_command();
    list.add(
        "INSTALL [for install and make selectable]",
        format!("service {instance}"),
        command,
    )?;
    let personal_data = object_groupings(service)?;
    if !personal_data.is_empty() {
        let command = InstallForPersonalization {
            application: instance,
        }
        .to_command();
        let start = list.add(
            "INSTALL [for personalization]",
            format!("service {instance}"),
            command,
        )?;
        list.add_blocks(INS_STORE_DATA, "STORE DATA", &personal_data, start)?;
    }
    Ok(list.commands)
}

/// The PIN and the objects as data groupings: the first octet of each value is the access rule.
fn object_groupings(service: &Service) -> Result<Vec<u8>, PlanError> {
    let grouping = |tag, access: Access, content: &[u8]| Dgi {
        identifier: tag,
        value: [&[access.rule()], content].concat(),
    };
    let pin = service
        .pin
        .iter()
        .map(|pin| grouping(TAG_PIN_OBJECT, Access::Never, &pin.0.to_bytes()));
    let objects = service
        .objects
        .iter()
        .map(|object| grouping(object.tag, object.access, &object.value.0));
    groupings(&pin.chain(objects).collect::<Vec<_>>()).map_err(|error| wrong("STORE DATA", error))
}

fn aid(what: &'static str, octets: &Octets) -> Result<Aid, PlanError> {
    Aid::new(&octets.0).map_err(|error| wrong(what, error))
}

fn wrong(what: &'static str, problem: impl ToString) -> PlanError {
    PlanError::Command {
        what,
        problem: problem.to_string(),
    }
}

/// Commands so far, and the room left in the script the last of them is in.
struct CommandList {
    commands: Vec<PlannedCommand>,
    space: Space,
}

impl CommandList {
    fn new(capacity: Capacity) -> Self {
        Self {
            commands: Vec::new(),
            space: Space::new(capacity),
        }
    }

    /// Adds a command that stands alone; comes back with its index.
    fn add<E: ToString>(
        &mut self,
        name: &'static str,
        object: String,
        command: Result<CommandApdu, E>,
    ) -> Result<usize, PlanError> {
        let apdu = command
            .map_err(|error| wrong(name, error.to_string()))?
            .to_bytes();
        let index = self.commands.len();
        self.push(apdu, index, format!("{name}: {object}"));
        Ok(index)
    }

    /// Adds numbered blocks of `data`, each as long as the script under way has room for.
    fn add_blocks(
        &mut self,
        ins: u8,
        name: &'static str,
        data: &[u8],
        resume_from: usize,
    ) -> Result<(), PlanError> {
        let mut rest = data;
        for number in 0..=u8::MAX {
            let (block, after) = rest.split_at(self.block_length(rest.len()));
            let p1 = if after.is_empty() { P1_LAST } else { 0 };
            let apdu = CommandApdu::new(CLA_GP, ins, p1, number)
                .with_data(block)
                .map_err(|error| wrong(name, error))?
                .to_bytes();
            let sent = data.len() - after.len();
            self.push(
                apdu,
                resume_from,
                format!("{name} block {number}: {sent} of {} octets", data.len()),
            );
            if after.is_empty() {
                return Ok(());
            }
            rest = after;
        }
        Err(PlanError::TooManyBlocks {
            what: name,
            octets: data.len(),
        })
    }

    /// The length of the next block where `left` octets are left: what fits this script, or else a new one.
    fn block_length(&self, left: usize) -> usize {
        let wanted = left.min(LONGEST_BLOCK);
        let here = self.space.longest().saturating_sub(HEADER);
        if here >= wanted.min(SHORTEST_BLOCK) {
            return wanted.min(here);
        }
        let fresh = Space::new(self.space.capacity).longest().saturating_sub(HEADER);
        // At least one octet, so that a hopelessly small card ends in `PlanError::TooSmall`, not in a loop.
        wanted.min(fresh.max(1))
    }

    fn push(&mut self, apdu: Vec<u8>, resume_from: usize, words: String) {
        self.space.take_or_renew(apdu.len());
        self.commands.push(PlannedCommand {
            apdu: Octets(apdu),
            resume_from,
            words,
        });
    }
}
