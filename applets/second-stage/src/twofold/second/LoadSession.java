package twofold.second;

import javacard.framework.JCSystem;
import javacard.framework.Util;
import twofold.link.BerLength;
import twofold.link.Cmac;
import twofold.link.KeySet;

/**
 * A load file on its way into the arena: INSTALL [for load] and LOAD (GPCS 11.5, 11.6). The state is CLEAR_ON_RESET; a
 * load that a reset interrupts starts again. The file exists only after its length and MAC proved right.
 */
final class LoadSession implements ArenaRoots {
    private static final byte TAG_LOAD_FILE_DATA_BLOCK = (byte) 0xC4;
    /** C4 and at most three length octets stand in front of the load file. */
    private static final short MAX_BLOCK_HEADER = (short) 4;
    /** Load parameters: system specific parameters EF with the size of the load file C6. */
    private static final short PARAMETERS_EF = (short) 0xEF04;
    private static final short PARAMETERS_C6 = (short) 0xC602;
    private static final short PARAMETERS_LENGTH = (short) 6;

    private static final byte P1_MORE = (byte) 0x00;
    private static final byte P1_LAST = (byte) 0x80;

    private static final short ENTRY = (short) 0;
    private static final short TAIL = (short) 1;
    private static final short RECEIVED = (short) 2;
    private static final short DECLARED = (short) 3;
    private static final short NUMBER = (short) 4;
    private static final short FIELDS = (short) 5;

    private final Arena arena;
    private final Registry registry;
    private final KeySet keys;
    private final Cmac cmac;
    /** CLEAR_ON_RESET: entry in preparation (NONE: no load), last block, octets received, declared, next number. */
    private final short[] state;

    LoadSession(Arena arena, Registry registry, KeySet keys, Cmac cmac) {
        this.arena = arena;
        this.registry = registry;
        this.keys = keys;
        this.cmac = cmac;
        state = JCSystem.makeTransientShortArray(FIELDS, JCSystem.CLEAR_ON_RESET);
    }

    /** Marks the blocks of the load file under way. */
    public void mark() {
        short entry = state[ENTRY];
        if (entry != Arena.NONE) {
            arena.markChain(entry);
            arena.markChain(registry.get(entry, Registry.OFF_FILE_HEAD));
        }
    }

    /** Forgets the load under way; its blocks are free again. */
    void drop() {
        state[ENTRY] = Arena.NONE;
        arena.forgetMarks();
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
        short aidLength = data[offset];
        short known = registry.find(Registry.KIND_LOAD_FILE, data, (short) (offset + 1), aidLength);
        CommandFields.requireData(known == Arena.NONE);
        drop();
        // A size with the highest bit set is more than any arena has.
        short room = (short) ((short) (arena.free() - Arena.BLOCK) - MAX_BLOCK_HEADER);
        CommandFields.requireMemory(declared > 0 && declared <= room);
        short entry = arena.allocate();
        registry.prepare(entry, Registry.KIND_LOAD_FILE, Registry.LIFE_LOADED, data, offset);
        registry.setOctets(entry, Registry.OFF_FILE_MAC, data, (short) (mac + 1), Cmac.LENGTH);
        short head = arena.allocate();
        registry.set(entry, Registry.OFF_FILE_HEAD, head);
        state[TAIL] = head;
        state[RECEIVED] = (short) 0;
        state[DECLARED] = declared;
        state[NUMBER] = (short) 0;
        state[ENTRY] = entry;
    }

    /** LOAD: one block; the last one makes the load file exist. */
    void load(byte p1, short number, byte[] data, short offset, short length) {
        CommandFields.requireP1P2(p1 == P1_MORE || p1 == P1_LAST);
        CommandFields.requireLength(length != 0);
        CommandFields.requireState(state[ENTRY] != Arena.NONE && state[NUMBER] == number);
        short received = state[RECEIVED];
        if (length > (short) ((short) (state[DECLARED] + MAX_BLOCK_HEADER) - received)) {
            drop();
            CommandFields.refuse(CommandFields.SW_WRONG_DATA);
        }
        short tail = arena.append(state[TAIL], received, data, offset, length);
        if (tail == Arena.NONE) {
            drop();
            CommandFields.refuse(CommandFields.SW_NO_MEMORY);
        }
        state[TAIL] = tail;
        state[RECEIVED] = (short) (received + length);
        state[NUMBER]++;
        if (p1 == P1_LAST) {
            finish();
        }
    }

    private void finish() {
        short entry = state[ENTRY];
        short received = state[RECEIVED];
        if (!isWhole(entry, received)) {
            drop();
            CommandFields.refuse(CommandFields.SW_WRONG_DATA);
        }
        registry.set(entry, Registry.OFF_FILE_SIZE, received);
        state[ENTRY] = Arena.NONE;
        JCSystem.beginTransaction();
        registry.add(entry);
    }

    /** C4, the declared length, that many octets, and the MAC over all of it is right. */
    private boolean isWhole(short entry, short received) {
        short head = registry.get(entry, Registry.OFF_FILE_HEAD);
        byte[] memory = arena.memory();
        short start = Arena.start(head);
        short lengthAt = (short) (start + 1);
        short lengthOctets = BerLength.octets(memory, lengthAt);
        short declared = state[DECLARED];
        if (memory[start] != TAG_LOAD_FILE_DATA_BLOCK || lengthOctets == 0) {
            return false;
        }
        short whole = (short) ((short) (declared + lengthOctets) + 1);
        if (received != whole || BerLength.length(memory, lengthAt) != declared) {
            return false;
        }
        cmac.init(keys.kid());
        arena.update(cmac, head, received);
        cmac.finish();
        short mac = (short) (Arena.start(entry) + Registry.OFF_FILE_MAC);
        return cmac.difference(memory, mac, Cmac.LENGTH) == 0;
    }
}
