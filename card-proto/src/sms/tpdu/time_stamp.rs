//! TP-SCTS (TS 23.040 §9.2.3.11).

/// The service center time stamp as its seven octets: year, month, day, hour, minute, second, time zone, each
/// two BCD digits with the less significant one in the high half.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeStamp(pub [u8; 7]);

impl TimeStamp {
    /// A time stamp in local time; `year` counts within the century, the zone in quarters of an hour from UTC
    /// (−79 to 79). Values beyond two digits are taken modulo 100.
    pub fn new(date: [u8; 3], time: [u8; 3], zone_quarters: i8) -> Self {
        let [year, month, day] = date.map(swapped_bcd);
        let [hour, minute, second] = time.map(swapped_bcd);
        // The sign is b4 of the octet, that is the top bit of the first digit in the low half.
        let sign = if zone_quarters < 0 { 0x08 } else { 0x00 };
        let zone = swapped_bcd(zone_quarters.unsigned_abs() % 80) | sign;
        Self([year, month, day, hour, minute, second, zone])
    }

    /// Year within the century, month, day; `None` when a digit is not decimal.
    pub fn date(&self) -> Option<[u8; 3]> {
        Some([
            from_swapped_bcd(self.0[0])?,
            from_swapped_bcd(self.0[1])?,
            from_swapped_bcd(self.0[2])?,
        ])
    }

    /// Hour, minute, second; `None` when a digit is not decimal.
    pub fn time(&self) -> Option<[u8; 3]> {
        Some([
            from_swapped_bcd(self.0[3])?,
            from_swapped_bcd(self.0[4])?,
            from_swapped_bcd(self.0[5])?,
        ])
    }
}

fn swapped_bcd(value: u8) -> u8 {
    let value = value % 100;
    ((value % 10) << 4) | (value / 10)
}

fn from_swapped_bcd(octet: u8) -> Option<u8> {
    let (tens, units) = (octet & 0x0F, octet >> 4);
    (tens < 10 && units < 10).then_some(tens * 10 + units)
}
