package twofold.link;

/** Executes one command APDU of a script: the commands of a stage. */
public interface CommandHandler {
    /** Octets of the answer array that a handler may always use: status word and the longest fixed answer. */
    short MIN_ROOM = (short) 32;

    /** The value of {@code ne} when the command has no Le field. */
    short NE_ABSENT = (short) 0;

    /**
     * Executes a command.
     *
     * <p>A handler checks everything before its first persistent write. One that writes opens a transaction
     * and leaves it open: {@link Script} commits it together with the record of the script.
     *
     * @param command the array that holds CLA INS P1 P2 [Lc data]; the data starts at {@code offset + 5}
     * @param offset where CLA is
     * @param dataLength Lc, 0 when there is no data
     * @param ne 1 to 256, or NE_ABSENT
     * @param answer the array for the response APDU
     * @param answerOffset where the response APDU starts
     * @param room octets that the response APDU may take, status word included; at least MIN_ROOM
     * @return the length of the response APDU, status word included
     */
    short execute(byte[] command, short offset, short dataLength, short ne,
            byte[] answer, short answerOffset, short room);
}
