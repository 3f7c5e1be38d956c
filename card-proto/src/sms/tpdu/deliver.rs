//! SMS-DELIVER, from the service center to the mobile station (TS 23.040 §9.2.2.1).

use crate::reader::{ReadError, Reader};
use crate::sms::address::Address;
use crate::sms::tpdu::{MTI_MASK, TimeStamp, TpUserData, TpduError, UDHI, flag};
use crate::sms::{DCS_CLASS_2_8_BIT, MAX_USER_DATA, PID_USIM_DATA_DOWNLOAD};

const MTI_DELIVER: u8 = 0x00;
/// b3, TP-MMS: set when no more messages wait.
const NO_MORE_MESSAGES: u8 = 0x04;
const LOOP_PREVENTION: u8 = 0x08;
const STATUS_REPORT_INDICATION: u8 = 0x20;
const REPLY_PATH: u8 = 0x80;

/// An SMS-DELIVER TPDU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmsDeliver {
    /// TP-MMS, turned to its meaning: more messages wait at the service center.
    pub more_messages: bool,
    /// TP-LP, loop prevention.
    pub loop_prevention: bool,
    /// TP-SRI, a status report will be returned.
    pub status_report_indication: bool,
    /// TP-RP, the reply path is set.
    pub reply_path: bool,
    /// TP-OA.
    pub originating_address: Address,
    /// TP-PID.
    pub protocol_identifier: u8,
    /// TP-DCS.
    pub data_coding_scheme: u8,
    /// TP-SCTS.
    pub time_stamp: TimeStamp,
    /// TP-UDHI, TP-UDL, TP-UD.
    pub user_data: TpUserData,
}

impl SmsDeliver {
    /// A (U)SIM data download message: TP-PID `7F`, TP-DCS `F6`, and `user_data` that begins with its header.
    pub fn data_download(originating_address: Address, time_stamp: TimeStamp, user_data: &[u8]) -> Self {
        Self {
            more_messages: false,
            loop_prevention: false,
            status_report_indication: false,
            reply_path: false,
            originating_address,
            protocol_identifier: PID_USIM_DATA_DOWNLOAD,
            data_coding_scheme: DCS_CLASS_2_8_BIT,
            time_stamp,
            user_data: TpUserData::with_header(user_data),
        }
    }

    /// True when the terminal hands the message to the card: TP-PID `7F` and class 2 (TS 31.111 §7.1.1.1).
    pub fn is_data_download(&self) -> bool {
        let class_2 = match self.data_coding_scheme >> 4 {
            0x1 | 0x3 | 0x5 | 0x7 | 0xF => self.data_coding_scheme & 0x03 == 0x02,
            _ => false,
        };
        self.protocol_identifier == PID_USIM_DATA_DOWNLOAD && class_2
    }

    /// The TPDU.
    ///
    /// # Errors
    /// [`TpduError`] when TP-UD is longer than 140 octets or its septets do not add up.
    pub fn to_bytes(&self) -> Result<Vec<u8>, TpduError> {
        let mut out = vec![
            MTI_DELIVER
                | flag(NO_MORE_MESSAGES, !self.more_messages)
                | flag(LOOP_PREVENTION, self.loop_prevention)
                | flag(STATUS_REPORT_INDICATION, self.status_report_indication)
                | flag(UDHI, self.user_data.has_header)
                | flag(REPLY_PATH, self.reply_path),
        ];
        self.originating_address.write_tpdu(&mut out);
        out.extend([self.protocol_identifier, self.data_coding_scheme]);
        out.extend(self.time_stamp.0);
        self.user_data.write(&mut out, MAX_USER_DATA)?;
        Ok(out)
    }

    /// Reads an SMS-DELIVER TPDU.
    ///
    /// # Errors
    /// [`ReadError`] when it is another type or its lengths do not add up.
    pub fn parse(tpdu: &[u8]) -> Result<Self, ReadError> {
        let mut reader = Reader::new(tpdu);
        let at_start = reader.clone();
        let first = reader.u8()?;
        if first & MTI_MASK != MTI_DELIVER {
            return Err(at_start.reject("TP-MTI of SMS-DELIVER", first.into()));
        }
        let originating_address = Address::read_tpdu(&mut reader)?;
        let protocol_identifier = reader.u8()?;
        let data_coding_scheme = reader.u8()?;
        let time_stamp = TimeStamp(reader.array()?);
        let has_header = first & UDHI != 0;
        let user_data = TpUserData::read(&mut reader, has_header, data_coding_scheme, MAX_USER_DATA)?;
        reader.finish()?;
        Ok(Self {
            more_messages: first & NO_MORE_MESSAGES == 0,
            loop_prevention: first & LOOP_PREVENTION != 0,
            status_report_indication: first & STATUS_REPORT_INDICATION != 0,
            reply_path: first & REPLY_PATH != 0,
            originating_address,
            protocol_identifier,
            data_coding_scheme,
            time_stamp,
            user_data,
        })
    }
}
