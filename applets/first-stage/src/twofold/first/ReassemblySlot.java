package twofold.first;

import javacard.framework.JCSystem;
import javacard.framework.Util;

/** One message under way: its segments, and what tells it from another. All of it is CLEAR_ON_RESET. */
final class ReassemblySlot {
    /** TS 23.040: a first segment carries at most 132 octets of a packet, a later one 134, a single message 137. */
    private static final short FIRST_SEGMENT = (short) 132;
    private static final short LATER_SEGMENT = (short) 134;
    private static final short SINGLE = (short) 137;

    /** Key: TP-OA (12), reference (2), width of the reference (1), segments (1; 0 means the slot is free). */
    private static final short OFF_REFERENCE = (short) 12;
    private static final short OFF_WIDTH = (short) 14;
    private static final short OFF_TOTAL = (short) 15;
    private static final short KEY_LENGTH = (short) 16;

    private final byte[] packet;
    private final byte[] key;
    /** Octets of each segment; 0 for one that has not come. */
    private final byte[] lengths;

    ReassemblySlot(short maxSegments) {
        packet = JCSystem.makeTransientByteArray(capacity(maxSegments), JCSystem.CLEAR_ON_RESET);
        key = JCSystem.makeTransientByteArray(KEY_LENGTH, JCSystem.CLEAR_ON_RESET);
        lengths = JCSystem.makeTransientByteArray(maxSegments, JCSystem.CLEAR_ON_RESET);
    }

    /** The joined packet starts at the first octet. */
    byte[] packet() {
        return packet;
    }

    boolean isFree() {
        return key[OFF_TOTAL] == 0;
    }

    /** True when the segment belongs to the message in this slot. */
    boolean isOf(byte[] data, SmsPpDownload segment) {
        return !isFree()
            && key[OFF_WIDTH] == segment.width()
            && Util.getShort(key, OFF_REFERENCE) == segment.reference()
            && Util.arrayCompare(data, segment.originator(), key, (short) 0, segment.originatorLength()) == 0;
    }

    /** Takes the slot for the message that the segment belongs to. */
    void open(byte[] data, SmsPpDownload segment) {
        release();
        Util.arrayCopyNonAtomic(data, segment.originator(), key, (short) 0, segment.originatorLength());
        Util.setShort(key, OFF_REFERENCE, segment.reference());
        key[OFF_WIDTH] = segment.width();
        key[OFF_TOTAL] = (byte) segment.total();
    }

    /** True when the segment tells the same number of segments. It fits its place: no user data has more octets. */
    boolean accepts(SmsPpDownload segment) {
        return segment.total() == (short) (key[OFF_TOTAL] & 0xFF);
    }

    /** Puts a segment in its place; a repeated one replaces what was there. */
    void put(byte[] data, SmsPpDownload segment) {
        short sequence = segment.sequence();
        Util.arrayCopyNonAtomic(data, segment.data(), packet, start(sequence), segment.dataLength());
        lengths[(short) (sequence - 1)] = (byte) segment.dataLength();
    }

    /** True when every segment has come. */
    boolean isWhole() {
        short total = (short) (key[OFF_TOTAL] & 0xFF);
        for (short i = 0; i < total; i++) {
            if (lengths[i] == 0) {
                return false;
            }
        }
        return true;
    }

    /** Moves the segments together; returns the length of the packet. */
    short join() {
        short total = (short) (key[OFF_TOTAL] & 0xFF);
        short end = 0;
        for (short i = 0; i < total; i++) {
            short length = (short) (lengths[i] & 0xFF);
            short from = start((short) (i + 1));
            end = Util.arrayCopyNonAtomic(packet, from, packet, end, length);
        }
        return end;
    }

    /** Frees the slot and clears what was in it: secured data in plaintext, perhaps. */
    void release() {
        Util.arrayFillNonAtomic(packet, (short) 0, (short) packet.length, (byte) 0);
        Util.arrayFillNonAtomic(key, (short) 0, KEY_LENGTH, (byte) 0);
        Util.arrayFillNonAtomic(lengths, (short) 0, (short) lengths.length, (byte) 0);
    }

    /** Where a segment is kept until all have come: each place is as long as the longest segment. */
    private static short start(short sequence) {
        if (sequence == 1) {
            return 0;
        }
        return (short) (FIRST_SEGMENT + (short) ((short) (sequence - 2) * LATER_SEGMENT));
    }

    private static short capacity(short maxSegments) {
        short joined = start((short) (maxSegments + 1));
        return joined < SINGLE ? SINGLE : joined;
    }
}
