package twofold.second;

import javacard.framework.JCSystem;
import javacard.framework.Util;
import twofold.link.Cmac;

/**
 * Storage 2: persistent memory in blocks of 64 octets, numbered from 1. Contents longer than a block are a chain.
 *
 * <p>No block is marked persistently as used: what the root pointer or a session under way reaches is in use, all
 * else is free. So data is written to free blocks outside any transaction, and it comes to exist when one pointer
 * is set; whatever a cut of power leaves unreached is free again. The marks are transient and made when needed.
 */
final class Arena {
    /** Octets of a block. */
    static final short BLOCK = (short) 64;
    /** No block: the end of a chain or list. */
    static final short NONE = (short) 0;
    /** Where the root pointer is, the start of the registry's list. */
    static final short ROOT = (short) 0;

    private static final short ROOT_LENGTH = (short) 2;

    private final short blocks;
    private final byte[] memory;
    /** The next block of a chain, by block number. */
    private final short[] next;
    /** CLEAR_ON_RESET: one bit for each block, from block 1 on, and an octet that is 1 while the marks are true. */
    private final byte[] marks;
    private final short offMarked;
    private final ArenaRoots roots;

    /** Allocates {@code size} octets, rounded down to whole blocks; only at install. */
    Arena(short size, ArenaRoots roots) {
        this.roots = roots;
        blocks = (short) (size / BLOCK);
        memory = new byte[(short) (ROOT_LENGTH + (short) (blocks * BLOCK))];
        next = new short[(short) (blocks + 1)];
        offMarked = (short) ((short) (blocks + 7) / 8);
        marks = JCSystem.makeTransientByteArray((short) (offMarked + 1), JCSystem.CLEAR_ON_RESET);
    }

    /** Where the octets of a block start in {@link #memory}. */
    static short start(short block) {
        return (short) (ROOT_LENGTH + (short) ((short) (block - 1) * BLOCK));
    }

    byte[] memory() {
        return memory;
    }

    /** Octets of all blocks. */
    short total() {
        return (short) (blocks * BLOCK);
    }

    /** Octets of the free blocks. */
    short free() {
        makeMarks();
        short free = 0;
        for (short block = 1; block <= blocks; block++) {
            if (!isMarked(block)) {
                free = (short) (free + BLOCK);
            }
        }
        return free;
    }

    /** Marks a chain as in use. */
    void markChain(short head) {
        for (short block = head; block != NONE; block = next[block]) {
            mark(block);
        }
    }

    /** Something is in use no more: the marks are made again before the next block is taken. */
    void forgetMarks() {
        marks[offMarked] = (byte) 0;
    }

    /** Takes a free block as a chain of its own; NONE when there is none. */
    short allocate() {
        makeMarks();
        for (short block = 1; block <= blocks; block++) {
            if (!isMarked(block)) {
                mark(block);
                next[block] = NONE;
                return block;
            }
        }
        return NONE;
    }

    /**
     * Adds octets to the end of a chain, outside any transaction.
     *
     * @param tail the last block of the chain
     * @param used octets that the chain holds so far
     * @return the last block now, or NONE when the blocks ran out
     */
    short append(short tail, short used, byte[] data, short offset, short length) {
        short end = (short) (offset + length);
        short at = offset;
        short block = tail;
        short filled = used;
        while (at < end) {
            short inBlock = (short) (filled & (short) (BLOCK - 1));
            if (inBlock == 0 && filled != 0) {
                short added = allocate();
                if (added == NONE) {
                    return NONE;
                }
                next[block] = added;
                block = added;
            }
            short part = smaller((short) (BLOCK - inBlock), (short) (end - at));
            Util.arrayCopyNonAtomic(data, at, memory, (short) (start(block) + inBlock), part);
            at = (short) (at + part);
            filled = (short) (filled + part);
        }
        return block;
    }

    /** Copies octets of a chain from {@code from} on; the chain is long enough. */
    void read(short head, short from, byte[] out, short offset, short length) {
        short block = head;
        short skip = from;
        while (skip >= BLOCK) {
            block = next[block];
            skip = (short) (skip - BLOCK);
        }
        short end = (short) (offset + length);
        short at = offset;
        while (at < end) {
            short part = smaller((short) (BLOCK - skip), (short) (end - at));
            Util.arrayCopyNonAtomic(memory, (short) (start(block) + skip), out, at, part);
            at = (short) (at + part);
            skip = (short) 0;
            block = next[block];
        }
    }

    /** Adds the first {@code length} octets of a chain to a MAC. */
    void update(Cmac cmac, short head, short length) {
        short block = head;
        short left = length;
        while (left > 0) {
            short part = smaller(BLOCK, left);
            cmac.update(memory, start(block), part);
            left = (short) (left - part);
            block = next[block];
        }
    }

    private void makeMarks() {
        if (marks[offMarked] == 0) {
            Util.arrayFillNonAtomic(marks, (short) 0, offMarked, (byte) 0);
            marks[offMarked] = (byte) 1;
            roots.mark();
        }
    }

    private boolean isMarked(short block) {
        short bit = (short) (block - 1);
        return (short) ((short) (marks[(short) (bit >> 3)] >> (short) (bit & 7)) & 1) != 0;
    }

    private void mark(short block) {
        short bit = (short) (block - 1);
        marks[(short) (bit >> 3)] |= (byte) (1 << (short) (bit & 7));
    }

    /** The smaller of two numbers. */
    static short smaller(short a, short b) {
        return a < b ? a : b;
    }
}
