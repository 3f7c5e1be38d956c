package twofold.second;

import javacard.framework.JCSystem;
import javacard.framework.Util;
import twofold.link.StageLink;

/** Collects a type-2 packet from the parts that cross the link. */
final class PacketBuffer {
    private static final short EXPECTED = (short) 0;
    private static final short RECEIVED = (short) 1;
    private static final short FIELDS = (short) 2;

    /** CLEAR_ON_RESET: the packet; its announced length (0: none), the octets received. */
    private final byte[] packet;
    private final short[] progress;

    /** Allocates {@code size} octets for a packet; only at install. */
    PacketBuffer(short size) {
        packet = JCSystem.makeTransientByteArray(size, JCSystem.CLEAR_ON_RESET);
        progress = JCSystem.makeTransientShortArray(FIELDS, JCSystem.CLEAR_ON_RESET);
    }

    /** Starts a packet and forgets one that was begun before; false when it is too long. */
    boolean begin(short length) {
        forget();
        if (length <= 0 || length > (short) packet.length) {
            return false;
        }
        progress[EXPECTED] = length;
        return true;
    }

    /** Adds octets to the packet; false, and the packet is forgotten, when they are more than announced. */
    boolean append(byte[] part, short offset, short length) {
        short received = progress[RECEIVED];
        if (length <= 0 || length > StageLink.MAX_TRANSFER || length > (short) (progress[EXPECTED] - received)) {
            forget();
            return false;
        }
        Util.arrayCopyNonAtomic(part, offset, packet, received, length);
        progress[RECEIVED] = (short) (received + length);
        return true;
    }

    /** Ends the collecting; returns the length of the packet, 0 when it is not whole. */
    short take() {
        short length = progress[EXPECTED];
        boolean isWhole = progress[RECEIVED] == length;
        forget();
        return isWhole ? length : (short) 0;
    }

    /** The octets of the packet. */
    byte[] octets() {
        return packet;
    }

    /** Overwrites the octets of the packet. */
    void clear() {
        Util.arrayFillNonAtomic(packet, (short) 0, (short) packet.length, (byte) 0);
    }

    private void forget() {
        progress[EXPECTED] = (short) 0;
        progress[RECEIVED] = (short) 0;
    }
}
