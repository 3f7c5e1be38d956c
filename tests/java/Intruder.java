package intruder;

import javacard.framework.AID;
import javacard.framework.APDU;
import javacard.framework.Applet;
import javacard.framework.ISO7816;
import javacard.framework.ISOException;
import javacard.framework.JCSystem;
import twofold.link.StageLink;

/**
 * An applet that wants to speak to a stage without leave. Command 80 01 P1 00 with an AID: asks that applet for the
 * shareable interface object of parameter P1; 6A88 when it gets none. With one it begins a packet, which shows that it works.
 */
public final class Intruder extends Applet {
    private static final short SW_NOTHING_GOT = (short) 0x6A88;

    public static void install(byte[] parameters, short offset, byte length) {
        new Intruder().register(parameters, (short) (offset + 1), parameters[offset]);
    }

    public void process(APDU apdu) {
        if (selectingApplet()) {
            return;
        }
        byte[] buffer = apdu.getBuffer();
        short length = apdu.setIncomingAndReceive();
        AID server = JCSystem.lookupAID(buffer, ISO7816.OFFSET_CDATA, (byte) length);
        byte parameter = buffer[ISO7816.OFFSET_P1];
        Object object = JCSystem.getAppletShareableInterfaceObject(server, parameter);
        if (object == null) {
            ISOException.throwIt(SW_NOTHING_GOT);
        }
        if (!((StageLink) object).begin((short) 1)) {
            ISOException.throwIt(ISO7816.SW_CONDITIONS_NOT_SATISFIED);
        }
    }
}
