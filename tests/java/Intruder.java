package intruder;

import javacard.framework.AID;
import javacard.framework.APDU;
import javacard.framework.Applet;
import javacard.framework.ISO7816;
import javacard.framework.ISOException;
import javacard.framework.JCSystem;
import javacard.framework.Util;
import twofold.link.IncomingData;
import twofold.link.StageLink;

/**
 * An applet that speaks to the second stage without leave, or without manners. Commands, CLA 80:
 *
 * <pre>
 *   01 P1 00 AID    asks that applet for the shareable interface object of parameter P1; 6A88 when it gets none
 *   02 P1P2         begin with the length P1P2; 6985 for false
 *   03 00 00 DATA   append; 6985 for false
 *   04 00 P2        execute with P2 octets of room; the response packet, or 6200 when it was refused
 * </pre>
 */
public final class Intruder extends Applet {
    private static final byte INS_ASK = (byte) 0x01;
    private static final byte INS_BEGIN = (byte) 0x02;
    private static final byte INS_APPEND = (byte) 0x03;
    private static final short SW_NOTHING_GOT = (short) 0x6A88;
    private static final short SW_REFUSED = (short) 0x6200;

    private StageLink link;

    public static void install(byte[] parameters, short offset, byte length) {
        new Intruder().register(parameters, (short) (offset + 1), parameters[offset]);
    }

    public void process(APDU apdu) {
        if (selectingApplet()) {
            return;
        }
        byte[] buffer = apdu.getBuffer();
        short length = IncomingData.receive(apdu);
        switch (buffer[ISO7816.OFFSET_INS]) {
            case INS_ASK:
                ask(buffer, length);
                break;
            case INS_BEGIN:
                require(link.begin(Util.getShort(buffer, ISO7816.OFFSET_P1)));
                break;
            case INS_APPEND:
                require(link.append(buffer, ISO7816.OFFSET_CDATA, length));
                break;
            default:
                execute(apdu, buffer);
        }
    }

    private void ask(byte[] buffer, short length) {
        AID server = JCSystem.lookupAID(buffer, ISO7816.OFFSET_CDATA, (byte) length);
        Object object = JCSystem.getAppletShareableInterfaceObject(server, buffer[ISO7816.OFFSET_P1]);
        if (object == null) {
            ISOException.throwIt(SW_NOTHING_GOT);
        }
        link = (StageLink) object;
    }

    private void execute(APDU apdu, byte[] buffer) {
        short length = link.execute(buffer, (short) 0, (short) (buffer[ISO7816.OFFSET_P2] & 0xFF));
        if (length == StageLink.REFUSED) {
            ISOException.throwIt(SW_REFUSED);
        }
        apdu.setOutgoingAndSend((short) 0, length);
    }

    private static void require(boolean condition) {
        if (!condition) {
            ISOException.throwIt(ISO7816.SW_CONDITIONS_NOT_SATISFIED);
        }
    }
}
