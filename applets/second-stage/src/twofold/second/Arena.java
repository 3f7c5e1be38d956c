package twofold.second;

import javacard.framework.Util;
import twofold.link.Cmac;

/**
 * Storage 2: persistent memory in blocks of 64 octets, numbered from 1, behind a root area. An entry or an object is
 * one chain of blocks: its header, and right behind it its content. Positions in a chain count from its header on.
 *
 * <p>No block is marked persistently as used: what the root area or a personalization under way reaches is in use, all
 * else is free. So data is written to free blocks outside any transaction, and it comes to exist when one pointer
 * is set; whatever a cut of power leaves unreached is free again. The marks are transient and made when needed.
 */
final class Arena {
    /** Octets of a block. */
    static final short BLOCK = (short) 64;
    /** No block: the end of a chain or list. */
    static final short NONE = (short) 0;
    /** The root area: the start of the registry's list (2), and the load under way (8). */
    static final short ROOT = (short) 0;
    static final short ROOT_LOAD = (short) 2;

    private static final short ROOT_LENGTH = (short) 10;
    private static final short BLOCK_LOG = (short) 6;
    private static final short IN_BLOCK_MASK = (short) 63;

    private final short blocks;
    private final byte[] memory;
    /** The next block of a chain, by block number. */
    private final short[] next;
    private final BlockMarks marks;
    private final ArenaRoots roots;

    /** Allocates {@code size} octets, rounded down to whole blocks; only at install. */
    Arena(short size, ArenaRoots roots) {
        this.roots = roots;
        blocks = (short) (size >> BLOCK_LOG);
        memory = new byte[(short) (ROOT_LENGTH + (short) (blocks * BLOCK))];
        next = new short[(short) (blocks + 1)];
        marks = new BlockMarks(blocks);
    }

    /** Where the octets of a block start in {@link #memory}. */
    static short start(short block) {
        return (short) (ROOT_LENGTH + (short) ((short) (block - 1) * BLOCK));
    }

    /** Octets of the blocks that this many octets take. */
    static short inBlocks(short octets) {
        return (short) ((short) (octets + IN_BLOCK_MASK) & (short) ~IN_BLOCK_MASK);
    }

    /** The smaller of two numbers. */
    static short smaller(short a, short b) {
        return a < b ? a : b;
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
            if (!marks.has(block)) {
                free = (short) (free + BLOCK);
            }
        }
        return free;
    }

    /** Marks a chain as in use. */
    void markChain(short head) {
        markChain(head, NONE);
    }

    /** Marks a chain that ends with {@code tail}, whatever its link says. */
    void markChain(short head, short tail) {
        short block = head;
        while (block != NONE) {
            marks.set(block);
            block = block == tail ? NONE : next[block];
        }
    }

    /** Something is in use no more: the marks are made again before the next block is taken. */
    void forgetMarks() {
        marks.forget();
    }

    /** Takes a free block as a chain of its own; NONE when there is none. */
    short allocate() {
        makeMarks();
        for (short block = 1; block <= blocks; block++) {
            if (!marks.has(block)) {
                marks.set(block);
                next[block] = NONE;
                return block;
            }
        }
        return NONE;
    }

    /**
     * Adds octets to the end of a chain, outside any transaction. What the link of the last block says does not count.
     *
     * @param tail the last block of the chain that holds octets
     * @param used octets that the chain holds so far, header included; at least 1
     * @return the last block now, or NONE when the blocks ran out
     */
    short append(short tail, short used, byte[] data, short offset, short length) {
        short end = (short) (offset + length);
        short at = offset;
        short block = tail;
        short filled = used;
        while (at < end) {
            short inBlock = (short) (filled & IN_BLOCK_MASK);
            if (inBlock == 0) {
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

    /** Ends a chain with its last block that counts. */
    void end(short tail) {
        next[tail] = NONE;
    }

    /** Copies octets of a chain from position {@code from} on; the chain is long enough. */
    void read(short head, short from, byte[] out, short offset, short length) {
        short block = blockAt(head, from);
        short inBlock = (short) (from & IN_BLOCK_MASK);
        short end = (short) (offset + length);
        short at = offset;
        while (at < end) {
            short part = smaller((short) (BLOCK - inBlock), (short) (end - at));
            Util.arrayCopyNonAtomic(memory, (short) (start(block) + inBlock), out, at, part);
            at = (short) (at + part);
            inBlock = (short) 0;
            block = next[block];
        }
    }

    /** Adds octets of a chain from position {@code from} on to a MAC. */
    void update(Cmac cmac, short head, short from, short length) {
        short block = blockAt(head, from);
        short inBlock = (short) (from & IN_BLOCK_MASK);
        short left = length;
        while (left > 0) {
            short part = smaller((short) (BLOCK - inBlock), left);
            cmac.update(memory, (short) (start(block) + inBlock), part);
            left = (short) (left - part);
            inBlock = (short) 0;
            block = next[block];
        }
    }

    /** A two-octet field of a header. */
    short get(short block, short field) {
        return Util.getShort(memory, (short) (start(block) + field));
    }

    /** A one-octet field of a header. */
    byte getOctet(short block, short field) {
        return memory[(short) (start(block) + field)];
    }

    /** Writes a two-octet field of a header. */
    void set(short block, short field, short value) {
        Util.setShort(memory, (short) (start(block) + field), value);
    }

    /** Writes a one-octet field of a header. */
    void setOctet(short block, short field, byte value) {
        memory[(short) (start(block) + field)] = value;
    }

    /** Copies octets, an LV for example, into a field of a header; part of a transaction if one is open. */
    void setOctets(short block, short field, byte[] data, short offset, short length) {
        Util.arrayCopy(data, offset, memory, (short) (start(block) + field), length);
    }

    /** The block of a chain that holds this position. */
    private short blockAt(short head, short position) {
        short block = head;
        for (short skip = (short) (position >> BLOCK_LOG); skip > 0; skip--) {
            block = next[block];
        }
        return block;
    }

    private void makeMarks() {
        if (!marks.areTrue()) {
            marks.start();
            roots.mark();
        }
    }
}
