package twofold.second;

import javacard.framework.JCSystem;
import javacard.framework.Util;

/** GET STATUS (GPCS 11.4): writes a response APDU with the entries of the registry whose AID starts with a prefix. */
final class StatusCommand {
    private static final byte P2_FIRST = (byte) 0x02;
    private static final byte P2_NEXT = (byte) 0x03;

    /** GPCS 11.4.2.3: a list of wanted tags may follow the AID; what is told does not depend on it. */
    private static final byte TAG_LIST = (byte) 0x5C;
    /** GPCS 11.4.3.1: E3 { 4F AID, 9F70 life cycle, C5 privileges, C4 load file AID }. */
    private static final byte TAG_ENTRY = (byte) 0xE3;
    private static final short TAG_LIFE_CYCLE = (short) 0x9F70;
    private static final short TAG_PRIVILEGES_LENGTH = (short) 0xC501;
    private static final byte TAG_LOAD_FILE = (byte) 0xC4;
    private static final short LIFE_CYCLE_LENGTH = (short) 4;
    private static final short PRIVILEGES_LENGTH = (short) 3;

    private static final short SW_LENGTH = (short) 2;

    private final Arena arena;
    private final Registry registry;
    /** CLEAR_ON_RESET: the entry that P2 03 starts with; NONE when there is nothing to go on with. */
    private final short[] next;

    StatusCommand(Arena arena, Registry registry) {
        this.arena = arena;
        this.registry = registry;
        next = JCSystem.makeTransientShortArray((short) 1, JCSystem.CLEAR_ON_RESET);
    }

    /** There is nothing to go on with any more. */
    void end() {
        next[0] = Arena.NONE;
    }

    /**
     * Executes GET STATUS; the answer may overwrite the command.
     *
     * @param inScript adds privileges and load file AID to services; false at the interface, which shows names only
     * @return the length of the response APDU, status word included
     */
    short execute(byte p1, byte p2, byte[] data, short offset, short length, boolean inScript,
            byte[] out, short start, short room) {
        CommandFields.requireP1P2(p1 == Registry.KIND_SERVICE || p1 == Registry.KIND_LOAD_FILE
            || p1 == Registry.KIND_ANY);
        CommandFields.requireP1P2(p2 == P2_FIRST || p2 == P2_NEXT);
        CommandFields.requireLength(length >= CommandFields.TLV_HEADER);
        short prefixLength = prefixLength(data, offset, length);
        short entry = p2 == P2_FIRST ? registry.first() : next[0];
        CommandFields.requireState(p2 == P2_FIRST || entry != Arena.NONE);
        end();
        short prefix = (short) (offset + CommandFields.TLV_HEADER);
        entry = matching(entry, p1, data, prefix, prefixLength);
        CommandFields.requireFound(entry != Arena.NONE);
        return write(entry, p1, prefixLength, inScript, out, start, room);
    }

    /** Checks 4F L prefix, and 5C L tags behind it if they are there; returns the length of the prefix. */
    private static short prefixLength(byte[] data, short offset, short length) {
        short end = (short) (offset + length);
        short behind = CommandFields.behind(data, (short) (offset + 1), end);
        if (behind < end) {
            CommandFields.requireData(data[behind] == TAG_LIST
                && CommandFields.behind(data, (short) (behind + 1), end) == end);
        }
        return CommandFields.aidObject(data, offset, (short) (behind - offset));
    }

    /** Writes entries from this one on. Its AID is the prefix to compare with: the answer may overwrite the command. */
    private short write(short first, byte kinds, short prefixLength, boolean inScript,
            byte[] out, short start, short room) {
        short limit = (short) ((short) (start + room) - SW_LENGTH);
        short prefix = registry.aidAt(first);
        short entry = first;
        short at = start;
        while (entry != Arena.NONE) {
            boolean withOrigin = inScript && registry.kind(entry) == Registry.KIND_SERVICE;
            if ((short) (at + entryLength(entry, withOrigin)) > limit) {
                next[0] = entry;
                return (short) (Util.setShort(out, at, CommandFields.SW_MORE_DATA) - start);
            }
            at = writeEntry(entry, withOrigin, out, at);
            entry = matching(registry.nextOf(entry), kinds, arena.memory(), prefix, prefixLength);
        }
        return (short) (Util.setShort(out, at, CommandFields.SW_GOOD) - start);
    }

    /** The entry itself or the next one of these kinds whose AID has the prefix. */
    private short matching(short entry, byte kinds, byte[] prefix, short offset, short length) {
        short found = entry;
        while (found != Arena.NONE
                && !(registry.isOneOf(found, kinds) && registry.hasPrefix(found, prefix, offset, length))) {
            found = registry.nextOf(found);
        }
        return found;
    }

    private short entryLength(short entry, boolean withOrigin) {
        short length = (short) ((short) (CommandFields.TLV_HEADER + LIFE_CYCLE_LENGTH) + aidObjectLength(entry));
        if (withOrigin) {
            short file = arena.get(entry, Registry.OFF_LOAD_FILE);
            length = (short) ((short) (length + PRIVILEGES_LENGTH) + aidObjectLength(file));
        }
        return length;
    }

    private short aidObjectLength(short entry) {
        return (short) (CommandFields.TLV_HEADER + registry.aidLength(entry));
    }

    private short writeEntry(short entry, boolean withOrigin, byte[] out, short start) {
        short at = start;
        out[at++] = TAG_ENTRY;
        out[at++] = (byte) (entryLength(entry, withOrigin) - CommandFields.TLV_HEADER);
        at = writeAid(CommandFields.TAG_AID, entry, out, at);
        at = Util.setShort(out, at, TAG_LIFE_CYCLE);
        out[at++] = (byte) 1;
        out[at++] = registry.lifeCycle(entry);
        if (withOrigin) {
            at = Util.setShort(out, at, TAG_PRIVILEGES_LENGTH);
            out[at++] = arena.getOctet(entry, Registry.OFF_PRIVILEGES);
            at = writeAid(TAG_LOAD_FILE, arena.get(entry, Registry.OFF_LOAD_FILE), out, at);
        }
        return at;
    }

    private short writeAid(byte tag, short entry, byte[] out, short at) {
        out[at] = tag;
        return registry.copyAid(entry, out, (short) (at + 1));
    }
}
