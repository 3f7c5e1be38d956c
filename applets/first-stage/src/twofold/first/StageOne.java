package twofold.first;

import javacard.framework.ISOException;
import twofold.link.BerLength;
import twofold.link.Cmac;
import twofold.link.CommandPacket;
import twofold.link.DeleteKey;
import twofold.link.FailureCounts;
import twofold.link.InstallParameters;
import twofold.link.KeySets;
import twofold.link.PutKey;
import twofold.link.ReceivingEntity;
import twofold.link.ResponsePacket;
import twofold.link.Script;
import twofold.link.SecuredDataHandler;
import twofold.link.StageLink;

/**
 * The first stage without its shell: takes ENVELOPE data, joins messages, opens type-1 packets, runs type-1 scripts,
 * passes type-2 packets on, and executes the commands at the interface. Its methods throw ISOException with the status
 * word of the answer.
 */
final class StageOne implements SecuredDataHandler {
    /** The answer to every message that cannot be authenticated: all alike, so that it tells nothing. */
    static final short SW_REFUSED = (short) 0x6200;

    private static final byte KEY_VERSION = (byte) 1;
    /** TS 31.111 7.1.1: what the answer to ENVELOPE may hold. */
    private static final short MAX_ANSWER = (short) 128;

    /** First octet of the secured data: a complete type-2 command packet follows, behind a BER length. */
    private static final byte FRAME_NESTED = (byte) 0x01;
    /** First octet of the additional response data: the response packet of the second stage follows. */
    private static final byte FRAME_NESTED_RESPONSE = (byte) 0x02;
    private static final short FRAME_HEADER = (short) 2;

    /** Sizes given at install: segments, phonebook records, record length, authentication slots. */
    private static final short SIZES_LENGTH = (short) 4;

    /** Kinds of failure that are counted. */
    static final short MESSAGES_REFUSED = (short) 0;
    static final short AUTHENTICATIONS_REFUSED = (short) 1;
    private static final short FAILURE_KINDS = (short) 2;

    private final SmsPpDownload download;
    private final Reassembly reassembly;
    private final ReceivingEntity entity;
    private final Script script;
    private final SecondStageLink link;
    private final CardholderVerification cardholder;
    private final FailureCounts failures;
    private final InterfaceCommands commands;

    /**
     * Takes the install parameters.
     *
     * @param aid where the instance AID is in {@code parameters}
     * @param installData where the length octet of the application data is
     */
    StageOne(byte[] parameters, short aid, short installData) {
        short peer = InstallParameters.peer(parameters, installData);
        short sizes = InstallParameters.sizes(parameters, installData, SIZES_LENGTH);
        short counter = InstallParameters.counter(parameters, installData);
        short keys = InstallParameters.keys(parameters, installData);
        short pins = InstallParameters.pins(parameters, installData);
        short segments = (short) (parameters[sizes] & 0xFF);
        short records = (short) (parameters[(short) (sizes + 1)] & 0xFF);
        short recordLength = (short) (parameters[(short) (sizes + 2)] & 0xFF);
        short slots = (short) (parameters[(short) (sizes + 3)] & 0xFF);
        InstallParameters.require(segments > 0 && segments <= Reassembly.MAX_SEGMENTS);
        InstallParameters.require(recordLength > 0 && recordLength <= Phonebook.MAX_RECORD_LENGTH);
        InstallParameters.require(records > 0 && records <= (short) (Phonebook.MAX_OCTETS / recordLength));
        InstallParameters.require(slots > 0 && slots <= AuthenticationValues.MAX_SLOTS);

        KeySets keySets = new KeySets(KEY_VERSION, parameters, keys, counter);
        link = new SecondStageLink(parameters, peer);
        download = new SmsPpDownload();
        reassembly = new Reassembly(segments);
        cardholder = new CardholderVerification(parameters, pins);
        failures = new FailureCounts(FAILURE_KINDS);
        Cmac cmac = new Cmac();
        AuthenticationValues values = new AuthenticationValues(slots);
        LanguagePreferences languages = new LanguagePreferences();
        Phonebook phonebook = new Phonebook(records, recordLength);
        StageOneInformation information =
            new StageOneInformation(keySets, phonebook, values, languages, failures, cardholder);
        StoreData storing = new StoreData(values, languages);
        PutKey putKey = new PutKey(keySets, cmac);
        DeleteKey deleteKey = new DeleteKey(keySets);
        script = new Script(new TypeOneCommands(storing, phonebook, putKey, deleteKey, information), keySets);
        entity = new ReceivingEntity(keySets, parameters, aid, cmac, this);
        commands = new InterfaceCommands(this, phonebook, values, cmac, cardholder, information, failures);
    }

    /** The applet was selected: the PIN is not verified any more. */
    void selected() {
        cardholder.reset();
    }

    /** Executes a command at the interface; see {@link InterfaceCommands#execute}. */
    short command(short command, byte[] buffer, short length) {
        return commands.execute(command, buffer, length);
    }

    /**
     * Takes the data of an ENVELOPE (SMS-PP DOWNLOAD).
     *
     * @param buffer the APDU buffer; the answer is written from its first octet on
     * @return the length of the answer, 0 when there is none
     */
    short envelope(byte[] buffer, short offset, short length) {
        // S410: receive the message.
        short answer = StageLink.REFUSED;
        if (download.parse(buffer, offset, length)) {
            answer = segment(buffer);
        }
        if (answer < 0) {
            failures.add(MESSAGES_REFUSED);
            ISOException.throwIt(SW_REFUSED);
        }
        return answer;
    }

    /** Takes the segment that was read; answers when it completes its message. */
    private short segment(byte[] buffer) {
        ReassemblySlot slot = reassembly.add(buffer, download);
        if (slot == null) {
            return StageLink.REFUSED;
        }
        if (!slot.isWhole()) {
            return 0;
        }
        try {
            return message(slot.packet(), slot.join(), buffer);
        } finally {
            slot.release();
        }
    }

    /** S430: type-2 data that came without an outer packet goes on untouched; anything else is opened here. */
    private short message(byte[] packet, short length, byte[] buffer) {
        if (length >= CommandPacket.MIN_LENGTH && link.isFor(packet)) {
            return link.pass(packet, (short) 0, length, buffer, (short) 0, MAX_ANSWER);
        }
        return entity.receive(packet, length, buffer, (short) 0, MAX_ANSWER);
    }

    /** S430: the first octet of the authenticated secured data tells whether it is still encrypted. */
    public short execute(byte[] packet, short offset, short length, byte[] answer, short answerOffset, short room) {
        if (packet[offset] == FRAME_NESTED) {
            return nested(packet, offset, (short) (offset + length), answer, answerOffset, room);
        }
        return script.execute(packet, offset, length, answer, answerOffset, room);
    }

    /** S440: hand the inner packet to the second stage, and frame its response packet from RPL on. */
    private short nested(byte[] packet, short offset, short end, byte[] answer, short answerOffset, short room) {
        short lengthAt = (short) (offset + 1);
        short inner = BerLength.valueOffset(packet, lengthAt, end);
        if (inner < 0 || (short) (inner + BerLength.length(packet, lengthAt)) != end) {
            return NOT_UNDERSTOOD;
        }
        // The three octets in front of RPL belong to no frame: tag and length of the frame overwrite two of them.
        short overlap = (short) (ResponsePacket.HEADER_LENGTH - FRAME_HEADER);
        short start = (short) (answerOffset - overlap);
        short length = link.pass(packet, inner, (short) (end - inner), answer, start, (short) (room + overlap));
        if (length <= 0) {
            return 0;
        }
        answer[answerOffset] = FRAME_NESTED_RESPONSE;
        answer[(short) (answerOffset + 1)] = (byte) (length - ResponsePacket.HEADER_LENGTH);
        return (short) (length - overlap);
    }
}
