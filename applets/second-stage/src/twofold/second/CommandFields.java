package twofold.second;

import javacard.framework.ISO7816;
import javacard.framework.ISOException;

/** Reads the fields of GlobalPlatform command data, and refuses with one status word for each cause. */
final class CommandFields {
    static final short SW_GOOD = ISO7816.SW_NO_ERROR;
    static final short SW_WRONG_DATA = ISO7816.SW_WRONG_DATA;
    static final short SW_NO_MEMORY = ISO7816.SW_FILE_FULL;
    /** A warning: more data is there than was asked for, or fits. */
    static final short SW_MORE_DATA = (short) 0x6310;
    private static final short SW_REFERENCED_DATA_NOT_FOUND = (short) 0x6A88;

    /** The object that holds an AID (GPCS 11.2, 11.4). */
    static final byte TAG_AID = (byte) 0x4F;
    static final short TLV_HEADER = (short) 2;
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

    /** Requires the object 4F L AID, or a part of an AID, and nothing behind it; returns how many octets the AID has. */
    static short aidObject(byte[] data, short offset, short length) {
        short aidLength = (short) (length - TLV_HEADER);
        requireData(aidLength >= 0 && aidLength <= MAX_AID);
        requireData(data[offset] == TAG_AID && data[(short) (offset + 1)] == (byte) aidLength);
        return aidLength;
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
