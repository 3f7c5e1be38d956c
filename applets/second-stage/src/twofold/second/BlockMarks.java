package twofold.second;

import javacard.framework.JCSystem;
import javacard.framework.Util;

/** Which blocks of the arena are in use: one transient bit for each, made anew whenever something was freed. */
final class BlockMarks {
    private static final short BITS_LOG = (short) 3;
    private static final short BIT_MASK = (short) 7;

    /** CLEAR_ON_RESET: one bit for each block, from block 1 on, and an octet that is 1 while the marks are true. */
    private final byte[] marks;
    private final short offTrue;

    /** Allocates the marks of {@code blocks} blocks; only at install. */
    BlockMarks(short blocks) {
        offTrue = (short) ((short) (blocks + BIT_MASK) >> BITS_LOG);
        marks = JCSystem.makeTransientByteArray((short) (offTrue + 1), JCSystem.CLEAR_ON_RESET);
    }

    /** False when the marks must be made before one is looked at. */
    boolean areTrue() {
        return marks[offTrue] != 0;
    }

    /** Starts the marks: no block is in use until it is marked. */
    void start() {
        Util.arrayFillNonAtomic(marks, (short) 0, offTrue, (byte) 0);
        marks[offTrue] = (byte) 1;
    }

    /** Something is in use no more: the marks are true no longer. */
    void forget() {
        marks[offTrue] = (byte) 0;
    }

    boolean has(short block) {
        short bit = (short) (block - 1);
        return (short) ((short) (marks[(short) (bit >> BITS_LOG)] >> (short) (bit & BIT_MASK)) & 1) != 0;
    }

    void set(short block) {
        short bit = (short) (block - 1);
        marks[(short) (bit >> BITS_LOG)] |= (byte) (1 << (short) (bit & BIT_MASK));
    }
}
