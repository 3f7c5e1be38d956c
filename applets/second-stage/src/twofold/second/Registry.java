package twofold.second;

import javacard.framework.Util;

/**
 * The registry of storage 2: Executable Load Files and services (applications) with their GlobalPlatform life cycle.
 * An entry is one chain of the arena, linked in a list: it exists from the moment the link before it is set.
 */
final class Registry {
    /** Kinds of entry: the bits of P1 in GET STATUS. */
    static final byte KIND_LOAD_FILE = (byte) 0x20;
    static final byte KIND_SERVICE = (byte) 0x40;
    static final byte KIND_ANY = (byte) 0x60;

    /** Life cycle states (GPCS 11.1.1); a locked service keeps its state under the highest bit. */
    static final byte LIFE_LOADED = (byte) 0x01;
    static final byte LIFE_INSTALLED = (byte) 0x03;
    static final byte LIFE_SELECTABLE = (byte) 0x07;
    static final byte LIFE_PERSONALIZED = (byte) 0x0F;
    static final byte LIFE_LOCKED = (byte) 0x80;

    /** Every entry: link (2), kind (1), life cycle (1), LV AID (17). */
    private static final short OFF_LINK = (short) 0;
    private static final short OFF_KIND = (short) 2;
    private static final short OFF_LIFE = (short) 3;
    private static final short OFF_AID = (short) 4;
    /** A load file: declared octets (2), MAC (16), key version number (1), spare (2), then the object C4. */
    static final short OFF_FILE_SIZE = (short) 21;
    static final short OFF_FILE_MAC = (short) 23;
    static final short OFF_FILE_KEY_VERSION = (short) 39;
    static final short FILE_HEADER = (short) 42;
    /** A service: privileges (1), its load file (2), LV module AID (17), its objects (2). */
    static final short OFF_PRIVILEGES = (short) 21;
    static final short OFF_LOAD_FILE = (short) 22;
    static final short OFF_MODULE = (short) 24;
    static final short OFF_OBJECTS = (short) 41;

    /** The links of as many entries can be changed in one transaction. */
    private static final short MAX_ENTRIES = (short) 100;

    private final Arena arena;
    private final byte[] memory;

    Registry(Arena arena) {
        this.arena = arena;
        memory = arena.memory();
    }

    /** The first entry of the registry. */
    short first() {
        return Util.getShort(memory, Arena.ROOT);
    }

    /** The entry behind this one. */
    short nextOf(short entry) {
        return arena.get(entry, OFF_LINK);
    }

    byte kind(short entry) {
        return arena.getOctet(entry, OFF_KIND);
    }

    byte lifeCycle(short entry) {
        return arena.getOctet(entry, OFF_LIFE);
    }

    /** True for a service that can be selected and read: SELECTABLE or PERSONALIZED, and not locked. */
    boolean isUsable(short service) {
        byte lifeCycle = lifeCycle(service);
        return lifeCycle == LIFE_SELECTABLE || lifeCycle == LIFE_PERSONALIZED;
    }

    /** How many entries of these kinds there are. */
    short count(byte kinds) {
        short count = 0;
        for (short entry = first(); entry != Arena.NONE; entry = nextOf(entry)) {
            if (isOneOf(entry, kinds)) {
                count++;
            }
        }
        return count;
    }

    /** True when no entry can be added. */
    boolean isFull() {
        return count(KIND_ANY) >= MAX_ENTRIES;
    }

    /** Finds the entry of one of these kinds with this AID; NONE when there is none. */
    short find(byte kinds, byte[] aid, short offset, short length) {
        short entry = first();
        while (entry != Arena.NONE && !(isOneOf(entry, kinds) && hasAid(entry, aid, offset, length))) {
            entry = nextOf(entry);
        }
        return entry;
    }

    /** As find, for an AID with its length in front. */
    short find(byte kinds, byte[] data, short aidLv) {
        return find(kinds, data, (short) (aidLv + 1), data[aidLv]);
    }

    boolean isOneOf(short entry, byte kinds) {
        return (byte) (kind(entry) & kinds) != 0;
    }

    boolean hasAid(short entry, byte[] aid, short offset, short length) {
        return aidLength(entry) == length && hasPrefix(entry, aid, offset, length);
    }

    /** True when the AID of an entry starts with these octets. */
    boolean hasPrefix(short entry, byte[] prefix, short offset, short length) {
        return aidLength(entry) >= length
            && Util.arrayCompare(memory, aidAt(entry), prefix, offset, length) == 0;
    }

    /** Octets of the AID of an entry. */
    short aidLength(short entry) {
        return arena.getOctet(entry, OFF_AID);
    }

    /** Where the AID of an entry is in the arena's memory. */
    short aidAt(short entry) {
        return (short) ((short) (Arena.start(entry) + OFF_AID) + 1);
    }

    /** Copies the AID of an entry with its length in front; returns what lies behind. */
    short copyAid(short entry, byte[] out, short offset) {
        short length = (short) (aidLength(entry) + 1);
        return Util.arrayCopyNonAtomic(memory, (short) (Arena.start(entry) + OFF_AID), out, offset, length);
    }

    /** True for a service that was installed from this load file, or moved to it. */
    boolean belongsTo(short service, short file) {
        return kind(service) == KIND_SERVICE && arena.get(service, OFF_LOAD_FILE) == file;
    }

    /** True when a service belongs to this load file. */
    boolean hasServices(short file) {
        short entry = first();
        while (entry != Arena.NONE && !belongsTo(entry, file)) {
            entry = nextOf(entry);
        }
        return entry != Arena.NONE;
    }

    /** Writes what every entry has into a block that nothing reaches yet. */
    void prepare(short entry, byte kind, byte lifeCycle, byte[] data, short aidLv) {
        arena.set(entry, OFF_LINK, Arena.NONE);
        arena.setOctet(entry, OFF_KIND, kind);
        arena.setOctet(entry, OFF_LIFE, lifeCycle);
        arena.setOctets(entry, OFF_AID, data, aidLv, (short) (data[aidLv] + 1));
    }

    /** Makes an entry exist, behind the last one; inside a transaction. */
    void add(short entry) {
        short pointer = Arena.ROOT;
        while (Util.getShort(memory, pointer) != Arena.NONE) {
            pointer = linkAt(Util.getShort(memory, pointer));
        }
        Util.setShort(memory, pointer, entry);
    }

    /** Takes an entry out of the list, and the services that belong to it; inside a transaction. */
    void remove(short removed) {
        short pointer = Arena.ROOT;
        short entry = first();
        while (entry != Arena.NONE) {
            short following = nextOf(entry);
            if (entry == removed || belongsTo(entry, removed)) {
                Util.setShort(memory, pointer, following);
            } else {
                pointer = linkAt(entry);
            }
            entry = following;
        }
    }

    /** Changes the life cycle of an entry; inside a transaction. */
    void setLifeCycle(short entry, byte lifeCycle) {
        arena.setOctet(entry, OFF_LIFE, lifeCycle);
    }

    private static short linkAt(short entry) {
        return (short) (Arena.start(entry) + OFF_LINK);
    }
}
