package twofold.second;

import javacard.framework.AID;
import javacard.framework.APDU;
import javacard.framework.Applet;
import javacard.framework.ISO7816;
import javacard.framework.ISOException;
import javacard.framework.Shareable;
import javacard.framework.Util;
import twofold.link.IncomingData;
import twofold.link.InstallParameters;

/**
 * The second stage as a plain applet (instance AID F0 54 57 4F 46 4F 4C 44 20 01 00 00 BF FF 20 00): the shell around
 * {@link StageTwo}. Commands: GET STATUS, GET DATA (even and odd INS), selection of a service, and its PIN; see
 * README.md. Checks come in one order: CLA, INS, P1-P2, Lc, state.
 */
public final class SecondStage extends Applet {
    private static final byte CLA_ISO = (byte) 0x00;
    private static final byte CLA_GP = (byte) 0x80;
    /** The last two bits of CLA are the logical channel (ISO 7816-4 5.4.1). */
    private static final byte CLA_CHANNEL_MASK = (byte) 0xFC;
    private static final byte INS_VERIFY_PIN = (byte) 0x20;
    private static final byte INS_CHANGE_PIN = (byte) 0x24;
    private static final byte INS_SELECT_SERVICE = (byte) 0xA4;
    private static final short P1P2_BY_AID = (short) 0x0400;
    /** Ne of a short APDU, and the status word. */
    private static final short MAX_RESPONSE = (short) 258;
    private static final short SW_LENGTH = (short) 2;

    private final StageTwo stage;
    private final LinkServer link;

    private SecondStage(byte[] parameters, short aid, short installData) {
        short peer = InstallParameters.peer(parameters, installData);
        stage = new StageTwo(parameters, aid, installData);
        link = new LinkServer(stage, parameters, peer);
    }

    /** Installs an instance; README.md has the parameters. */
    public static void install(byte[] parameters, short offset, byte length) {
        short installData = InstallParameters.applicationData(parameters, offset, length);
        short aid = (short) (offset + 1);
        new SecondStage(parameters, aid, installData).register(parameters, aid, parameters[offset]);
    }

    /** Gives the link to the first stage only. */
    public Shareable getShareableInterfaceObject(AID client, byte parameter) {
        return parameter == 0 && link.isClient(client) ? link : null;
    }

    public boolean select() {
        stage.restart();
        return true;
    }

    public void process(APDU apdu) {
        if (selectingApplet()) {
            return;
        }
        byte[] buffer = apdu.getBuffer();
        byte cla = (byte) (buffer[ISO7816.OFFSET_CLA] & CLA_CHANNEL_MASK);
        if (cla == CLA_ISO) {
            processPin(apdu, buffer);
        } else if (cla != CLA_GP) {
            ISOException.throwIt(ISO7816.SW_CLA_NOT_SUPPORTED);
        } else if (buffer[ISO7816.OFFSET_INS] == INS_SELECT_SERVICE) {
            selectService(apdu, buffer);
        } else {
            read(apdu, buffer);
        }
    }

    private void processPin(APDU apdu, byte[] buffer) {
        byte ins = buffer[ISO7816.OFFSET_INS];
        if (ins != INS_VERIFY_PIN && ins != INS_CHANGE_PIN) {
            ISOException.throwIt(ISO7816.SW_INS_NOT_SUPPORTED);
        }
        byte p1 = buffer[ISO7816.OFFSET_P1];
        byte p2 = buffer[ISO7816.OFFSET_P2];
        short length = IncomingData.receive(apdu);
        if (ins == INS_VERIFY_PIN) {
            stage.pin().verify(p1, p2, buffer, ISO7816.OFFSET_CDATA, length);
        } else {
            stage.pin().change(p1, p2, buffer, ISO7816.OFFSET_CDATA, length);
        }
    }

    private void selectService(APDU apdu, byte[] buffer) {
        CommandFields.requireP1P2(Util.getShort(buffer, ISO7816.OFFSET_P1) == P1P2_BY_AID);
        short length = IncomingData.receive(apdu);
        stage.selection().select(buffer, ISO7816.OFFSET_CDATA, length);
    }

    private void read(APDU apdu, byte[] buffer) {
        short length = 0;
        if (ReadCommands.hasData(buffer[ISO7816.OFFSET_INS])) {
            length = IncomingData.receive(apdu);
        }
        short ne = apdu.setOutgoing();
        short room = Arena.smaller(MAX_RESPONSE, (short) buffer.length);
        short answered = stage.reading().execute(buffer, (short) 0, length, ne, false, buffer, (short) 0, room);
        short dataLength = (short) (answered - SW_LENGTH);
        short sw = Util.getShort(buffer, dataLength);
        if (dataLength > 0) {
            apdu.setOutgoingLength(dataLength);
            apdu.sendBytes((short) 0, dataLength);
        }
        if (sw != ISO7816.SW_NO_ERROR) {
            ISOException.throwIt(sw);
        }
    }
}
