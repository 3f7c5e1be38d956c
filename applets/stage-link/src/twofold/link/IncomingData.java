package twofold.link;

import javacard.framework.APDU;
import javacard.framework.ISO7816;
import javacard.framework.ISOException;

/** Receives the data field of a command APDU. */
public final class IncomingData {
    private IncomingData() {
    }

    /** Receives all of the data behind the header in the APDU buffer; returns Lc. 6700 when fewer octets come. */
    public static short receive(APDU apdu) {
        short length = (short) (apdu.getBuffer()[ISO7816.OFFSET_LC] & 0xFF);
        short received = apdu.setIncomingAndReceive();
        while (received < length) {
            short more = apdu.receiveBytes((short) (ISO7816.OFFSET_CDATA + received));
            if (more <= 0) {
                ISOException.throwIt(ISO7816.SW_WRONG_LENGTH);
            }
            received = (short) (received + more);
        }
        return length;
    }
}
