package twofold.first;

import javacard.framework.ISO7816;
import javacard.framework.ISOException;
import javacard.framework.JCSystem;
import javacard.framework.Util;

/**
 * STORE DATA of type-1 scripts (GPCS 11.11): data groupings, each DGI (2), length (1, or FF and 2), value. All are
 * checked before the first is stored, and they are stored together.
 */
final class StoreData {
    private static final short P1P2_LAST_BLOCK = (short) 0x8000;

    /** DGI of an authentication value: slot (1) and value. */
    private static final short DGI_AUTHENTICATION_VALUE = (short) 0x0101;
    /** DGI of the language preferences (the tag of ISO 7816-6). */
    private static final short DGI_LANGUAGES = StageOneInformation.TAG_LANGUAGES;

    private static final short HEADER = (short) 3;
    private static final short LONG_HEADER = (short) 5;
    private static final short LONG_LENGTH = (short) 0xFF;

    /** A transaction changes at most 256 octets, and 8 of them are the record of the script. */
    private static final short MAX_CHANGED = (short) 248;
    /** Of the bits that tell what a command has named: slots are numbered from 1, and 0 is the language preferences. */
    private static final short LANGUAGES_BIT = (short) 1;

    private final AuthenticationValues values;
    private final LanguagePreferences languages;

    StoreData(AuthenticationValues values, LanguagePreferences languages) {
        this.values = values;
        this.languages = languages;
    }

    void execute(short p1p2, byte[] data, short offset, short length) {
        require(p1p2 == P1P2_LAST_BLOCK, ISO7816.SW_INCORRECT_P1P2);
        require(length != 0, ISO7816.SW_WRONG_LENGTH);
        short end = (short) (offset + length);
        check(data, offset, end);
        JCSystem.beginTransaction();
        short at = offset;
        while (at < end) {
            short value = (short) (at + headerLength(data, at));
            short valueLength = valueLength(data, at);
            if (Util.getShort(data, at) == DGI_LANGUAGES) {
                languages.set(data, value, valueLength);
            } else {
                values.set(slot(data, value), data, (short) (value + 1), (short) (valueLength - 1));
            }
            at = (short) (value + valueLength);
        }
    }

    private void check(byte[] data, short offset, short end) {
        short changed = 0;
        short named = 0;
        short at = offset;
        while (at < end) {
            short value = checkHeader(data, at, end);
            short valueLength = valueLength(data, at);
            short bit = LANGUAGES_BIT;
            if (Util.getShort(data, at) == DGI_LANGUAGES) {
                requireData(LanguagePreferences.areCodes(data, value, valueLength));
                changed = (short) (changed + LanguagePreferences.CHANGED_OCTETS);
            } else {
                short slot = checkValue(data, value, valueLength);
                bit = (short) (1 << slot);
                changed = (short) (changed + values.changedOctets(slot, (short) (valueLength - 1)));
            }
            // What is named twice would make the result depend on the order.
            requireData((short) (named & bit) == 0);
            named |= bit;
            at = (short) (value + valueLength);
        }
        require(changed <= MAX_CHANGED, ISO7816.SW_FILE_FULL);
    }

    /** Checks DGI and length of a grouping; returns where its value starts. */
    private static short checkHeader(byte[] data, short at, short end) {
        requireData((short) (end - at) >= HEADER);
        short grouping = Util.getShort(data, at);
        requireData(grouping == DGI_AUTHENTICATION_VALUE || grouping == DGI_LANGUAGES);
        short header = headerLength(data, at);
        requireData((short) (end - at) >= header);
        short valueLength = valueLength(data, at);
        short value = (short) (at + header);
        requireData(valueLength > 0 && valueLength <= (short) (end - value));
        return value;
    }

    /** Checks slot and authentication value; returns the slot. */
    private short checkValue(byte[] data, short value, short valueLength) {
        requireData(values.takes((short) (valueLength - 1)));
        short slot = slot(data, value);
        require(values.hasSlot(slot), TypeOneCommands.SW_REFERENCED_DATA_NOT_FOUND);
        return slot;
    }

    private static short slot(byte[] data, short value) {
        return (short) (data[value] & 0xFF);
    }

    private static short headerLength(byte[] data, short at) {
        return (short) (data[(short) (at + 2)] & 0xFF) == LONG_LENGTH ? LONG_HEADER : HEADER;
    }

    private static short valueLength(byte[] data, short at) {
        short first = (short) (data[(short) (at + 2)] & 0xFF);
        return first == LONG_LENGTH ? Util.getShort(data, (short) (at + HEADER)) : first;
    }

    private static void requireData(boolean condition) {
        require(condition, ISO7816.SW_WRONG_DATA);
    }

    private static void require(boolean condition, short sw) {
        if (!condition) {
            ISOException.throwIt(sw);
        }
    }
}
