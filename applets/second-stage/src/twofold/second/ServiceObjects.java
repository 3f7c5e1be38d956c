package twofold.second;

import javacard.framework.Util;

/** The data objects of services: each is one chain, linked in the list of its service. */
final class ServiceObjects {
    /** Access rules. */
    static final byte RULE_PUBLIC = (byte) 0x00;
    static final byte RULE_PIN = (byte) 0x01;
    static final byte RULE_NEVER = (byte) 0x02;

    /** The tags of the stage itself; no service has an object of such a tag. */
    private static final short FIRST_STAGE_TAG = (short) 0xDF01;
    private static final short LAST_STAGE_TAG = (short) 0xDF0F;

    /** An object: link (2), tag (2), access rule (1), octets (2), spare (2), then its content. */
    private static final short OFF_LINK = (short) 0;
    private static final short OFF_TAG = (short) 2;
    private static final short OFF_RULE = (short) 4;
    private static final short OFF_SIZE = (short) 5;
    static final short HEADER = (short) 9;

    private final Arena arena;
    private final Registry registry;
    private final byte[] memory;

    ServiceObjects(Arena arena, Registry registry) {
        this.arena = arena;
        this.registry = registry;
        memory = arena.memory();
    }

    /** True for a tag that an object of a service cannot have. */
    static boolean isStageTag(short tag) {
        return tag >= FIRST_STAGE_TAG && tag <= LAST_STAGE_TAG;
    }

    /** Marks the entries of the registry and the objects of its services. */
    void markRegistry() {
        for (short entry = registry.first(); entry != Arena.NONE; entry = registry.nextOf(entry)) {
            arena.markChain(entry);
            if (registry.kind(entry) == Registry.KIND_SERVICE) {
                markList(arena.get(entry, Registry.OFF_OBJECTS));
            }
        }
    }

    /** Marks a list of objects. */
    void markList(short firstObject) {
        for (short object = firstObject; object != Arena.NONE; object = nextOf(object)) {
            arena.markChain(object);
        }
    }

    /** Finds an object of a service; NONE when there is none. */
    short find(short service, short tag) {
        short object = arena.get(service, Registry.OFF_OBJECTS);
        while (object != Arena.NONE && tag(object) != tag) {
            object = nextOf(object);
        }
        return object;
    }

    /** The object behind this one. */
    short nextOf(short object) {
        return arena.get(object, OFF_LINK);
    }

    short tag(short object) {
        return arena.get(object, OFF_TAG);
    }

    byte rule(short object) {
        return arena.getOctet(object, OFF_RULE);
    }

    /** Octets of the content. */
    short size(short object) {
        return arena.get(object, OFF_SIZE);
    }

    /** Where a content that fits the first block starts in the arena's memory. */
    short contentAt(short object) {
        return (short) (Arena.start(object) + HEADER);
    }

    /** Writes the header of an object into a block that nothing reaches yet; its rule comes later. */
    void prepare(short object, short tag, short size) {
        arena.set(object, OFF_LINK, Arena.NONE);
        arena.set(object, OFF_TAG, tag);
        arena.set(object, OFF_SIZE, size);
    }

    /** Writes the access rule of an object that nothing reaches yet. */
    void setRule(short object, byte rule) {
        arena.setOctet(object, OFF_RULE, rule);
    }

    /** Puts an object behind another in a list that no service reaches yet. */
    void link(short before, short object) {
        arena.set(before, OFF_LINK, object);
    }

    /** Makes an object exist, in the place of one with the same tag or behind the last; inside a transaction. */
    void put(short service, short object) {
        short tag = tag(object);
        short pointer = (short) (Arena.start(service) + Registry.OFF_OBJECTS);
        short old = Util.getShort(memory, pointer);
        while (old != Arena.NONE && tag(old) != tag) {
            pointer = (short) (Arena.start(old) + OFF_LINK);
            old = Util.getShort(memory, pointer);
        }
        arena.set(object, OFF_LINK, old == Arena.NONE ? Arena.NONE : nextOf(old));
        Util.setShort(memory, pointer, object);
    }
}
