package twofold.second;

import javacard.framework.ISO7816;
import javacard.framework.ISOException;

/** Reads the length-value fields of GlobalPlatform command data, and refuses with one status word for each cause. */
final class CommandFields {
    static final short SW_GOOD = ISO7816.SW_NO_ERROR;
    static final short SW_WRONG_DATA = ISO7816.SW_WRONG_DATA;
    static final short SW_NO_MEMORY = ISO7816.SW_FILE_FULL;
    private static final short SW_REFERENCED_DATA_NOT_FOUND = (short) 0x6A88;

    private static final short MIN_AID = (short) 5;
    private static final short MAX_AID = (short) 16;

    private CommandFields() {
    }

    /** Returns what lies behind the LV field at {@code at}; 6A80 when the field is cut off. */
    static short behind(byte[] data, short at, short end) {
        requireData(at < end);
        short behind = (short) ((short) (at + 1) + (short) (data[at] & 0xFF));
        requireData(behind <= end);
        return behind;
    }

    /** As behind, for a field whose value has this length. */
    static short behind(byte[] data, short at, short end, short length) {
        short behind = behind(data, at, end);
        requireData((short) (data[at] & 0xFF) == length);
        return behind;
    }

    /** As behind, for a field that holds an AID. */
    static short behindAid(byte[] data, short at, short end) {
        short behind = behind(data, at, end);
        requireData(isAidLength((short) (data[at] & 0xFF)));
        return behind;
    }

    /** An AID has 5 to 16 octets (ISO 7816-5). */
    static boolean isAidLength(short length) {
        return length >= MIN_AID && length <= MAX_AID;
    }

    static void requireData(boolean condition) {
        require(condition, SW_WRONG_DATA);
    }

    static void requireP1P2(boolean condition) {
        require(condition, ISO7816.SW_INCORRECT_P1P2);
    }

    static void requireLength(boolean condition) {
        require(condition, ISO7816.SW_WRONG_LENGTH);
    }

    static void requireState(boolean condition) {
        require(condition, ISO7816.SW_CONDITIONS_NOT_SATISFIED);
    }

    static void requireFound(boolean condition) {
        require(condition, SW_REFERENCED_DATA_NOT_FOUND);
    }

    static void requireMemory(boolean condition) {
        require(condition, SW_NO_MEMORY);
    }

    /** Ends the command with a status word. */
    static void refuse(short sw) {
        ISOException.throwIt(sw);
    }

    private static void require(boolean condition, short sw) {
        if (!condition) {
            refuse(sw);
        }
    }
}
