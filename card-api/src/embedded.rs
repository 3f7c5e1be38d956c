//! The tables of this crate, in the binary.

/// File name and text of each table.
macro_rules! tables {
    ($($file:literal),* $(,)?) => {
        &[$(($file, include_str!(concat!("../api/", $file)))),*]
    };
}

/// One table for each API package.
pub(crate) const PACKAGES: &[(&str, &str)] = tables![
    "java.io.api",
    "java.lang.api",
    "java.rmi.api",
    "javacard.framework.api",
    "javacard.framework.service.api",
    "javacard.security.api",
    "javacardx.apdu.api",
    "javacardx.apdu.util.api",
    "javacardx.biometry.api",
    "javacardx.biometry1toN.api",
    "javacardx.crypto.api",
    "javacardx.external.api",
    "javacardx.framework.event.api",
    "javacardx.framework.math.api",
    "javacardx.framework.nio.api",
    "javacardx.framework.string.api",
    "javacardx.framework.time.api",
    "javacardx.framework.tlv.api",
    "javacardx.framework.util.api",
    "javacardx.framework.util.intx.api",
    "javacardx.security.api",
    "javacardx.security.cert.api",
    "javacardx.security.derivation.api",
    "javacardx.security.util.api",
    "org.globalplatform.api",
    "org.globalplatform.contactless.api",
    "org.globalplatform.filesystem.api",
    "org.globalplatform.privacy.api",
    "org.globalplatform.securechannel.api",
    "org.globalplatform.securechannel.provider.api",
    "org.globalplatform.upgrade.api",
    "sim.access.api",
    "sim.toolkit.api",
    "uicc.access.api",
    "uicc.access.bertlvfile.api",
    "uicc.access.fileadministration.api",
    "uicc.isim.access.api",
    "uicc.services.highupdatearray.api",
    "uicc.system.api",
    "uicc.toolkit.api",
    "uicc.usim.access.api",
    "uicc.usim.geolocation.api",
    "uicc.usim.suci.api",
    "uicc.usim.toolkit.api",
];

/// Which versions belong to a platform.
pub(crate) const PLATFORMS: (&str, &str) = ("platforms.table", include_str!("../api/platforms.table"));
