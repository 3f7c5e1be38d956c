package twofold.link;

import javacard.framework.Util;

/**
 * What GET DATA tells of a stage, at the interface and in scripts: DF01 version, DF02 key information, DF03 storage,
 * DF04 record of the last script. No key value is among it.
 */
public abstract class StageInformation {
    private static final short TAG_VERSION = (short) 0xDF01;
    private static final short TAG_KEY_INFORMATION = (short) 0xDF02;
    private static final short TAG_STORAGE = (short) 0xDF03;
    private static final short TAG_RECORD = (short) 0xDF04;

    /** Major and minor version of the applets. */
    private static final short VERSION = (short) 0x0100;
    /** Key type AES (GlobalPlatform Amendment D 7.2). */
    private static final byte KEY_TYPE_AES = (byte) 0x88;

    private final KeySet keys;
    private final ScriptRecord record;

    /** Tells of this key set and this record. */
    protected StageInformation(KeySet keys, ScriptRecord record) {
        this.keys = keys;
        this.record = record;
    }

    /** True for a tag that {@link #write} knows. */
    public static boolean has(short tag) {
        return tag >= TAG_VERSION && tag <= TAG_RECORD;
    }

    /** Writes the value with a tag that has knows, at most 8 octets; returns what lies behind it. */
    public short write(short tag, byte[] out, short offset) {
        switch (tag) {
            case TAG_VERSION:
                return Util.setShort(out, offset, VERSION);
            case TAG_KEY_INFORMATION:
                return writeKeyInformation(out, offset);
            case TAG_STORAGE:
                return writeStorage(out, offset);
            default:
                return record.copy(out, offset, ScriptRecord.LENGTH);
        }
    }

    /** Writes sizes and use of the stage's storage, at most 8 octets; returns what lies behind them. */
    protected abstract short writeStorage(byte[] out, short offset);

    private short writeKeyInformation(byte[] out, short offset) {
        short at = offset;
        out[at++] = keys.version();
        out[at++] = KEY_TYPE_AES;
        out[at++] = (byte) KeySet.KEY_LENGTH;
        return record.copy(out, at, ScriptRecord.COUNTER_LENGTH);
    }
}
