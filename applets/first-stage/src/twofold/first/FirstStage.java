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
 * {@link StageOne}, which knows no APDU object. README.md has the commands. A command that another data field may
 * follow is received here; which one it is, and all checks, are the stage's.
 */
public final class FirstStage extends Applet {
    /** The last two bits of CLA are the logical channel (ISO 7816-4 5.4.1). */
    private static final byte CLA_CHANNEL_MASK = (byte) 0xFC;
    private static final short SW_LENGTH = (short) 2;

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

    public boolean select() {
        stage.selected();
        return true;
    }

    public void process(APDU apdu) {
        if (selectingApplet()) {
            return;
        }
        byte[] buffer = apdu.getBuffer();
        buffer[ISO7816.OFFSET_CLA] &= CLA_CHANNEL_MASK;
        short command = Util.getShort(buffer, ISO7816.OFFSET_CLA);
        short length = 0;
        if (InterfaceCommands.hasData(command)) {
            length = IncomingData.receive(apdu);
        }
        short answered = stage.command(command, buffer, length);
        short dataLength = (short) (answered - SW_LENGTH);
        short sw = Util.getShort(buffer, dataLength);
        if (dataLength > 0) {
            apdu.setOutgoingAndSend((short) 0, dataLength);
        }
        if (sw != ISO7816.SW_NO_ERROR) {
            ISOException.throwIt(sw);
        }
    }
}
