package twofold.first;

import javacard.framework.Util;

/** Storage 1, language preferences: 1 to 4 codes of ISO 639, two lower-case letters each, the most wanted first. */
final class LanguagePreferences {
    /** Octets that {@link #set} changes at most. */
    static final short CHANGED_OCTETS = (short) 9;

    private static final short MAX_LENGTH = (short) 8;
    private static final byte FIRST_LETTER = (byte) 'a';
    private static final byte LAST_LETTER = (byte) 'z';

    /** The number of octets, then the codes. */
    private final byte[] codes;

    LanguagePreferences() {
        codes = new byte[(short) (1 + MAX_LENGTH)];
    }

    boolean isSet() {
        return codes[0] != 0;
    }

    /** True when {@code length} octets, 1 or more, are language codes. */
    static boolean areCodes(byte[] data, short offset, short length) {
        if (length > MAX_LENGTH || (short) (length & 1) != 0) {
            return false;
        }
        for (short i = 0; i < length; i++) {
            byte letter = data[(short) (offset + i)];
            if (letter < FIRST_LETTER || letter > LAST_LETTER) {
                return false;
            }
        }
        return true;
    }

    /** Stores codes; inside a transaction, after areCodes. */
    void set(byte[] data, short offset, short length) {
        codes[0] = (byte) length;
        Util.arrayCopy(data, offset, codes, (short) 1, length);
    }

    /** Copies the codes; returns what lies behind them. */
    short copy(byte[] out, short offset) {
        return Util.arrayCopyNonAtomic(codes, (short) 1, out, offset, codes[0]);
    }
}
