package twofold.second;

import javacard.framework.JCSystem;

/** INSTALL (GPCS 11.5): [for load], [for install], [make selectable], both, and [for personalization]. */
final class InstallCommand {
    private static final byte P1_FOR_LOAD = (byte) 0x02;
    private static final byte P1_FOR_INSTALL = (byte) 0x04;
    private static final byte P1_MAKE_SELECTABLE = (byte) 0x08;
    private static final byte P1_INSTALL_AND_MAKE_SELECTABLE = (byte) 0x0C;
    private static final byte P1_FOR_PERSONALIZATION = (byte) 0x20;

    private static final short EMPTY = (short) 0;
    private static final short PRIVILEGES_LENGTH = (short) 1;
    private static final short MAX_PARAMETERS = (short) 32;

    private final Arena arena;
    private final Registry registry;
    private final LoadSession loading;
    private final Personalization personalization;

    InstallCommand(Arena arena, Registry registry, LoadSession loading, Personalization personalization) {
        this.arena = arena;
        this.registry = registry;
        this.loading = loading;
        this.personalization = personalization;
    }

    void execute(byte p1, byte p2, byte[] data, short offset, short length) {
        boolean forInstall = p1 == P1_FOR_INSTALL || p1 == P1_INSTALL_AND_MAKE_SELECTABLE;
        boolean known = forInstall || p1 == P1_FOR_LOAD || p1 == P1_MAKE_SELECTABLE || p1 == P1_FOR_PERSONALIZATION;
        CommandFields.requireP1P2(known && p2 == 0);
        CommandFields.requireLength(length != 0);
        short end = (short) (offset + length);
        if (forInstall) {
            install(p1, data, offset, end);
        } else if (p1 == P1_FOR_LOAD) {
            loading.install(data, offset, end);
        } else if (p1 == P1_MAKE_SELECTABLE) {
            makeSelectable(data, offset, end);
        } else {
            personalize(data, offset, end);
        }
    }

    /** LV load file AID, LV module AID, LV instance AID, LV privileges, LV parameters, LV token (empty). */
    private void install(byte p1, byte[] data, short offset, short end) {
        short module = CommandFields.behindAid(data, offset, end);
        short instance = CommandFields.behindAid(data, module, end);
        short privileges = CommandFields.behindAid(data, instance, end);
        checkTail(data, privileges, end);
        short file = find(Registry.KIND_LOAD_FILE, data, offset);
        CommandFields.requireFound(file != Arena.NONE);
        CommandFields.requireData(find(Registry.KIND_SERVICE, data, instance) == Arena.NONE);
        short entry = arena.allocate();
        CommandFields.requireMemory(entry != Arena.NONE);
        byte lifeCycle = p1 == P1_FOR_INSTALL ? Registry.LIFE_INSTALLED : Registry.LIFE_SELECTABLE;
        registry.prepare(entry, Registry.KIND_SERVICE, lifeCycle, data, instance);
        registry.setOctet(entry, Registry.OFF_PRIVILEGES, data[(short) (privileges + 1)]);
        registry.set(entry, Registry.OFF_LOAD_FILE, file);
        registry.setOctets(entry, Registry.OFF_MODULE, data, module, (short) (instance - module));
        // Until the entry is linked nothing reaches its block; the marks are made again in case that does not happen.
        arena.forgetMarks();
        JCSystem.beginTransaction();
        registry.add(entry);
    }

    /** The same fields; load file and module are not looked at (GPCS 11.5.2.3.3). */
    private void makeSelectable(byte[] data, short offset, short end) {
        short module = CommandFields.behind(data, offset, end);
        short instance = CommandFields.behind(data, module, end);
        short privileges = CommandFields.behindAid(data, instance, end);
        checkTail(data, privileges, end);
        short entry = find(Registry.KIND_SERVICE, data, instance);
        CommandFields.requireFound(entry != Arena.NONE);
        CommandFields.requireState(registry.lifeCycle(entry) == Registry.LIFE_INSTALLED);
        JCSystem.beginTransaction();
        registry.setLifeCycle(entry, Registry.LIFE_SELECTABLE);
    }

    private static void checkTail(byte[] data, short privileges, short end) {
        short parameters = CommandFields.behind(data, privileges, end, PRIVILEGES_LENGTH);
        short token = CommandFields.behind(data, parameters, end);
        CommandFields.requireData((short) (data[parameters] & 0xFF) <= MAX_PARAMETERS);
        CommandFields.requireData(CommandFields.behind(data, token, end, EMPTY) == end);
    }

    /** LV (empty), LV (empty), LV service AID, then three empty LV. */
    private void personalize(byte[] data, short offset, short end) {
        short at = CommandFields.behind(data, offset, end, EMPTY);
        short service = CommandFields.behind(data, at, end, EMPTY);
        at = CommandFields.behindAid(data, service, end);
        at = CommandFields.behind(data, at, end, EMPTY);
        at = CommandFields.behind(data, at, end, EMPTY);
        CommandFields.requireData(CommandFields.behind(data, at, end, EMPTY) == end);
        short entry = find(Registry.KIND_SERVICE, data, service);
        CommandFields.requireFound(entry != Arena.NONE);
        CommandFields.requireState(registry.lifeCycle(entry) >= Registry.LIFE_SELECTABLE);
        personalization.start(entry);
    }

    private short find(byte kind, byte[] data, short aidLv) {
        return registry.find(kind, data, (short) (aidLv + 1), data[aidLv]);
    }
}
