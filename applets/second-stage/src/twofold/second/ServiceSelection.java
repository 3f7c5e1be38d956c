package twofold.second;

import javacard.framework.ISO7816;
import javacard.framework.ISOException;
import javacard.framework.JCSystem;

/** Which service is selected, and whether its PIN is verified. */
final class ServiceSelection {
    private static final short SELECTED = (short) 0;
    private static final short VERIFIED = (short) 1;
    private static final short FIELDS = (short) 2;

    private static final short YES = (short) 1;
    private static final short NO = (short) 0;

    private final Registry registry;
    /** CLEAR_ON_RESET: the selected service (NONE for none), and 1 while its PIN is verified. */
    private final short[] state;

    ServiceSelection(Registry registry) {
        this.registry = registry;
        state = JCSystem.makeTransientShortArray(FIELDS, JCSystem.CLEAR_ON_RESET);
    }

    /** No service is selected any more. */
    void end() {
        state[SELECTED] = Arena.NONE;
        state[VERIFIED] = NO;
    }

    /** Selects the service with this AID, its PIN not verified; everything stays as it was when there is none. */
    void select(byte[] aid, short offset, short length) {
        CommandFields.requireLength(CommandFields.isAidLength(length));
        short service = registry.find(Registry.KIND_SERVICE, aid, offset, length);
        if (service == Arena.NONE || !registry.isUsable(service)) {
            ISOException.throwIt(ISO7816.SW_FILE_NOT_FOUND);
        }
        state[SELECTED] = service;
        state[VERIFIED] = NO;
    }

    /** The selected service, usable or not; NONE for none. */
    short service() {
        return state[SELECTED];
    }

    /** The selected service; 6985 when there is none, or it was locked since. */
    short usable() {
        short service = state[SELECTED];
        CommandFields.requireState(service != Arena.NONE && registry.isUsable(service));
        return service;
    }

    boolean isVerified() {
        return state[VERIFIED] == YES;
    }

    /** The PIN of the selected service is verified from now on. */
    void verify() {
        state[VERIFIED] = YES;
    }

    /** The PIN of the selected service is not verified any more, if this is the selected service. */
    void takeBack(short service) {
        if (state[SELECTED] == service) {
            state[VERIFIED] = NO;
        }
    }
}
