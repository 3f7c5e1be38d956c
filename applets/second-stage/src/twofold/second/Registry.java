package twofold.second;

import javacard.framework.Util;

/**
 * The registry of storage 2: Executable Load Files and services (applications) with their GlobalPlatform life cycle,
 * and the data objects of each service. Entries and objects are one arena block each, linked in lists: an entry
 * exists from the moment the link before it is set.
 */
final class Registry implements ArenaRoots {
    /** Kinds of entry: the bits of P1 in GET STATUS. */
    static final byte KIND_LOAD_FILE = (byte) 0x20;
    static final byte KIND_SERVICE = (byte) 0x40;

    /** Life cycle states (GPCS 11.1.1). */
    static final byte LIFE_LOADED = (byte) 0x01;
    static final byte LIFE_INSTALLED = (byte) 0x03;
    static final byte LIFE_SELECTABLE = (byte) 0x07;
    static final byte LIFE_PERSONALIZED = (byte) 0x0F;

    /** Every entry: link (2), kind (1), life cycle (1), LV AID (17). */
    private static final short OFF_LINK = (short) 0;
    private static final short OFF_KIND = (short) 2;
    private static final short OFF_LIFE = (short) 3;
    private static final short OFF_AID = (short) 4;
    /** A load file: octets of its data block (2), first arena block (2), MAC (16). */
    static final short OFF_FILE_SIZE = (short) 21;
    static final short OFF_FILE_HEAD = (short) 23;
    static final short OFF_FILE_MAC = (short) 25;
    /** A service: privileges (1), its load file (2), LV module AID (17), its objects (2). */
    static final short OFF_PRIVILEGES = (short) 21;
    static final short OFF_LOAD_FILE = (short) 22;
    static final short OFF_MODULE = (short) 24;
    private static final short OFF_OBJECTS = (short) 41;
    /** An object: link (2), tag (2), access rule (1), octets (2), first block (2). */
    static final short OFF_TAG = (short) 2;
    static final short OFF_RULE = (short) 4;
    static final short OFF_SIZE = (short) 5;
    static final short OFF_HEAD = (short) 7;

    private final Arena arena;
    private final byte[] memory;

    Registry(Arena arena) {
        this.arena = arena;
        memory = arena.memory();
    }

    /** Marks every block that the registry reaches. */
    public void mark() {
        for (short entry = first(); entry != Arena.NONE; entry = nextOf(entry)) {
            arena.markChain(entry);
            if (kind(entry) == KIND_LOAD_FILE) {
                arena.markChain(get(entry, OFF_FILE_HEAD));
            } else {
                markObjects(get(entry, OFF_OBJECTS));
            }
        }
    }

    /** Marks a list of objects and their contents. */
    void markObjects(short firstObject) {
        for (short object = firstObject; object != Arena.NONE; object = nextOf(object)) {
            arena.markChain(object);
            arena.markChain(get(object, OFF_HEAD));
        }
    }

    /** The first entry of the registry. */
    short first() {
        return Util.getShort(memory, Arena.ROOT);
    }

    /** The entry or object behind this one. */
    short nextOf(short block) {
        return get(block, OFF_LINK);
    }

    byte kind(short entry) {
        return getOctet(entry, OFF_KIND);
    }

    byte lifeCycle(short entry) {
        return getOctet(entry, OFF_LIFE);
    }

    /** How many entries of a kind there are. */
    byte count(byte kind) {
        byte count = 0;
        for (short entry = first(); entry != Arena.NONE; entry = nextOf(entry)) {
            if (kind(entry) == kind) {
                count++;
            }
        }
        return count;
    }

    /** Finds the entry of a kind with this AID; NONE when there is none. */
    short find(byte kind, byte[] aid, short offset, short length) {
        for (short entry = first(); entry != Arena.NONE; entry = nextOf(entry)) {
            if (kind(entry) == kind && hasAid(entry, aid, offset, length)) {
                return entry;
            }
        }
        return Arena.NONE;
    }

    /** Octets of the AID of an entry. */
    short aidLength(short entry) {
        return getOctet(entry, OFF_AID);
    }

    /** Copies the AID of an entry with its length in front; returns what lies behind. */
    short copyAid(short entry, byte[] out, short offset) {
        short length = (short) (aidLength(entry) + 1);
        return Util.arrayCopyNonAtomic(memory, (short) (Arena.start(entry) + OFF_AID), out, offset, length);
    }

    /** Clears a block that nothing reaches yet. */
    void clear(short block) {
        Util.arrayFillNonAtomic(memory, Arena.start(block), Arena.BLOCK, (byte) 0);
    }

    /** Puts an object behind another in a list that no service reaches yet. */
    void link(short before, short object) {
        set(before, OFF_LINK, object);
    }

    private boolean hasAid(short entry, byte[] aid, short offset, short length) {
        short at = (short) (Arena.start(entry) + OFF_AID);
        return memory[at] == (byte) length && Util.arrayCompare(memory, (short) (at + 1), aid, offset, length) == 0;
    }

    /** Finds an object of a service; NONE when there is none. */
    short findObject(short service, short tag) {
        short object = get(service, OFF_OBJECTS);
        while (object != Arena.NONE && get(object, OFF_TAG) != tag) {
            object = nextOf(object);
        }
        return object;
    }

    /** A two-octet field of a block. */
    short get(short block, short field) {
        return Util.getShort(memory, (short) (Arena.start(block) + field));
    }

    /** A one-octet field of a block. */
    byte getOctet(short block, short field) {
        return memory[(short) (Arena.start(block) + field)];
    }

    /** Writes a two-octet field of a block. */
    void set(short block, short field, short value) {
        Util.setShort(memory, (short) (Arena.start(block) + field), value);
    }

    /** Writes a one-octet field of a block. */
    void setOctet(short block, short field, byte value) {
        memory[(short) (Arena.start(block) + field)] = value;
    }

    /** Copies octets, an LV for example, into a field of a block that nothing reaches yet. */
    void setOctets(short block, short field, byte[] data, short offset, short length) {
        Util.arrayCopyNonAtomic(data, offset, memory, (short) (Arena.start(block) + field), length);
    }

    /** Prepares a new entry in a block that nothing reaches yet. */
    void prepare(short entry, byte kind, byte lifeCycle, byte[] aidLv, short offset) {
        clear(entry);
        setOctet(entry, OFF_KIND, kind);
        setOctet(entry, OFF_LIFE, lifeCycle);
        setOctets(entry, OFF_AID, aidLv, offset, (short) (aidLv[offset] + 1));
    }

    /** Makes an entry exist, behind the last one; inside a transaction. */
    void add(short entry) {
        short pointer = Arena.ROOT;
        while (Util.getShort(memory, pointer) != Arena.NONE) {
            pointer = (short) (Arena.start(Util.getShort(memory, pointer)) + OFF_LINK);
        }
        Util.setShort(memory, pointer, entry);
    }

    /** Changes the life cycle of an entry; inside a transaction. */
    void setLifeCycle(short entry, byte lifeCycle) {
        setOctet(entry, OFF_LIFE, lifeCycle);
    }

    /** Makes an object exist, in the place of one with the same tag or behind the last; inside a transaction. */
    void putObject(short service, short object) {
        short tag = get(object, OFF_TAG);
        short pointer = (short) (Arena.start(service) + OFF_OBJECTS);
        short old = Util.getShort(memory, pointer);
        while (old != Arena.NONE && get(old, OFF_TAG) != tag) {
            pointer = (short) (Arena.start(old) + OFF_LINK);
            old = Util.getShort(memory, pointer);
        }
        set(object, OFF_LINK, old == Arena.NONE ? Arena.NONE : nextOf(old));
        Util.setShort(memory, pointer, object);
    }
}
