//! ENVELOPE (SMS-PP DOWNLOAD): a short message on its way into the card (TS 31.111 §7.1.1).

use crate::apdu::{ApduError, CommandApdu};
use crate::cat::{device, tag};
use crate::reader::{ReadError, Reader};
use crate::sms::address::Address;
use crate::tlv::{ber, comprehension};

/// BER-TLV tag of SMS-PP download (TS 101 220 §7.2).
const TAG_SMS_PP_DOWNLOAD: u32 = 0xD1;
const CLA_UICC: u8 = 0x80;
const INS_ENVELOPE: u8 = 0xC2;

/// SMS-PP download: one SMS-DELIVER TPDU, with the address of the service center it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmsPpDownload {
    /// Address of the service center; optional.
    pub sc_address: Option<Address>,
    /// The SMS-DELIVER TPDU.
    pub tpdu: Vec<u8>,
}

impl SmsPpDownload {
    /// The BER-TLV `D1`, with device identities network → UICC and comprehension required where TS 31.111
    /// §7.1.1.2 shows it.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut value = Vec::new();
        comprehension::write(
            &mut value,
            tag::DEVICE_IDENTITIES,
            true,
            &[device::NETWORK, device::UICC],
        );
        if let Some(address) = &self.sc_address {
            comprehension::write(&mut value, tag::ADDRESS, false, &address.to_tlv_value());
        }
        comprehension::write(&mut value, tag::SMS_TPDU, true, &self.tpdu);
        let mut out = Vec::new();
        ber::write(&mut out, TAG_SMS_PP_DOWNLOAD, &value);
        out
    }

    /// The command `80 C2 00 00` that asks for an answer of any length.
    ///
    /// # Errors
    /// [`ApduError`] when the TPDU is longer than any command's data field.
    pub fn to_command(&self) -> Result<CommandApdu, ApduError> {
        Ok(CommandApdu::new(CLA_UICC, INS_ENVELOPE, 0, 0)
            .with_data(&self.to_bytes())?
            .with_le(256))
    }

    /// Reads the BER-TLV `D1`; tags with and without the comprehension bit are the same, unknown objects are
    /// skipped.
    ///
    /// # Errors
    /// [`ReadError`] when lengths do not add up, or device identities or TPDU are missing or wrong.
    pub fn parse(bytes: &[u8]) -> Result<Self, ReadError> {
        let mut reader = Reader::new(bytes);
        let envelope = ber::read_expected(&mut reader, TAG_SMS_PP_DOWNLOAD, "tag D1 of SMS-PP download")?;
        reader.finish()?;
        let objects = comprehension::read_all(envelope.reader())?;
        let object = |tag| objects.iter().find(|object| object.tag == tag);
        let devices = object(tag::DEVICE_IDENTITIES)
            .ok_or_else(|| envelope.reader().reject("device identities (02 or 82)", 0))?;
        if devices.value != [device::NETWORK, device::UICC] {
            let found = devices
                .value
                .iter()
                .fold(0, |all, octet| all << 8 & 0xFFFF | u64::from(*octet));
            return Err(devices
                .reader()
                .reject("device identities 83 81 (network to UICC)", found));
        }
        let tpdu =
            object(tag::SMS_TPDU).ok_or_else(|| envelope.reader().reject("an SMS TPDU (0B or 8B)", 0))?;
        let sc_address = object(tag::ADDRESS).map(|address| Address::from_tlv_value(address.reader()));
        Ok(Self {
            sc_address: sc_address.transpose()?,
            tpdu: tpdu.value.to_vec(),
        })
    }
}
