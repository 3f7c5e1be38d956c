package twofold.second;

import javacard.framework.JCSystem;

/** SET STATUS (GPCS 11.10): locks and unlocks a service; its life cycle and its objects stay under the lock. */
final class SetStatusCommand {
    private static final byte P1_SERVICE = (byte) 0x40;
    private static final byte STATE_MASK = (byte) 0x7F;

    private final Registry registry;
    private final Personalization personalization;
    private final ServiceSelection selection;

    SetStatusCommand(Registry registry, Personalization personalization, ServiceSelection selection) {
        this.registry = registry;
        this.personalization = personalization;
        this.selection = selection;
    }

    void execute(byte p1, byte p2, byte[] data, short offset, short length) {
        CommandFields.requireP1P2(p1 == P1_SERVICE);
        CommandFields.requireLength(CommandFields.isAidLength(length));
        short service = registry.find(Registry.KIND_SERVICE, data, offset, length);
        CommandFields.requireFound(service != Arena.NONE);
        byte present = registry.lifeCycle(service);
        byte state = (byte) (p2 & STATE_MASK);
        CommandFields.requireData(state == 0 || state == (byte) (present & STATE_MASK));
        boolean locks = (byte) (p2 & Registry.LIFE_LOCKED) != 0;
        boolean isLocked = (byte) (present & Registry.LIFE_LOCKED) != 0;
        CommandFields.requireState(locks != isLocked);
        if (locks) {
            forget(service);
        }
        JCSystem.beginTransaction();
        registry.setLifeCycle(service, (byte) (present ^ Registry.LIFE_LOCKED));
    }

    private void forget(short service) {
        selection.takeBack(service);
        if (personalization.target() == service) {
            personalization.drop();
        }
    }
}
