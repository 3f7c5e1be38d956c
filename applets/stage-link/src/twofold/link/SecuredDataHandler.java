package twofold.link;

/** Acts on the secured data of a command packet, after {@link ReceivingEntity} authenticated it. */
public interface SecuredDataHandler {
    /** The answer to secured data that the stage does not understand; nothing was done. */
    short NOT_UNDERSTOOD = (short) -1;

    /**
     * Executes the secured data.
     *
     * @param packet the deciphered command packet
     * @param offset where the secured data starts
     * @param length its length without padding
     * @param answer the array for the additional response data
     * @param answerOffset where that data starts
     * @param room octets it may take
     * @return the length of the additional response data, or NOT_UNDERSTOOD
     */
    short execute(byte[] packet, short offset, short length, byte[] answer, short answerOffset, short room);
}
