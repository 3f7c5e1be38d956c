package twofold.second;

import javacard.framework.ISO7816;
import javacard.framework.ISOException;
import javacard.framework.Util;
import twofold.link.CommandHandler;

/** The commands that only read: GET STATUS and GET DATA, in scripts and at the interface alike. */
final class ReadCommands {
    private static final byte INS_GET_STATUS = (byte) 0xF2;
    private static final byte INS_GET_DATA = (byte) 0xCA;
    private static final byte INS_GET_DATA_ODD = (byte) 0xCB;

    private static final short OFF_INS = (short) 1;
    private static final short OFF_P1 = (short) 2;
    private static final short OFF_P2 = (short) 3;
    private static final short OFF_DATA = (short) 5;
    private static final short NE_MAX = (short) 256;

    private final StatusCommand status;
    private final ObjectReader objects;
    private final StageTwoInformation information;

    ReadCommands(StatusCommand status, ObjectReader objects, StageTwoInformation information) {
        this.status = status;
        this.objects = objects;
        this.information = information;
    }

    /** True for a command that carries data; the others are answered without receiving any. */
    static boolean hasData(byte ins) {
        return ins == INS_GET_STATUS || ins == INS_GET_DATA_ODD;
    }

    /**
     * Executes a reading command; 6D00 for any other.
     *
     * @param inScript true for the fuller answers that only an authenticated sender gets
     * @return the length of the response APDU, status word included
     */
    short execute(byte[] command, short offset, short dataLength, short ne, boolean inScript,
            byte[] answer, short answerOffset, short room) {
        short p1p2 = Util.getShort(command, (short) (offset + OFF_P1));
        short data = (short) (offset + OFF_DATA);
        short expected = ne == CommandHandler.NE_ABSENT ? NE_MAX : ne;
        switch (command[(short) (offset + OFF_INS)]) {
            case INS_GET_STATUS:
                byte p1 = command[(short) (offset + OFF_P1)];
                byte p2 = command[(short) (offset + OFF_P2)];
                return status.execute(p1, p2, command, data, dataLength, inScript, answer, answerOffset, room);
            case INS_GET_DATA:
                CommandFields.requireLength(dataLength == 0);
                return getData(p1p2, expected, inScript, answer, answerOffset, room);
            case INS_GET_DATA_ODD:
                return objects.readFromOffset(p1p2, command, data, dataLength, expected, inScript,
                    answer, answerOffset, room);
            default:
                ISOException.throwIt(ISO7816.SW_INS_NOT_SUPPORTED);
                return 0;
        }
    }

    private short getData(short tag, short ne, boolean inScript, byte[] answer, short offset, short room) {
        if (!information.has(tag)) {
            return objects.read(tag, ne, inScript, answer, offset, room);
        }
        short end = information.write(tag, answer, offset);
        return (short) (Util.setShort(answer, end, ISO7816.SW_NO_ERROR) - offset);
    }
}
