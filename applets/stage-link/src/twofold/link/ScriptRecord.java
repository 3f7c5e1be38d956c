package twofold.link;

import javacard.framework.JCSystem;
import javacard.framework.Util;

/**
 * The persistent record of a key set version: the counter of the last command packet accepted under it, and what became
 * of that packet.
 * Eight octets: CNTR (5), commands executed (1), status word of the last of them (2; 0000 before the first).
 */
public final class ScriptRecord {
    /** Octets of the record. */
    public static final short LENGTH = (short) 8;
    /** Octets of the counter. */
    public static final short COUNTER_LENGTH = (short) 5;

    private static final short OFF_COMMANDS = (short) 5;
    private static final short OFF_SW = (short) 6;
    private static final byte FF = (byte) 0xFF;

    private final byte[] record;

    ScriptRecord() {
        record = new byte[LENGTH];
    }

    /** Starts the record of a set that is not in use: the last used counter value is at {@code offset}; below 0, it is 0. */
    void start(byte[] counter, short offset) {
        Util.arrayFillNonAtomic(record, (short) 0, LENGTH, (byte) 0);
        if (offset >= 0) {
            Util.arrayCopyNonAtomic(counter, offset, record, (short) 0, COUNTER_LENGTH);
        }
    }

    /**
     * Judges the counter of an authenticated packet (TS 102 225 5.1.4).
     *
     * @param oneHigher true when only stored + 1 will do, false when any higher value will
     * @return a response status: POR_OK, CNTR_LOW, CNTR_HIGH or CNTR_BLOCKED
     */
    public byte verdict(boolean oneHigher, byte[] packet, short offset) {
        if (isBlocked()) {
            return ResponsePacket.STATUS_CNTR_BLOCKED;
        }
        if (!isHigher(packet, offset)) {
            return ResponsePacket.STATUS_CNTR_LOW;
        }
        return oneHigher && !isNext(packet, offset) ? ResponsePacket.STATUS_CNTR_HIGH : ResponsePacket.STATUS_POR_OK;
    }

    /** Stores the counter of an accepted packet, before anything is done for it, and starts its record. */
    public void begin(byte[] packet, short offset) {
        JCSystem.beginTransaction();
        Util.arrayCopy(packet, offset, record, (short) 0, COUNTER_LENGTH);
        record[OFF_COMMANDS] = (byte) 0;
        Util.setShort(record, OFF_SW, (short) 0);
        JCSystem.commitTransaction();
    }

    /** Notes one more executed command; inside the transaction of that command. */
    public void commandDone(short sw) {
        record[OFF_COMMANDS]++;
        Util.setShort(record, OFF_SW, sw);
    }

    /** Copies COUNTER_LENGTH octets or the whole record; returns what lies behind them. */
    public short copy(byte[] out, short offset, short length) {
        return Util.arrayCopyNonAtomic(record, (short) 0, out, offset, length);
    }

    private boolean isBlocked() {
        for (short i = 0; i < COUNTER_LENGTH; i++) {
            if (record[i] != FF) {
                return false;
            }
        }
        return true;
    }

    private boolean isHigher(byte[] packet, short offset) {
        for (short i = 0; i < COUNTER_LENGTH; i++) {
            short received = (short) (packet[(short) (offset + i)] & 0xFF);
            short stored = (short) (record[i] & 0xFF);
            if (received != stored) {
                return received > stored;
            }
        }
        return false;
    }

    private boolean isNext(byte[] packet, short offset) {
        short carry = 1;
        for (short i = (short) (COUNTER_LENGTH - 1); i >= 0; i--) {
            short next = (short) ((short) (record[i] & 0xFF) + carry);
            if ((byte) next != packet[(short) (offset + i)]) {
                return false;
            }
            carry = (short) (next >> 8);
        }
        return true;
    }
}
