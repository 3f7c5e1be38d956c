package twofold.link;

import javacard.framework.Shareable;

/**
 * The shareable interface by which the first stage hands a type-2 command packet to the second stage.
 *
 * <p>A firewall lets only primitives and global arrays cross it (JCRE 6.2.2): every array parameter is a
 * global array, the APDU buffer in the plain flavor, and no call moves more than {@link #MAX_TRANSFER}
 * octets. The caller fetches the interface object for each message and never stores it.
 */
public interface StageLink extends Shareable {
    /** Octets that one call carries at most, in either direction. */
    short MAX_TRANSFER = (short) 128;

    /** The answer of {@link #execute} to a packet that could not be authenticated. */
    short REFUSED = (short) -1;

    /**
     * Starts a packet and forgets one that was begun before.
     *
     * @param length octets of the command packet, counted from CPL on
     * @return false when a packet of this length is not taken
     */
    boolean begin(short length);

    /**
     * Adds the next octets of the packet.
     *
     * @param part a global array
     * @param offset where the octets start
     * @param length 1 to MAX_TRANSFER octets
     * @return false when the octets are more than begin announced; the packet is forgotten then
     */
    boolean append(byte[] part, short offset, short length);

    /**
     * Opens and executes the packet, and writes its response packet.
     *
     * @param answer a global array; it takes the response packet, starting with 02 71 00
     * @param offset where the response packet starts
     * @param room octets it may take, at most MAX_TRANSFER
     * @return its length, 0 when the packet asked for none, or REFUSED
     */
    short execute(byte[] answer, short offset, short room);
}
