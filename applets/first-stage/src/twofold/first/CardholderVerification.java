package twofold.first;

import javacard.framework.ISO7816;
import javacard.framework.ISOException;
import javacard.framework.JCSystem;
import javacard.framework.Util;
import twofold.link.InstallParameters;
import twofold.link.PinValue;

/** The PIN and the PUK that unblocks it (TS 102 221 9.5): VERIFY PIN, CHANGE PIN, UNBLOCK PIN (11.1.9, 11.1.10, 11.1.13). */
final class CardholderVerification {
    private static final short PIN = (short) 0;
    private static final short PUK = PinValue.LENGTH;

    /** In the install parameters: PIN (8), PUK (8), tries for the PIN (1), tries for the PUK (1). */
    private static final short OFF_PUK = PinValue.PIN_LENGTH;
    private static final short OFF_PIN_TRIES = (short) (2 * PinValue.PIN_LENGTH);
    private static final short OFF_PUK_TRIES = (short) (OFF_PIN_TRIES + 1);

    private static final short TWO_VALUES = (short) (2 * PinValue.PIN_LENGTH);
    private static final byte VERIFIED = (byte) 1;
    private static final byte NOT_VERIFIED = (byte) 0;

    /** The PIN, then the PUK, as PinValue lays them out. */
    private final byte[] values;
    /** CLEAR_ON_RESET: whether the PIN is verified. */
    private final byte[] status;

    /** Takes the values at {@code pins} in the install parameters; ends the installation when they are not right. */
    CardholderVerification(byte[] parameters, short pins) {
        values = new byte[(short) (2 * PinValue.LENGTH)];
        status = JCSystem.makeTransientByteArray((short) 1, JCSystem.CLEAR_ON_RESET);
        InstallParameters.require(PinValue.isPin(parameters, pins));
        InstallParameters.require(PinValue.isPuk(parameters, (short) (pins + OFF_PUK)));
        install(PIN, parameters, pins, parameters[(short) (pins + OFF_PIN_TRIES)]);
        install(PUK, parameters, (short) (pins + OFF_PUK), parameters[(short) (pins + OFF_PUK_TRIES)]);
    }

    private void install(short value, byte[] parameters, short offset, byte tries) {
        InstallParameters.require(PinValue.isLimit(tries));
        values[value] = tries;
        values[(short) (value + PinValue.OFF_LIMIT)] = tries;
        Util.arrayCopyNonAtomic(parameters, offset, values, (short) (value + PinValue.OFF_PIN), PinValue.PIN_LENGTH);
    }

    /** Takes the verification back; the applet was selected. */
    void reset() {
        status[0] = NOT_VERIFIED;
    }

    boolean isVerified() {
        return status[0] == VERIFIED;
    }

    /** Refuses with 6982 unless the PIN is verified. */
    void require() {
        if (!isVerified()) {
            ISOException.throwIt(ISO7816.SW_SECURITY_STATUS_NOT_SATISFIED);
        }
    }

    /** VERIFY PIN: the PIN, or no data, which asks how many tries are left. */
    void verify(byte[] data, short offset, short length) {
        if (length == 0) {
            if (!isVerified()) {
                PinValue.refuseQuery(values, PIN);
            }
            return;
        }
        requireLength(length == PinValue.PIN_LENGTH);
        compare(data, offset);
        PinValue.giveTriesBack(values, PIN);
        status[0] = VERIFIED;
    }

    /** CHANGE PIN: the old PIN and a new one. */
    void change(byte[] data, short offset, short length) {
        requireLength(length == TWO_VALUES);
        short fresh = (short) (offset + PinValue.PIN_LENGTH);
        PinValue.requirePin(data, fresh);
        compare(data, offset);
        JCSystem.beginTransaction();
        PinValue.set(values, PIN, data, fresh);
        JCSystem.commitTransaction();
        status[0] = VERIFIED;
    }

    /** UNBLOCK PIN: the PUK and a new PIN, or no data, which asks how many tries the PUK has. */
    void unblock(byte[] data, short offset, short length) {
        if (length == 0) {
            PinValue.refuseQuery(values, PUK);
        }
        requireLength(length == TWO_VALUES);
        short fresh = (short) (offset + PinValue.PIN_LENGTH);
        PinValue.requirePin(data, fresh);
        PinValue.compare(values, PUK, data, offset);
        JCSystem.beginTransaction();
        PinValue.set(values, PIN, data, fresh);
        PinValue.giveTriesBack(values, PUK);
        JCSystem.commitTransaction();
        status[0] = VERIFIED;
    }

    /** Writes the tries that PIN and PUK have left, an octet each; returns what lies behind them. */
    short writeTries(byte[] out, short offset) {
        short at = offset;
        out[at++] = (byte) PinValue.triesLeft(values, PIN);
        out[at++] = (byte) PinValue.triesLeft(values, PUK);
        return at;
    }

    /** Compares the PIN; the verification is gone until the command has succeeded. */
    private void compare(byte[] data, short offset) {
        status[0] = NOT_VERIFIED;
        PinValue.compare(values, PIN, data, offset);
    }

    private static void requireLength(boolean condition) {
        if (!condition) {
            ISOException.throwIt(ISO7816.SW_WRONG_LENGTH);
        }
    }
}
