package twofold.link;

import javacardx.crypto.Cipher;

/**
 * The receiving entity of TS 102 225: opens a command packet, judges and stores its counter, has its secured data
 * executed, and answers with a response packet. Each stage has one.
 */
public final class ReceivingEntity {
    private final CommandPacket commandPacket;
    private final ResponsePacket responsePacket;
    private final KeySets keys;
    private final SecuredDataHandler handler;

    /**
     * Allocates what the entity needs; only at install.
     *
     * @param parameters holds the instance AID, whose octets 13 to 15 are the TAR that packets must carry
     * @param aid where the instance AID is
     */
    public ReceivingEntity(KeySets keys, byte[] parameters, short aid, Cmac cmac, SecuredDataHandler handler) {
        Cipher cbc = new AesCbc().cipher();
        commandPacket = new CommandPacket(keys, parameters, aid, cmac, cbc);
        responsePacket = new ResponsePacket(keys, cmac, cbc);
        this.keys = keys;
        this.handler = handler;
    }

    /**
     * Takes a command packet and writes its response packet.
     *
     * @param packet holds the packet from its first octet on; it is deciphered in place
     * @param packetLength octets of the packet, from CPL on
     * @param answer takes the response packet, starting with 02 71 00
     * @param room octets the response packet may take
     * @return the length of the response packet, 0 when none is asked for, or StageLink.REFUSED
     */
    public short receive(byte[] packet, short packetLength, byte[] answer, short offset, short room) {
        if (!commandPacket.open(packet, packetLength)) {
            return StageLink.REFUSED;
        }
        ScriptRecord record = keys.current().record();
        boolean oneHigher = CommandPacket.wantsOneHigher(packet);
        byte status = record.verdict(oneHigher, packet, CommandPacket.OFF_CNTR);
        short data = (short) (offset + ResponsePacket.dataOffset(packet));
        short dataLength = 0;
        if (status == ResponsePacket.STATUS_POR_OK) {
            // The counter is stored before anything is done: a cut of power must not open the way for a replay.
            record.begin(packet, CommandPacket.OFF_CNTR);
            dataLength = execute(packet, packetLength, answer, data, ResponsePacket.dataRoom(packet, room));
        } else if (status == ResponsePacket.STATUS_CNTR_LOW) {
            record.copy(answer, data, ScriptRecord.LENGTH);
            dataLength = ScriptRecord.LENGTH;
        }
        if (dataLength == SecuredDataHandler.NOT_UNDERSTOOD) {
            status = ResponsePacket.STATUS_UNIDENTIFIED;
            dataLength = 0;
        }
        short length = 0;
        if (ResponsePacket.isWanted(packet, status)) {
            length = responsePacket.build(packet, status, answer, offset, dataLength);
        }
        // A set that this script replaced has protected its last answer.
        keys.wipeUnused();
        return length;
    }

    private short execute(byte[] packet, short length, byte[] answer, short offset, short room) {
        short dataLength = CommandPacket.dataLength(packet, length);
        if (dataLength == 0) {
            return SecuredDataHandler.NOT_UNDERSTOOD;
        }
        return handler.execute(packet, CommandPacket.OFF_DATA, dataLength, answer, offset, room);
    }
}
