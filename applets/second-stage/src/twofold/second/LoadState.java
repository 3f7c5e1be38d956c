package twofold.second;

import javacard.framework.Util;

/**
 * The load under way, in the root area of the arena: the entry in preparation (2; NONE: no load), its last block (2),
 * octets received (2), next block number (2). What changes it is inside a transaction, so a load goes on after a cut
 * of power where its last answered block ended.
 */
final class LoadState {
    private static final short OFF_ENTRY = Arena.ROOT_LOAD;
    private static final short OFF_TAIL = (short) (Arena.ROOT_LOAD + 2);
    private static final short OFF_RECEIVED = (short) (Arena.ROOT_LOAD + 4);
    private static final short OFF_NUMBER = (short) (Arena.ROOT_LOAD + 6);

    private final Arena arena;
    private final Registry registry;
    private final byte[] memory;

    LoadState(Arena arena, Registry registry) {
        this.arena = arena;
        this.registry = registry;
        memory = arena.memory();
    }

    /**
     * Marks the blocks of the load under way. Others may hang behind the last one, for a block whose LOAD a cut of power
     * ended: they are free.
     */
    void mark() {
        arena.markChain(entry(), tail());
    }

    boolean isUnderWay() {
        return entry() != Arena.NONE;
    }

    /** True when the load under way has this AID. */
    boolean hasAid(byte[] aid, short offset, short length) {
        return isUnderWay() && registry.hasAid(entry(), aid, offset, length);
    }

    /** The entry in preparation; NONE for no load. */
    short entry() {
        return Util.getShort(memory, OFF_ENTRY);
    }

    /** The last block that holds octets. */
    short tail() {
        return Util.getShort(memory, OFF_TAIL);
    }

    /** Octets received of the object C4. */
    short received() {
        return Util.getShort(memory, OFF_RECEIVED);
    }

    /** Octets of the blocks that the load has taken. */
    short taken() {
        return isUnderWay() ? Arena.inBlocks((short) (Registry.FILE_HEADER + received())) : (short) 0;
    }

    /** The number that the next block must have; 256 behind the last one that can be. */
    short number() {
        return Util.getShort(memory, OFF_NUMBER);
    }

    /** Starts a load with an entry that is one block so far; inside a transaction. */
    void start(short entry) {
        Util.setShort(memory, OFF_ENTRY, entry);
        Util.setShort(memory, OFF_TAIL, entry);
        Util.setShort(memory, OFF_RECEIVED, (short) 0);
        Util.setShort(memory, OFF_NUMBER, (short) 0);
    }

    /** Counts a block; inside a transaction. */
    void advance(short tail, short received) {
        Util.setShort(memory, OFF_TAIL, tail);
        Util.setShort(memory, OFF_RECEIVED, received);
        Util.setShort(memory, OFF_NUMBER, (short) (number() + 1));
    }

    /** No load is under way any more; inside a transaction. Blocks that nothing else reaches are free behind it. */
    void end() {
        arena.forgetMarks();
        Util.setShort(memory, OFF_ENTRY, Arena.NONE);
    }

    /** Writes LV load file AID, octets received (2), next block number (1): at most 20 octets. */
    short write(byte[] out, short offset) {
        short at = registry.copyAid(entry(), out, offset);
        at = Util.setShort(out, at, received());
        out[at++] = (byte) number();
        return at;
    }
}
