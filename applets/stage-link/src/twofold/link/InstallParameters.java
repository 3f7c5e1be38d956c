package twofold.link;

import javacard.framework.ISO7816;
import javacard.framework.ISOException;

/**
 * The parameters of install(): LV instance AID, LV control information, LV application data (the content of C9,
 * GlobalPlatform), the last one a sequence of BER-TLV data objects. Bad parameters end the installation: 6A80.
 */
public final class InstallParameters {
    private static final byte TAG_PEER = (byte) 0x80;
    private static final byte TAG_SIZES = (byte) 0x81;
    private static final byte TAG_COUNTER = (byte) 0x82;
    private static final byte TAG_KEYS = (byte) 0x83;
    private static final byte TAG_PINS = (byte) 0x84;

    /** PIN (8), PUK (8), tries for the PIN (1), tries for the PUK (1). */
    private static final short PINS_LENGTH = (short) 18;

    /** Octets of an instance AID: octets 13 to 15 are the TAR (TS 101 220 Annex D). */
    public static final short AID_LENGTH = (short) 16;
    /** Where the TAR is in an instance AID. */
    public static final short OFF_TAR_IN_AID = (short) 12;

    private InstallParameters() {
    }

    /** Returns where the application data starts with its length octet, after checking the whole. */
    public static short applicationData(byte[] parameters, short offset, byte length) {
        short end = (short) (offset + (short) (length & 0xFF));
        short control = behind(parameters, offset, end);
        short data = behind(parameters, control, end);
        require(behind(parameters, data, end) == end && parameters[offset] == AID_LENGTH);
        return data;
    }

    /** Returns where the instance AID of the other stage is, AID_LENGTH octets. */
    public static short peer(byte[] parameters, short data) {
        return find(parameters, data, TAG_PEER, AID_LENGTH);
    }

    /** Returns where the sizes are; each stage has its own. */
    public static short sizes(byte[] parameters, short data, short length) {
        return find(parameters, data, TAG_SIZES, length);
    }

    /** Returns where the last used counter value is, ScriptRecord.COUNTER_LENGTH octets. */
    public static short counter(byte[] parameters, short data) {
        return find(parameters, data, TAG_COUNTER, ScriptRecord.COUNTER_LENGTH);
    }

    /** Returns where KIc, KID and DEK are, KeySet.INSTALL_LENGTH octets. */
    public static short keys(byte[] parameters, short data) {
        return find(parameters, data, TAG_KEYS, KeySet.INSTALL_LENGTH);
    }

    /** Returns where PIN, PUK and their tries are; the first stage has them. */
    public static short pins(byte[] parameters, short data) {
        return find(parameters, data, TAG_PINS, PINS_LENGTH);
    }

    /** Ends the installation with 6A80 unless {@code condition} holds. */
    public static void require(boolean condition) {
        if (!condition) {
            ISOException.throwIt(ISO7816.SW_WRONG_DATA);
        }
    }

    /**
     * Finds a data object in the application data.
     *
     * @param data where the length octet of the application data is
     * @param length the length the value must have
     * @return where the value starts
     */
    private static short find(byte[] parameters, short data, byte tag, short length) {
        short end = (short) ((short) (data + 1) + (short) (parameters[data] & 0xFF));
        short at = (short) (data + 1);
        while (at < end) {
            short lengthAt = (short) (at + 1);
            short value = BerLength.valueOffset(parameters, lengthAt, end);
            require(value >= 0);
            short valueLength = BerLength.length(parameters, lengthAt);
            if (parameters[at] == tag) {
                require(valueLength == length);
                return value;
            }
            at = (short) (value + valueLength);
        }
        require(false);
        return 0;
    }

    private static short behind(byte[] parameters, short at, short end) {
        require(at < end);
        return (short) ((short) (at + 1) + (short) (parameters[at] & 0xFF));
    }
}
