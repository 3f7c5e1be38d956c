//! INSTALL (GPCS §11.5).

use crate::aid::Aid;
use crate::apdu::CommandApdu;
use crate::gp::{CLA_GP, GpError, write_lv};
use crate::tlv::ber;

const INS_INSTALL: u8 = 0xE6;
/// P1 (GPCS table 11-41).
const P1_FOR_LOAD: u8 = 0x02;
const P1_FOR_INSTALL: u8 = 0x04;
const P1_FOR_MAKE_SELECTABLE: u8 = 0x08;
const P1_FOR_PERSONALIZATION: u8 = 0x20;
const P1_FOR_REGISTRY_UPDATE: u8 = 0x40;
/// System parameters template and the non-volatile memory the load file needs (GPCS table 11-49).
const TAG_SYSTEM_PARAMETERS: u32 = 0xEF;
const TAG_CODE_SIZE: u32 = 0xC6;
/// Application specific parameters (GPCS table 11-49).
const TAG_APPLICATION_PARAMETERS: u32 = 0xC9;

fn install(p1: u8, data: &[u8]) -> Result<CommandApdu, GpError> {
    // A command of a script or over T=0 has one Lc octet.
    let too_long = GpError::FieldLength {
        field: "INSTALL data field",
        length: data.len(),
        limit: 255,
    };
    if data.len() > 255 {
        return Err(too_long);
    }
    CommandApdu::new(CLA_GP, INS_INSTALL, p1, 0)
        .with_data(data)
        .map_err(|_| too_long)
}

/// INSTALL [for load] (GPCS §11.5.2.3.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstallForLoad {
    /// AID of the Executable Load File to come.
    pub load_file: Aid,
    /// AID of the Security Domain; `None` leaves it to the receiver.
    pub security_domain: Option<Aid>,
    /// Load File Data Block Hash, or what the receiver wants in its place; may be empty.
    pub hash: Vec<u8>,
    /// Size of the load file in octets (load parameters `EF 04 C6 02 xx xx`); `None` sends no parameters.
    pub size: Option<u16>,
}

impl InstallForLoad {
    /// The command `80 E6 02 00`.
    ///
    /// # Errors
    /// [`GpError::FieldLength`] when the data field exceeds 255 octets.
    pub fn to_command(&self) -> Result<CommandApdu, GpError> {
        let mut data = Vec::new();
        write_lv(&mut data, "load file AID", self.load_file.as_bytes())?;
        let security_domain = self.security_domain.as_ref().map_or(&[][..], Aid::as_bytes);
        write_lv(&mut data, "security domain AID", security_domain)?;
        write_lv(&mut data, "load file data block hash", &self.hash)?;
        let mut parameters = Vec::new();
        if let Some(size) = self.size {
            let mut system = Vec::new();
            ber::write(&mut system, TAG_CODE_SIZE, &size.to_be_bytes());
            ber::write(&mut parameters, TAG_SYSTEM_PARAMETERS, &system);
        }
        write_lv(&mut data, "load parameters", &parameters)?;
        write_lv(&mut data, "load token", &[])?;
        install(P1_FOR_LOAD, &data)
    }
}

/// What INSTALL does with the instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InstallPurpose {
    /// [for install]: the instance is created.
    Install,
    /// [for install and make selectable].
    InstallAndMakeSelectable,
    /// [for make selectable]: an instance that is already there.
    MakeSelectable,
}

/// INSTALL [for install], [for make selectable] or both (GPCS §11.5.2.3.2, §11.5.2.3.3).
#[derive(Clone, PartialEq, Eq)]
pub struct InstallForInstall {
    /// What is to be done.
    pub purpose: InstallPurpose,
    /// AID of the Executable Load File.
    pub load_file: Aid,
    /// AID of the Executable Module in it.
    pub module: Aid,
    /// AID of the instance.
    pub instance: Aid,
    /// Privileges, one or three octets (GPCS §11.1.2).
    pub privileges: Vec<u8>,
    /// Application specific parameters, the value of `C9`.
    pub application_parameters: Vec<u8>,
}

/// Shows no parameters: they may hold keys.
impl std::fmt::Debug for InstallForInstall {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let octets = self.application_parameters.len();
        write!(
            f,
            "InstallForInstall({:?}, {}, C9 of {octets} octets)",
            self.purpose, self.instance
        )
    }
}

impl InstallForInstall {
    /// The command `80 E6 04|08|0C 00`.
    ///
    /// # Errors
    /// [`GpError::FieldLength`] when the data field exceeds 255 octets.
    pub fn to_command(&self) -> Result<CommandApdu, GpError> {
        let p1 = match self.purpose {
            InstallPurpose::Install => P1_FOR_INSTALL,
            InstallPurpose::InstallAndMakeSelectable => P1_FOR_INSTALL | P1_FOR_MAKE_SELECTABLE,
            InstallPurpose::MakeSelectable => P1_FOR_MAKE_SELECTABLE,
        };
        let mut data = Vec::new();
        write_lv(&mut data, "load file AID", self.load_file.as_bytes())?;
        write_lv(&mut data, "module AID", self.module.as_bytes())?;
        write_lv(&mut data, "instance AID", self.instance.as_bytes())?;
        write_lv(&mut data, "privileges", &self.privileges)?;
        let mut parameters = Vec::new();
        ber::write(
            &mut parameters,
            TAG_APPLICATION_PARAMETERS,
            &self.application_parameters,
        );
        write_lv(&mut data, "install parameters", &parameters)?;
        write_lv(&mut data, "install token", &[])?;
        install(p1, &data)
    }
}

/// INSTALL [for personalization] (GPCS §11.5.2.3.6): STORE DATA that follows goes to this application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstallForPersonalization {
    /// AID of the application.
    pub application: Aid,
}

impl InstallForPersonalization {
    /// The command `80 E6 20 00`.
    ///
    /// # Errors
    /// None that an AID could bring about; the signature is that of its siblings.
    pub fn to_command(&self) -> Result<CommandApdu, GpError> {
        let mut data = vec![0, 0];
        write_lv(&mut data, "application AID", self.application.as_bytes())?;
        data.extend([0, 0, 0]);
        install(P1_FOR_PERSONALIZATION, &data)
    }
}

/// INSTALL [for registry update] (GPCS §11.5.2.3.5): the application changes over to another load file, and keeps its
/// life cycle state and its data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstallForRegistryUpdate {
    /// AID of the Executable Load File it belongs to from now on.
    pub load_file: Aid,
    /// AID of the Executable Module in it.
    pub module: Aid,
    /// AID of the application.
    pub application: Aid,
    /// Its privileges from now on (GPCS §11.1.2); the two stages take one octet.
    pub privileges: Vec<u8>,
}

impl InstallForRegistryUpdate {
    /// The command `80 E6 40 00`.
    ///
    /// # Errors
    /// [`GpError::FieldLength`] when the data field exceeds 255 octets.
    pub fn to_command(&self) -> Result<CommandApdu, GpError> {
        let mut data = Vec::new();
        write_lv(&mut data, "load file AID", self.load_file.as_bytes())?;
        write_lv(&mut data, "module AID", self.module.as_bytes())?;
        write_lv(&mut data, "application AID", self.application.as_bytes())?;
        write_lv(&mut data, "privileges", &self.privileges)?;
        write_lv(&mut data, "registry update parameters", &[])?;
        write_lv(&mut data, "registry update token", &[])?;
        install(P1_FOR_REGISTRY_UPDATE, &data)
    }
}
