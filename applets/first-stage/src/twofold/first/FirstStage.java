package twofold.first;

import javacard.framework.APDU;
import javacard.framework.Applet;
import javacard.framework.ISO7816;
import javacard.framework.ISOException;
import javacard.framework.Util;
import twofold.link.IncomingData;
import twofold.link.InstallParameters;

/**
 * The first stage as a plain applet (instance AID F0 54 57 4F 46 4F 4C 44 10 01 00 00 BF FF 10 00): the shell around
 * {@link StageOne}. Commands: ENVELOPE (80 C2, and 80 D0 where a card keeps C2 for itself), READ RECORD,
 * INTERNAL AUTHENTICATE, GET DATA; see README.md. Checks come in one order: CLA, INS, P1-P2, Lc, state.
 */
public final class FirstStage extends Applet {
    private static final byte CLA_ISO = (byte) 0x00;
    private static final byte CLA_GP = (byte) 0x80;
    /** The last two bits of CLA are the logical channel (ISO 7816-4 5.4.1). */
    private static final byte CLA_CHANNEL_MASK = (byte) 0xFC;

    private static final short CLA_INS_ENVELOPE = (short) 0x80C2;
    private static final short CLA_INS_ENVELOPE_PROPRIETARY = (short) 0x80D0;
    private static final short CLA_INS_READ_RECORD = (short) 0x00B2;
    private static final short CLA_INS_INTERNAL_AUTHENTICATE = (short) 0x0088;
    private static final short CLA_INS_GET_DATA = (short) 0x80CA;

    private static final byte P2_RECORD_NUMBER = (byte) 0x04;
    private static final short CHALLENGE_LENGTH = (short) 16;

    private final StageOne stage;

    private FirstStage(byte[] parameters, short aid, short installData) {
        stage = new StageOne(parameters, aid, installData);
    }

    /** Installs an instance; README.md has the parameters. */
    public static void install(byte[] parameters, short offset, byte length) {
        short installData = InstallParameters.applicationData(parameters, offset, length);
        short aid = (short) (offset + 1);
        new FirstStage(parameters, aid, installData).register(parameters, aid, parameters[offset]);
    }

    public void process(APDU apdu) {
        if (selectingApplet()) {
            return;
        }
        byte[] buffer = apdu.getBuffer();
        byte cla = (byte) (buffer[ISO7816.OFFSET_CLA] & CLA_CHANNEL_MASK);
        if (cla != CLA_ISO && cla != CLA_GP) {
            ISOException.throwIt(ISO7816.SW_CLA_NOT_SUPPORTED);
        }
        short p1 = (short) (buffer[ISO7816.OFFSET_P1] & 0xFF);
        short p2 = (short) (buffer[ISO7816.OFFSET_P2] & 0xFF);
        short length = 0;
        switch (Util.makeShort(cla, buffer[ISO7816.OFFSET_INS])) {
            case CLA_INS_ENVELOPE:
            case CLA_INS_ENVELOPE_PROPRIETARY:
                requireP1P2(p1 == 0 && p2 == 0);
                length = stage.envelope(buffer, ISO7816.OFFSET_CDATA, IncomingData.receive(apdu));
                break;
            case CLA_INS_READ_RECORD:
                requireP1P2(p2 == P2_RECORD_NUMBER);
                length = stage.readRecord(p1, buffer);
                break;
            case CLA_INS_INTERNAL_AUTHENTICATE:
                requireP1P2(p1 == 0 && stage.hasSlot(p2));
                requireLength(IncomingData.receive(apdu) == CHALLENGE_LENGTH);
                length = stage.authenticate(p2, buffer, ISO7816.OFFSET_CDATA);
                break;
            case CLA_INS_GET_DATA:
                length = stage.getData(Util.makeShort((byte) p1, (byte) p2), buffer);
                break;
            default:
                ISOException.throwIt(ISO7816.SW_INS_NOT_SUPPORTED);
        }
        if (length > 0) {
            apdu.setOutgoingAndSend((short) 0, length);
        }
    }

    private static void requireP1P2(boolean condition) {
        if (!condition) {
            ISOException.throwIt(ISO7816.SW_INCORRECT_P1P2);
        }
    }

    private static void requireLength(boolean condition) {
        if (!condition) {
            ISOException.throwIt(ISO7816.SW_WRONG_LENGTH);
        }
    }
}
