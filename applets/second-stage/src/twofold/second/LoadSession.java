package twofold.second;

import javacard.framework.JCSystem;
import javacard.framework.Util;
import twofold.link.BerLength;
import twofold.link.Cmac;
import twofold.link.KeySet;
import twofold.link.KeySets;

/**
 * A load file on its way into the arena: INSTALL [for load] and LOAD (GPCS 11.5, 11.6). Its octets go to blocks that
 * only the load under way reaches; the file exists only after its length and MAC proved right.
 */
final class LoadSession {
    private static final byte TAG_LOAD_FILE_DATA_BLOCK = (byte) 0xC4;
    /** C4 and at most three length octets stand in front of the load file. */
    private static final short MAX_BLOCK_HEADER = (short) 4;
    /** What a load file takes besides its octets. */
    private static final short OVERHEAD = (short) (Registry.FILE_HEADER + MAX_BLOCK_HEADER);
    /** Load parameters: system specific parameters EF with the size of the load file C6. */
    private static final short PARAMETERS_EF = (short) 0xEF04;
    private static final short PARAMETERS_C6 = (short) 0xC602;
    private static final short PARAMETERS_LENGTH = (short) 6;

    private static final byte P1_MORE = (byte) 0x00;
    private static final byte P1_LAST = (byte) 0x80;

    private final Arena arena;
    private final Registry registry;
    private final LoadState state;
    private final KeySets keys;
    private final Cmac cmac;

    LoadSession(Arena arena, Registry registry, LoadState state, KeySets keys, Cmac cmac) {
        this.arena = arena;
        this.registry = registry;
        this.state = state;
        this.keys = keys;
        this.cmac = cmac;
    }

    /** INSTALL [for load]: LV load file AID, LV (empty), LV MAC, LV parameters, LV (empty). */
    void install(byte[] data, short offset, short end) {
        short domain = CommandFields.behindAid(data, offset, end);
        short mac = CommandFields.behind(data, domain, end, (short) 0);
        short parameters = CommandFields.behind(data, mac, end, Cmac.LENGTH);
        short token = CommandFields.behind(data, parameters, end, PARAMETERS_LENGTH);
        CommandFields.requireData(CommandFields.behind(data, token, end, (short) 0) == end);
        CommandFields.requireData(Util.getShort(data, (short) (parameters + 1)) == PARAMETERS_EF
            && Util.getShort(data, (short) (parameters + 3)) == PARAMETERS_C6);
        short declared = Util.getShort(data, (short) (parameters + 5));
        CommandFields.requireData(declared != 0);
        CommandFields.requireData(registry.find(Registry.KIND_ANY, data, offset) == Arena.NONE);
        CommandFields.requireMemory(hasRoom(declared) && !registry.isFull());
        start(data, offset, (short) (mac + 1), declared);
    }

    /** The blocks of a load under way count as free: it is dropped. */
    private boolean hasRoom(short declared) {
        short free = (short) (arena.free() + state.taken());
        // A size with the highest bit set is more than any arena has.
        return declared > 0 && declared <= (short) (free - OVERHEAD);
    }

    /** Puts a new load in the place of the one under way, all in the transaction: it may take blocks of the old one. */
    private void start(byte[] data, short aidLv, short mac, short declared) {
        JCSystem.beginTransaction();
        state.end();
        short entry = arena.allocate();
        registry.prepare(entry, Registry.KIND_LOAD_FILE, Registry.LIFE_LOADED, data, aidLv);
        arena.set(entry, Registry.OFF_FILE_SIZE, declared);
        arena.setOctets(entry, Registry.OFF_FILE_MAC, data, mac, Cmac.LENGTH);
        arena.setOctet(entry, Registry.OFF_FILE_KEY_VERSION, keys.current().version());
        state.start(entry);
        // The marks were made inside the transaction; they must not outlive it if it is undone.
        arena.forgetMarks();
    }

    /**
     * LOAD: one block; the last one makes the load file exist.
     *
     * @return the status word; a load that fails is dropped in the transaction that stays open
     */
    short load(byte p1, short number, byte[] data, short offset, short length) {
        CommandFields.requireP1P2(p1 == P1_MORE || p1 == P1_LAST);
        CommandFields.requireLength(length != 0);
        CommandFields.requireState(state.isUnderWay() && state.number() == number);
        short received = state.received();
        if (length > (short) ((short) (declared() + MAX_BLOCK_HEADER) - received)) {
            return drop(CommandFields.SW_WRONG_DATA);
        }
        short used = (short) (Registry.FILE_HEADER + received);
        short tail = arena.append(state.tail(), used, data, offset, length);
        if (tail == Arena.NONE) {
            return drop(CommandFields.SW_NO_MEMORY);
        }
        received = (short) (received + length);
        if (p1 == P1_LAST) {
            return finish(tail, received);
        }
        JCSystem.beginTransaction();
        state.advance(tail, received);
        return CommandFields.SW_GOOD;
    }

    private short finish(short tail, short received) {
        short entry = state.entry();
        if (!isWhole(entry, received) || !isAuthentic(entry, received)) {
            return drop(CommandFields.SW_WRONG_DATA);
        }
        if (registry.isFull()) {
            return drop(CommandFields.SW_NO_MEMORY);
        }
        // A link may be left there from a longer block whose LOAD a cut of power ended.
        arena.end(tail);
        JCSystem.beginTransaction();
        state.end();
        registry.add(entry);
        return CommandFields.SW_GOOD;
    }

    private short drop(short sw) {
        JCSystem.beginTransaction();
        state.end();
        return sw;
    }

    private short declared() {
        return arena.get(state.entry(), Registry.OFF_FILE_SIZE);
    }

    /** C4, the declared length, and that many octets. */
    private boolean isWhole(short entry, short received) {
        byte[] memory = arena.memory();
        short start = (short) (Arena.start(entry) + Registry.FILE_HEADER);
        short lengthAt = (short) (start + 1);
        short lengthOctets = BerLength.octets(memory, lengthAt);
        short declared = declared();
        if (memory[start] != TAG_LOAD_FILE_DATA_BLOCK || lengthOctets == 0) {
            return false;
        }
        short whole = (short) ((short) (declared + lengthOctets) + 1);
        return received == whole && BerLength.length(memory, lengthAt) == declared;
    }

    /** The MAC over the object C4 is right, under the KID of the version that INSTALL [for load] came under. */
    private boolean isAuthentic(short entry, short received) {
        KeySet version = keys.find(arena.getOctet(entry, Registry.OFF_FILE_KEY_VERSION));
        if (version == null) {
            return false;
        }
        cmac.init(version.kid());
        arena.update(cmac, entry, Registry.FILE_HEADER, received);
        cmac.finish();
        short mac = (short) (Arena.start(entry) + Registry.OFF_FILE_MAC);
        return cmac.difference(arena.memory(), mac, Cmac.LENGTH) == 0;
    }
}
