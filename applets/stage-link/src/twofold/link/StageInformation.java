package twofold.link;

import javacard.framework.JCSystem;
import javacard.framework.Util;

/**
 * What GET DATA tells of a stage, at the interface and in scripts: DF01 version, DF02 key information, DF03 storage,
 * DF04 records of the last scripts, DF05 failure counts, DF06 memory of the card. No key value is among it.
 */
public abstract class StageInformation {
    private static final short TAG_VERSION = (short) 0xDF01;
    private static final short TAG_KEY_INFORMATION = (short) 0xDF02;
    private static final short TAG_STORAGE = (short) 0xDF03;
    private static final short TAG_RECORDS = (short) 0xDF04;
    private static final short TAG_FAILURES = (short) 0xDF05;
    private static final short TAG_MEMORY = (short) 0xDF06;

    /** Major and minor version of the applets. */
    private static final short VERSION = (short) 0x0200;

    private final KeySets keys;

    /** Tells of these key sets and their records. */
    protected StageInformation(KeySets keys) {
        this.keys = keys;
    }

    /** True for a tag that {@link #write} can write now. */
    public boolean has(short tag) {
        return (tag >= TAG_VERSION && tag <= TAG_MEMORY) || hasOwn(tag);
    }

    /** Writes the value of a tag that has knows, at most 24 octets; returns what lies behind it. */
    public short write(short tag, byte[] out, short offset) {
        switch (tag) {
            case TAG_VERSION:
                return Util.setShort(out, offset, VERSION);
            case TAG_KEY_INFORMATION:
                return writeKeyInformation(out, offset);
            case TAG_STORAGE:
                return writeStorage(out, offset);
            case TAG_RECORDS:
                return writeRecords(out, offset);
            case TAG_FAILURES:
                return writeFailures(out, offset);
            case TAG_MEMORY:
                return writeMemory(out, offset);
            default:
                return writeOwn(tag, out, offset);
        }
    }

    /** Writes sizes and use of the stage's storage, at most 8 octets; returns what lies behind them. */
    protected abstract short writeStorage(byte[] out, short offset);

    /** Writes what was refused since the last reset, and tries left; returns what lies behind it. */
    protected abstract short writeFailures(byte[] out, short offset);

    /** True for a tag that only this stage has, if there is a value now. */
    protected abstract boolean hasOwn(short tag);

    /** Writes the value of a tag that hasOwn knows; returns what lies behind it. */
    protected abstract short writeOwn(short tag, byte[] out, short offset);

    /** Each version, the lowest first: key version number, key type, key length, counter. */
    private short writeKeyInformation(byte[] out, short offset) {
        short at = offset;
        for (KeySet set = keys.above((short) 0); set != null; set = keys.above(set.version())) {
            out[at++] = set.version();
            out[at++] = PutKey.KEY_TYPE_AES;
            out[at++] = (byte) set.keyLength();
            at = set.record().copy(out, at, ScriptRecord.COUNTER_LENGTH);
        }
        return at;
    }

    private short writeRecords(byte[] out, short offset) {
        short at = offset;
        for (KeySet set = keys.above((short) 0); set != null; set = keys.above(set.version())) {
            at = set.record().copy(out, at, ScriptRecord.LENGTH);
        }
        return at;
    }

    private static short writeMemory(byte[] out, short offset) {
        short at = Util.setShort(out, offset, JCSystem.getAvailableMemory(JCSystem.MEMORY_TYPE_PERSISTENT));
        at = Util.setShort(out, at, JCSystem.getAvailableMemory(JCSystem.MEMORY_TYPE_TRANSIENT_RESET));
        return Util.setShort(out, at, JCSystem.getAvailableMemory(JCSystem.MEMORY_TYPE_TRANSIENT_DESELECT));
    }
}
