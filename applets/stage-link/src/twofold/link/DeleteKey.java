package twofold.link;

import javacard.framework.ISO7816;
import javacard.framework.ISOException;
import javacard.framework.JCSystem;
import javacard.framework.Util;

/**
 * DELETE of a key version (GPCS 11.2.2.3.2): the data is D2 01 and the key version number. The version that secures the
 * script cannot be deleted, and neither can the only one there is, which may have taken the place of that one: so a stage
 * never is without keys.
 */
public final class DeleteKey {
    /** Tag and length of the key version number. */
    private static final short VERSION_TAG_LENGTH = (short) 0xD201;
    private static final short DATA_LENGTH = (short) 3;
    private static final short OFF_VERSION = (short) 2;

    private static final short OFF_P1P2 = (short) 2;
    private static final short OFF_DATA = (short) 5;
    private static final short SW_REFERENCED_DATA_NOT_FOUND = (short) 0x6A88;

    private final KeySets keys;

    /** Deletes from these key sets; only at install. */
    public DeleteKey(KeySets keys) {
        this.keys = keys;
    }

    /** True for command data that names a key version and no object with an AID. */
    public static boolean isMeant(byte[] command, short offset, short dataLength) {
        return dataLength != 0 && command[(short) (offset + OFF_DATA)] == (byte) (VERSION_TAG_LENGTH >> 8);
    }

    /** Executes the command and leaves a transaction open, as a {@link CommandHandler} does; CLA is at {@code offset}. */
    public void execute(byte[] command, short offset, short dataLength) {
        require(Util.getShort(command, (short) (offset + OFF_P1P2)) == 0, ISO7816.SW_INCORRECT_P1P2);
        require(dataLength != 0, ISO7816.SW_WRONG_LENGTH);
        short data = (short) (offset + OFF_DATA);
        require(dataLength == DATA_LENGTH && Util.getShort(command, data) == VERSION_TAG_LENGTH, ISO7816.SW_WRONG_DATA);
        KeySet set = keys.find(command[(short) (data + OFF_VERSION)]);
        require(set != null, SW_REFERENCED_DATA_NOT_FOUND);
        require(set != keys.current() && keys.isFull(), ISO7816.SW_CONDITIONS_NOT_SATISFIED);
        JCSystem.beginTransaction();
        set.retire();
    }

    private static void require(boolean condition, short sw) {
        if (!condition) {
            ISOException.throwIt(sw);
        }
    }
}
