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
        if (length == 0) {
            // Without a data field nothing may be received (JC API, APDU.setIncomingAndReceive): a card answers 6F00 to the exception.
            return 0;
        }
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
