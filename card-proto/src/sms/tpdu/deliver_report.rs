//! SMS-DELIVER-REPORT, the mobile station's answer to SMS-DELIVER (TS 23.040 §9.2.2.1a).

use crate::reader::{ReadError, Reader};
use crate::sms::tpdu::{MTI_MASK, TpUserData, TpduError, UDHI, flag};

const MTI_DELIVER_REPORT: u8 = 0x00;
/// TP-PI (TS 23.040 §9.2.3.27): which optional fields follow.
const PI_PID: u8 = 0x01;
const PI_DCS: u8 = 0x02;
const PI_USER_DATA: u8 = 0x04;
const PI_EXTENSION: u8 = 0x80;

/// Most octets of TP-UD in an RP-ACK (TS 23.040 §9.2.2.1a).
pub const MAX_USER_DATA_ACK: usize = 159;
/// Most octets of TP-UD in an RP-ERROR (TS 23.040 §9.2.2.1a).
pub const MAX_USER_DATA_ERROR: usize = 158;

/// TP-FCS "(U)SIM Application Toolkit busy" (TS 23.040 §9.2.3.22).
pub const FCS_TOOLKIT_BUSY: u8 = 0xD4;
/// TP-FCS "(U)SIM data download error" (TS 23.040 §9.2.3.22).
pub const FCS_DATA_DOWNLOAD_ERROR: u8 = 0xD5;

/// An SMS-DELIVER-REPORT TPDU. Whether TP-FCS is there is said by the layer below (RP-ACK or RP-ERROR), not
/// by the TPDU.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SmsDeliverReport {
    /// TP-FCS, `80` to `FF`: present in an RP-ERROR, absent in an RP-ACK.
    pub failure_cause: Option<u8>,
    /// TP-PID.
    pub protocol_identifier: Option<u8>,
    /// TP-DCS.
    pub data_coding_scheme: Option<u8>,
    /// TP-UDHI, TP-UDL, TP-UD. A response packet of a card has no TP-UDHI although it begins with a header
    /// (TS 31.115 §4.5).
    pub user_data: Option<TpUserData>,
}

impl SmsDeliverReport {
    /// The report of a terminal whose card answered with `data`: TP-PID and TP-DCS are those of the
    /// SMS-DELIVER.
    pub fn acknowledge(protocol_identifier: u8, data_coding_scheme: u8, data: &[u8]) -> Self {
        let user_data = TpUserData {
            has_header: false,
            septets: None,
            octets: data.to_vec(),
        };
        Self {
            failure_cause: None,
            protocol_identifier: Some(protocol_identifier),
            data_coding_scheme: Some(data_coding_scheme),
            user_data: (!data.is_empty()).then_some(user_data),
        }
    }

    /// The TPDU.
    ///
    /// # Errors
    /// [`TpduError`] when TP-UD is longer than the 159 (RP-ACK) or 158 (RP-ERROR) octets there is room for.
    pub fn to_bytes(&self) -> Result<Vec<u8>, TpduError> {
        let has_header = self
            .user_data
            .as_ref()
            .is_some_and(|user_data| user_data.has_header);
        let mut out = vec![MTI_DELIVER_REPORT | flag(UDHI, has_header)];
        out.extend(self.failure_cause);
        out.push(
            flag(PI_PID, self.protocol_identifier.is_some())
                | flag(PI_DCS, self.data_coding_scheme.is_some())
                | flag(PI_USER_DATA, self.user_data.is_some()),
        );
        out.extend(self.protocol_identifier);
        out.extend(self.data_coding_scheme);
        if let Some(user_data) = &self.user_data {
            user_data.write(&mut out, self.user_data_limit())?;
        }
        Ok(out)
    }

    /// Reads the TPDU of an RP-ACK.
    ///
    /// # Errors
    /// [`ReadError`] when it is another type or its lengths do not add up.
    pub fn parse_ack(tpdu: &[u8]) -> Result<Self, ReadError> {
        Self::parse(tpdu, false)
    }

    /// Reads the TPDU of an RP-ERROR, which has TP-FCS.
    ///
    /// # Errors
    /// [`ReadError`] when it is another type or its lengths do not add up.
    pub fn parse_error(tpdu: &[u8]) -> Result<Self, ReadError> {
        Self::parse(tpdu, true)
    }

    fn parse(tpdu: &[u8], is_error: bool) -> Result<Self, ReadError> {
        let mut reader = Reader::new(tpdu);
        let at_start = reader.clone();
        let first = reader.u8()?;
        if first & MTI_MASK != MTI_DELIVER_REPORT {
            return Err(at_start.reject("TP-MTI of SMS-DELIVER-REPORT", first.into()));
        }
        let mut report = Self::default();
        if is_error {
            report.failure_cause = Some(reader.u8()?);
        }
        let indicator = read_parameter_indicator(&mut reader)?;
        if indicator & PI_PID != 0 {
            report.protocol_identifier = Some(reader.u8()?);
        }
        if indicator & PI_DCS != 0 {
            report.data_coding_scheme = Some(reader.u8()?);
        }
        if indicator & PI_USER_DATA != 0 {
            // TS 23.040 §9.2.3.27: without TP-DCS its value is 00.
            let dcs = report.data_coding_scheme.unwrap_or(0);
            let has_header = first & UDHI != 0;
            report.user_data = Some(TpUserData::read(
                &mut reader,
                has_header,
                dcs,
                report.user_data_limit(),
            )?);
        }
        reader.finish()?;
        Ok(report)
    }

    fn user_data_limit(&self) -> usize {
        if self.failure_cause.is_some() {
            MAX_USER_DATA_ERROR
        } else {
            MAX_USER_DATA_ACK
        }
    }
}

/// Reads TP-PI and skips its extension octets.
fn read_parameter_indicator(reader: &mut Reader<'_>) -> Result<u8, ReadError> {
    let indicator = reader.u8()?;
    let mut last = indicator;
    while last & PI_EXTENSION != 0 {
        last = reader.u8()?;
    }
    Ok(indicator)
}
