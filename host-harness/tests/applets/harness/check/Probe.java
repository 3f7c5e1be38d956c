package harness.check;

import javacard.framework.APDU;
import javacard.framework.Applet;
import javacard.framework.ISO7816;
import javacard.framework.ISOException;
import javacard.framework.JCSystem;
import javacard.framework.Util;

/** An applet to check the way to the card with: it gives back what it gets, fails, and keeps one octet until reset. */
public final class Probe extends Applet {
    private static final byte INS_ECHO = (byte) 0x10;
    private static final byte INS_FAIL = (byte) 0x12;
    private static final byte INS_KEEP = (byte) 0x14;
    private static final byte INS_INSTALL_DATA = (byte) 0x16;

    private final byte[] installData;
    private final byte[] kept = JCSystem.makeTransientByteArray((short) 1, JCSystem.CLEAR_ON_RESET);

    private Probe(byte[] bArray, short offset, byte length) {
        installData = new byte[length];
        Util.arrayCopyNonAtomic(bArray, offset, installData, (short) 0, length);
        register(bArray, (short) (offset + 1), bArray[offset]);
    }

    public static void install(byte[] bArray, short offset, byte length) {
        new Probe(bArray, offset, length);
    }

    @Override
    public void process(APDU apdu) {
        if (selectingApplet()) {
            return;
        }
        byte[] buffer = apdu.getBuffer();
        switch (buffer[ISO7816.OFFSET_INS]) {
            case INS_ECHO:
                short length = apdu.setIncomingAndReceive();
                // jCardSim sends nothing from beyond octet 258 of its buffer.
                Util.arrayCopyNonAtomic(buffer, ISO7816.OFFSET_CDATA, buffer, (short) 0, length);
                apdu.setOutgoingAndSend((short) 0, length);
                break;
            case INS_FAIL:
                throw new NullPointerException();
            case INS_KEEP:
                byte before = kept[0];
                kept[0] = buffer[ISO7816.OFFSET_P1];
                buffer[0] = before;
                apdu.setOutgoingAndSend((short) 0, (short) 1);
                break;
            case INS_INSTALL_DATA:
                Util.arrayCopyNonAtomic(installData, (short) 0, buffer, (short) 0, (short) installData.length);
                apdu.setOutgoingAndSend((short) 0, (short) installData.length);
                break;
            default:
                ISOException.throwIt(ISO7816.SW_INS_NOT_SUPPORTED);
        }
    }
}
