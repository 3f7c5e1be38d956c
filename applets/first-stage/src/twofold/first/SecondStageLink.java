package twofold.first;

import javacard.framework.AID;
import javacard.framework.JCSystem;
import javacard.framework.Util;
import twofold.link.CommandPacket;
import twofold.link.InstallParameters;
import twofold.link.StageLink;

/**
 * The way to the second stage. The interface object is fetched for each packet and not stored: a stored one would
 * keep the second stage from being deleted.
 */
final class SecondStageLink {
    private final byte[] peer;

    /** @param aid where in {@code parameters} the instance AID of the second stage is */
    SecondStageLink(byte[] parameters, short aid) {
        peer = new byte[InstallParameters.AID_LENGTH];
        Util.arrayCopyNonAtomic(parameters, aid, peer, (short) 0, InstallParameters.AID_LENGTH);
    }

    /** True when a packet of at least CommandPacket.MIN_LENGTH octets carries the TAR of the second stage. */
    boolean isFor(byte[] packet) {
        short tar = InstallParameters.OFF_TAR_IN_AID;
        return Util.arrayCompare(peer, tar, packet, CommandPacket.OFF_TAR, CommandPacket.TAR_LENGTH) == 0;
    }

    /**
     * Passes a command packet on, through {@code transfer}, and has it executed.
     *
     * @param transfer a global array; its first MAX_TRANSFER octets are overwritten
     * @param answerOffset where in {@code transfer} the response packet starts, with 02 71 00
     * @param room octets the response packet may take
     * @return the length of the response packet, 0, or StageLink.REFUSED
     */
    short pass(byte[] packet, short offset, short length, byte[] transfer, short answerOffset, short room) {
        StageLink link = fetch();
        if (link == null || !link.begin(length)) {
            return StageLink.REFUSED;
        }
        short end = (short) (offset + length);
        short at = offset;
        while (at < end) {
            short part = (short) (end - at);
            part = part > StageLink.MAX_TRANSFER ? StageLink.MAX_TRANSFER : part;
            Util.arrayCopyNonAtomic(packet, at, transfer, (short) 0, part);
            if (!link.append(transfer, (short) 0, part)) {
                return StageLink.REFUSED;
            }
            at = (short) (at + part);
        }
        return link.execute(transfer, answerOffset, room);
    }

    private StageLink fetch() {
        AID second = JCSystem.lookupAID(peer, (short) 0, (byte) peer.length);
        if (second == null) {
            return null;
        }
        return (StageLink) JCSystem.getAppletShareableInterfaceObject(second, (byte) 0);
    }
}
