package harness.check;

import javacard.framework.APDU;
import javacard.framework.Applet;
import javacard.framework.ISO7816;
import javacard.framework.ISOException;
import javacard.framework.JCSystem;
import javacard.framework.Util;
import javacard.security.AESKey;
import javacard.security.KeyBuilder;

/**
 * An applet to check the watched memory with: it writes in every way that there is (P1), alone or in a transaction (INS), and
 * shows all that it has written. Its transfers move an octet from one place to another: one is atomic, one is not.
 */
public final class Writer extends Applet {
    private static final byte INS_ALONE = (byte) 0x10;
    private static final byte INS_COMMIT = (byte) 0x12;
    private static final byte INS_ABORT = (byte) 0x14;
    private static final byte INS_LEAVE_OPEN = (byte) 0x16;
    private static final byte INS_SHOW = (byte) 0x18;
    private static final byte INS_TRANSFER = (byte) 0x1A;
    private static final byte INS_TRANSFER_TORN = (byte) 0x1C;
    private static final byte INS_ALLOCATE = (byte) 0x1E;
    private static final byte INS_CATCH = (byte) 0x20;

    private static final short LENGTH = (short) 4;
    private static final byte[] NEW = {1, 2, 3, 4};
    private static short shared;

    private final byte[] octets = new byte[LENGTH];
    private final boolean[] flags = new boolean[1];
    private final short[] words = new short[1];
    private final Object[] references = new Object[1];
    private final AESKey set;
    private final AESKey cleared;
    private final byte[] transientOctets;
    private short field;
    private byte[] kept;

    private Writer(byte[] parameters, short offset) {
        set = (AESKey) KeyBuilder.buildKey(KeyBuilder.TYPE_AES, KeyBuilder.LENGTH_AES_128, false);
        cleared = (AESKey) KeyBuilder.buildKey(KeyBuilder.TYPE_AES, KeyBuilder.LENGTH_AES_128, false);
        transientOctets = JCSystem.makeTransientByteArray((short) 16, JCSystem.CLEAR_ON_RESET);
        set.setKey(transientOctets, (short) 0);
        cleared.setKey(transientOctets, (short) 0);
        register(parameters, (short) (offset + 1), parameters[offset]);
    }

    public static void install(byte[] parameters, short offset, byte length) {
        new Writer(parameters, offset);
    }

    @Override
    public void process(APDU apdu) {
        if (selectingApplet()) {
            return;
        }
        byte[] buffer = apdu.getBuffer();
        byte kind = buffer[ISO7816.OFFSET_P1];
        switch (buffer[ISO7816.OFFSET_INS]) {
            case INS_ALONE:
                write(kind);
                break;
            case INS_COMMIT:
                JCSystem.beginTransaction();
                write(kind);
                JCSystem.commitTransaction();
                break;
            case INS_ABORT:
                JCSystem.beginTransaction();
                write(kind);
                JCSystem.abortTransaction();
                break;
            case INS_LEAVE_OPEN:
                JCSystem.beginTransaction();
                write(kind);
                break;
            case INS_SHOW:
                apdu.setOutgoingAndSend((short) 0, show(buffer));
                break;
            case INS_TRANSFER:
                JCSystem.beginTransaction();
                transfer();
                JCSystem.commitTransaction();
                break;
            case INS_TRANSFER_TORN:
                transfer();
                break;
            case INS_ALLOCATE:
                kept = new byte[LENGTH];
                break;
            case INS_CATCH:
                catching();
                break;
            default:
                ISOException.throwIt(ISO7816.SW_INS_NOT_SUPPORTED);
        }
    }

    private void write(byte kind) {
        Util.arrayFillNonAtomic(transientOctets, (short) 0, (short) transientOctets.length, (byte) 7);
        switch (kind) {
            case 0:
                octets[0] = 1;
                break;
            case 1:
                flags[0] = true;
                break;
            case 2:
                words[0] = 1;
                break;
            case 3:
                references[0] = this;
                break;
            case 4:
                field = 1;
                break;
            case 5:
                shared = 1;
                break;
            case 6:
                Util.arrayCopy(NEW, (short) 0, octets, (short) 0, LENGTH);
                break;
            case 7:
                Util.arrayCopyNonAtomic(NEW, (short) 0, octets, (short) 0, LENGTH);
                break;
            case 8:
                Util.arrayFillNonAtomic(octets, (short) 0, LENGTH, (byte) 9);
                break;
            case 9:
                Util.setShort(octets, (short) 0, (short) 0x0102);
                break;
            case 10:
                set.setKey(transientOctets, (short) 0);
                break;
            case 11:
                cleared.clearKey();
                break;
            default:
                ISOException.throwIt(ISO7816.SW_INCORRECT_P1P2);
        }
    }

    private short show(byte[] out) {
        short at = Util.arrayCopyNonAtomic(octets, (short) 0, out, (short) 0, LENGTH);
        out[at++] = flags[0] ? (byte) 1 : (byte) 0;
        at = Util.setShort(out, at, words[0]);
        out[at++] = references[0] == null ? (byte) 0 : (byte) 1;
        at = Util.setShort(out, at, field);
        at = Util.setShort(out, at, shared);
        at = (short) (at + set.getKey(out, at));
        out[at++] = cleared.isInitialized() ? (byte) 1 : (byte) 0;
        return at;
    }

    private void transfer() {
        octets[0]--;
        octets[1]++;
    }

    /** What an applet catches is no cut of power. */
    private void catching() {
        try {
            octets[0] = 1;
        } catch (Exception e) {
            octets[1] = 1;
        } finally {
            octets[2] = 1;
        }
    }
}
