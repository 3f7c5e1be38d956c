package twofold.second;

import javacard.framework.JCSystem;

/**
 * INSTALL (GPCS 11.5): [for load], [for install], [make selectable], both, [for personalization], and
 * [for registry update].
 */
final class InstallCommand {
    private static final byte P1_FOR_LOAD = (byte) 0x02;
    private static final byte P1_FOR_INSTALL = (byte) 0x04;
    private static final byte P1_MAKE_SELECTABLE = (byte) 0x08;
    private static final byte P1_INSTALL_AND_MAKE_SELECTABLE = (byte) 0x0C;
    private static final byte P1_FOR_PERSONALIZATION = (byte) 0x20;
    private static final byte P1_FOR_REGISTRY_UPDATE = (byte) 0x40;

    private static final short EMPTY = (short) 0;
    private static final short PRIVILEGES_LENGTH = (short) 1;
    private static final short MAX_PARAMETERS = (short) 32;

    private final Arena arena;
    private final Registry registry;
    private final LoadSession loading;
    private final LoadState loadUnderWay;
    private final Personalization personalization;

    InstallCommand(Arena arena, Registry registry, LoadSession loading, LoadState loadUnderWay,
            Personalization personalization) {
        this.arena = arena;
        this.registry = registry;
        this.loading = loading;
        this.loadUnderWay = loadUnderWay;
        this.personalization = personalization;
    }

    void execute(byte p1, byte p2, byte[] data, short offset, short length) {
        CommandFields.requireP1P2(isKnown(p1) && p2 == 0);
        CommandFields.requireLength(length != 0);
        short end = (short) (offset + length);
        switch (p1) {
            case P1_FOR_LOAD:
                loading.install(data, offset, end);
                break;
            case P1_MAKE_SELECTABLE:
                makeSelectable(data, offset, end);
                break;
            case P1_FOR_PERSONALIZATION:
                personalize(data, offset, end);
                break;
            case P1_FOR_REGISTRY_UPDATE:
                update(data, offset, end);
                break;
            default:
                install(p1, data, offset, end);
                break;
        }
    }

    private static boolean isKnown(byte p1) {
        return p1 == P1_FOR_LOAD || p1 == P1_FOR_INSTALL || p1 == P1_MAKE_SELECTABLE
            || p1 == P1_INSTALL_AND_MAKE_SELECTABLE || p1 == P1_FOR_PERSONALIZATION || p1 == P1_FOR_REGISTRY_UPDATE;
    }

    /** LV load file AID, LV module AID, LV service AID, LV privileges, LV parameters, LV token (empty). */
    private void install(byte p1, byte[] data, short offset, short end) {
        short module = CommandFields.behindAid(data, offset, end);
        short service = CommandFields.behindAid(data, module, end);
        short privileges = CommandFields.behindAid(data, service, end);
        checkTail(data, privileges, end);
        short file = registry.find(Registry.KIND_LOAD_FILE, data, offset);
        CommandFields.requireFound(file != Arena.NONE);
        CommandFields.requireData(registry.find(Registry.KIND_ANY, data, service) == Arena.NONE
            && !loadUnderWay.hasAid(data, (short) (service + 1), data[service]));
        CommandFields.requireMemory(!registry.isFull());
        short entry = arena.allocate();
        CommandFields.requireMemory(entry != Arena.NONE);
        byte lifeCycle = p1 == P1_FOR_INSTALL ? Registry.LIFE_INSTALLED : Registry.LIFE_SELECTABLE;
        registry.prepare(entry, Registry.KIND_SERVICE, lifeCycle, data, service);
        arena.set(entry, Registry.OFF_OBJECTS, Arena.NONE);
        setOrigin(entry, file, data, module, privileges);
        // Until the entry is linked nothing reaches its block; the marks are made again in case that does not happen.
        arena.forgetMarks();
        JCSystem.beginTransaction();
        registry.add(entry);
    }

    /** The same fields: a service moves to another load file and module; its life cycle and its objects stay. */
    private void update(byte[] data, short offset, short end) {
        short module = CommandFields.behindAid(data, offset, end);
        short service = CommandFields.behindAid(data, module, end);
        short privileges = CommandFields.behindAid(data, service, end);
        checkTail(data, privileges, end);
        short file = registry.find(Registry.KIND_LOAD_FILE, data, offset);
        short entry = registry.find(Registry.KIND_SERVICE, data, service);
        CommandFields.requireFound(file != Arena.NONE && entry != Arena.NONE);
        JCSystem.beginTransaction();
        setOrigin(entry, file, data, module, privileges);
    }

    private void setOrigin(short entry, short file, byte[] data, short module, short privileges) {
        arena.setOctet(entry, Registry.OFF_PRIVILEGES, data[(short) (privileges + 1)]);
        arena.set(entry, Registry.OFF_LOAD_FILE, file);
        arena.setOctets(entry, Registry.OFF_MODULE, data, module, (short) (data[module] + 1));
    }

    /** The same fields; load file and module are not looked at (GPCS 11.5.2.3.3). */
    private void makeSelectable(byte[] data, short offset, short end) {
        short module = CommandFields.behind(data, offset, end);
        short service = CommandFields.behind(data, module, end);
        short privileges = CommandFields.behindAid(data, service, end);
        checkTail(data, privileges, end);
        short entry = registry.find(Registry.KIND_SERVICE, data, service);
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
        short entry = registry.find(Registry.KIND_SERVICE, data, service);
        CommandFields.requireFound(entry != Arena.NONE);
        CommandFields.requireState(registry.isUsable(entry));
        personalization.start(entry);
    }
}
