package twofold.link;

import javacard.framework.Util;

/** Reads the length octets of BER-TLV data objects (ISO 7816-4 5.2.2): one octet, or 81 xx, or 82 xx xx. */
public final class BerLength {
    /** The length octets are cut off, or of a form that is not read. */
    public static final short NOT_FOUND = (short) -3;
    /** The value would reach beyond the end. */
    public static final short TOO_LONG = (short) -2;

    private static final short FORM_ONE_OCTET = (short) 0x81;
    private static final short FORM_TWO_OCTETS = (short) 0x82;
    private static final short MAX_SHORT_FORM = (short) 0x7F;

    private BerLength() {
    }

    /** Returns how many length octets there are at {@code at}, 1 to 3, or 0 for a form that is not read. */
    public static short octets(byte[] data, short at) {
        short first = (short) (data[at] & 0xFF);
        if (first <= MAX_SHORT_FORM) {
            return 1;
        }
        if (first == FORM_ONE_OCTET) {
            return 2;
        }
        return first == FORM_TWO_OCTETS ? (short) 3 : (short) 0;
    }

    /**
     * Finds the value that follows the length octets at {@code at}.
     *
     * @param at where the first length octet should be
     * @param end the octet behind the data
     * @return where the value starts, or NOT_FOUND, or TOO_LONG
     */
    public static short valueOffset(byte[] data, short at, short end) {
        if (at >= end) {
            return NOT_FOUND;
        }
        short octets = octets(data, at);
        short left = (short) ((short) (end - at) - octets);
        if (octets == 0 || left < 0) {
            return NOT_FOUND;
        }
        short length = length(data, at);
        return length < 0 || length > left ? TOO_LONG : (short) (at + octets);
    }

    /** Returns the length written at {@code at}; only where octets are of a form that is read. */
    public static short length(byte[] data, short at) {
        short first = (short) (data[at] & 0xFF);
        if (first == FORM_ONE_OCTET) {
            return (short) (data[(short) (at + 1)] & 0xFF);
        }
        return first == FORM_TWO_OCTETS ? Util.getShort(data, (short) (at + 1)) : first;
    }
}
