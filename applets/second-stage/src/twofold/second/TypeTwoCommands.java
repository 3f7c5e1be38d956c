package twofold.second;

import javacard.framework.ISO7816;
import javacard.framework.ISOException;
import javacard.framework.Util;
import twofold.link.CommandHandler;

/** S460: the commands of type-2 scripts, which change and read storage 2. */
final class TypeTwoCommands implements CommandHandler {
    private static final byte CLA_GP = (byte) 0x80;
    private static final byte INS_INSTALL = (byte) 0xE6;
    private static final byte INS_LOAD = (byte) 0xE8;
    private static final byte INS_STORE_DATA = (byte) 0xE2;

    private static final short OFF_INS = (short) 1;
    private static final short OFF_P1 = (short) 2;
    private static final short OFF_P2 = (short) 3;
    private static final short OFF_DATA = (short) 5;
    private static final short SW_LENGTH = (short) 2;

    private final InstallCommand install;
    private final LoadSession loading;
    private final Personalization personalization;
    private final ReadCommands reading;

    TypeTwoCommands(InstallCommand install, LoadSession loading, Personalization personalization,
            ReadCommands reading) {
        this.install = install;
        this.loading = loading;
        this.personalization = personalization;
        this.reading = reading;
    }

    public short execute(byte[] command, short offset, short dataLength, short ne,
            byte[] answer, short answerOffset, short room) {
        if (command[offset] != CLA_GP) {
            ISOException.throwIt(ISO7816.SW_CLA_NOT_SUPPORTED);
        }
        byte p1 = command[(short) (offset + OFF_P1)];
        byte p2 = command[(short) (offset + OFF_P2)];
        short data = (short) (offset + OFF_DATA);
        switch (command[(short) (offset + OFF_INS)]) {
            case INS_INSTALL:
                install.execute(p1, p2, command, data, dataLength);
                break;
            case INS_LOAD:
                loading.load(p1, (short) (p2 & 0xFF), command, data, dataLength);
                break;
            case INS_STORE_DATA:
                personalization.store(p1, (short) (p2 & 0xFF), command, data, dataLength);
                break;
            default:
                return reading.execute(command, offset, dataLength, ne, true, answer, answerOffset, room);
        }
        Util.setShort(answer, answerOffset, ISO7816.SW_NO_ERROR);
        return SW_LENGTH;
    }
}
