//! SMS-SUBMIT, from the mobile station to the service center (TS 23.040 §9.2.2.2).

use crate::reader::{ReadError, Reader};
use crate::sms::address::Address;
use crate::sms::tpdu::{MTI_MASK, TpUserData, TpduError, UDHI, flag};
use crate::sms::{DCS_CLASS_2_8_BIT, MAX_USER_DATA, PID_USIM_DATA_DOWNLOAD};

const MTI_SUBMIT: u8 = 0x01;
const REJECT_DUPLICATES: u8 = 0x04;
/// b5b4, TP-VPF.
const VPF_MASK: u8 = 0x18;
const VPF_ENHANCED: u8 = 0x08;
const VPF_RELATIVE: u8 = 0x10;
const VPF_ABSOLUTE: u8 = 0x18;
const STATUS_REPORT_REQUEST: u8 = 0x20;
const REPLY_PATH: u8 = 0x80;

/// TP-VP in its formats (TS 23.040 §9.2.3.12), as octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValidityPeriod {
    /// No TP-VP.
    Absent,
    /// One octet.
    Relative(u8),
    /// Seven octets.
    Enhanced([u8; 7]),
    /// Seven octets, coded as a time stamp.
    Absolute([u8; 7]),
}

/// An SMS-SUBMIT TPDU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmsSubmit {
    /// TP-RD.
    pub reject_duplicates: bool,
    /// TP-SRR.
    pub status_report_request: bool,
    /// TP-RP.
    pub reply_path: bool,
    /// TP-MR; the terminal puts its own here for a message the card sends (TS 102 223 §6.4.10).
    pub message_reference: u8,
    /// TP-DA.
    pub destination_address: Address,
    /// TP-PID.
    pub protocol_identifier: u8,
    /// TP-DCS.
    pub data_coding_scheme: u8,
    /// TP-VPF and TP-VP.
    pub validity_period: ValidityPeriod,
    /// TP-UDHI, TP-UDL, TP-UD.
    pub user_data: TpUserData,
}

impl SmsSubmit {
    /// A message of 8-bit data that begins with its user data header, as a card sends a response packet.
    pub fn secured_packet(destination_address: Address, user_data: &[u8]) -> Self {
        Self {
            reject_duplicates: false,
            status_report_request: false,
            reply_path: false,
            message_reference: 0,
            destination_address,
            protocol_identifier: PID_USIM_DATA_DOWNLOAD,
            data_coding_scheme: DCS_CLASS_2_8_BIT,
            validity_period: ValidityPeriod::Absent,
            user_data: TpUserData::with_header(user_data),
        }
    }

    /// The TPDU.
    ///
    /// # Errors
    /// [`TpduError`] when TP-UD is longer than 140 octets or its septets do not add up.
    pub fn to_bytes(&self) -> Result<Vec<u8>, TpduError> {
        let (format, period): (u8, &[u8]) = match &self.validity_period {
            ValidityPeriod::Absent => (0, &[]),
            ValidityPeriod::Relative(octet) => (VPF_RELATIVE, std::slice::from_ref(octet)),
            ValidityPeriod::Enhanced(octets) => (VPF_ENHANCED, octets),
            ValidityPeriod::Absolute(octets) => (VPF_ABSOLUTE, octets),
        };
        let first = MTI_SUBMIT
            | format
            | flag(REJECT_DUPLICATES, self.reject_duplicates)
            | flag(STATUS_REPORT_REQUEST, self.status_report_request)
            | flag(UDHI, self.user_data.has_header)
            | flag(REPLY_PATH, self.reply_path);
        let mut out = vec![first, self.message_reference];
        self.destination_address.write_tpdu(&mut out);
        out.extend([self.protocol_identifier, self.data_coding_scheme]);
        out.extend_from_slice(period);
        self.user_data.write(&mut out, MAX_USER_DATA)?;
        Ok(out)
    }

    /// Reads an SMS-SUBMIT TPDU.
    ///
    /// # Errors
    /// [`ReadError`] when it is another type or its lengths do not add up.
    pub fn parse(tpdu: &[u8]) -> Result<Self, ReadError> {
        let mut reader = Reader::new(tpdu);
        let at_start = reader.clone();
        let first = reader.u8()?;
        if first & MTI_MASK != MTI_SUBMIT {
            return Err(at_start.reject("TP-MTI of SMS-SUBMIT", first.into()));
        }
        let message_reference = reader.u8()?;
        let destination_address = Address::read_tpdu(&mut reader)?;
        let protocol_identifier = reader.u8()?;
        let data_coding_scheme = reader.u8()?;
        let validity_period = match first & VPF_MASK {
            VPF_RELATIVE => ValidityPeriod::Relative(reader.u8()?),
            VPF_ENHANCED => ValidityPeriod::Enhanced(reader.array()?),
            VPF_ABSOLUTE => ValidityPeriod::Absolute(reader.array()?),
            _ => ValidityPeriod::Absent,
        };
        let has_header = first & UDHI != 0;
        let user_data = TpUserData::read(&mut reader, has_header, data_coding_scheme, MAX_USER_DATA)?;
        reader.finish()?;
        Ok(Self {
            reject_duplicates: first & REJECT_DUPLICATES != 0,
            status_report_request: first & STATUS_REPORT_REQUEST != 0,
            reply_path: first & REPLY_PATH != 0,
            message_reference,
            destination_address,
            protocol_identifier,
            data_coding_scheme,
            validity_period,
            user_data,
        })
    }
}
