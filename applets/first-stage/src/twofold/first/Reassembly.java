package twofold.first;

import javacard.framework.JCSystem;

/**
 * Joins the segments of concatenated short messages (TS 23.040 9.2.3.24.1, .8) in two slots. Segments come in any
 * order and may come twice. A message is known by originator, reference and the reference's width; a new one takes
 * the place of the older when no slot is free.
 */
final class Reassembly {
    /** A slot has 132 octets for the first segment and 134 for each later one; 11 of them stay below 1.5 kB. */
    static final short MAX_SEGMENTS = (short) 11;

    private static final byte FIRST_IS_NEWER = (byte) 1;
    private static final byte SECOND_IS_NEWER = (byte) 2;

    private final short maxSegments;
    private final ReassemblySlot first;
    private final ReassemblySlot second;
    /** CLEAR_ON_RESET: which slot was opened last. */
    private final byte[] newer;

    Reassembly(short maxSegments) {
        this.maxSegments = maxSegments;
        first = new ReassemblySlot(maxSegments);
        second = new ReassemblySlot(maxSegments);
        newer = JCSystem.makeTransientByteArray((short) 1, JCSystem.CLEAR_ON_RESET);
    }

    /**
     * Takes a segment; null when it cannot be one of a message that is taken here: more segments than there is
     * room for, a place of 0 or beyond the last, or another total than the message began with.
     */
    ReassemblySlot add(byte[] data, SmsPpDownload segment) {
        short sequence = segment.sequence();
        if (segment.total() > maxSegments || sequence == 0 || sequence > segment.total()) {
            return null;
        }
        ReassemblySlot slot = slotOf(data, segment);
        if (!slot.accepts(segment)) {
            return null;
        }
        slot.put(data, segment);
        return slot;
    }

    private ReassemblySlot slotOf(byte[] data, SmsPpDownload segment) {
        if (first.isOf(data, segment)) {
            return first;
        }
        if (second.isOf(data, segment)) {
            return second;
        }
        boolean takeFirst = first.isFree() || (!second.isFree() && newer[0] == SECOND_IS_NEWER);
        newer[0] = takeFirst ? FIRST_IS_NEWER : SECOND_IS_NEWER;
        ReassemblySlot slot = takeFirst ? first : second;
        slot.open(data, segment);
        return slot;
    }
}
