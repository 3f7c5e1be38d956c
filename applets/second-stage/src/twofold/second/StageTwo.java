package twofold.second;

import javacard.framework.JCSystem;
import javacard.framework.Util;
import twofold.link.Cmac;
import twofold.link.InstallParameters;
import twofold.link.KeySet;
import twofold.link.ReceivingEntity;
import twofold.link.Script;
import twofold.link.ScriptRecord;
import twofold.link.StageLink;

/** The second stage without its shell: collects a type-2 packet, opens it, and runs its script on storage 2. */
final class StageTwo implements ArenaRoots {
    private static final byte KEY_VERSION = (byte) 2;
    /** Sizes given at install: packet (2), arena (2). */
    private static final short SIZES_LENGTH = (short) 4;
    /** A packet of this length holds fewer commands than the response can count. */
    private static final short MAX_PACKET = (short) 1472;
    private static final short MIN_ARENA = (short) 256;
    private static final short MAX_ARENA = (short) 32704;

    private static final short EXPECTED = (short) 0;
    private static final short RECEIVED = (short) 1;
    private static final short FIELDS = (short) 2;

    /** CLEAR_ON_RESET: the packet, its announced length, the octets received. */
    private final byte[] packet;
    private final short[] progress;
    private final ReceivingEntity entity;
    private final Registry registry;
    private final LoadSession loading;
    private final Personalization personalization;
    private final ServiceAccess access;
    private final ReadCommands reading;

    /**
     * Takes the install parameters.
     *
     * @param aid where the instance AID is in {@code parameters}
     * @param installData where the length octet of the application data is
     */
    StageTwo(byte[] parameters, short aid, short installData) {
        short sizes = InstallParameters.sizes(parameters, installData, SIZES_LENGTH);
        short counter = InstallParameters.counter(parameters, installData);
        short keys = InstallParameters.keys(parameters, installData);
        short packetLength = Util.getShort(parameters, sizes);
        short arenaSize = Util.getShort(parameters, (short) (sizes + 2));
        InstallParameters.require(packetLength >= StageLink.MAX_TRANSFER && packetLength <= MAX_PACKET);
        InstallParameters.require(arenaSize >= MIN_ARENA && arenaSize <= MAX_ARENA);

        packet = JCSystem.makeTransientByteArray(packetLength, JCSystem.CLEAR_ON_RESET);
        progress = JCSystem.makeTransientShortArray(FIELDS, JCSystem.CLEAR_ON_RESET);
        KeySet keySet = new KeySet(KEY_VERSION, parameters, keys);
        ScriptRecord record = new ScriptRecord(parameters, counter);
        Cmac cmac = new Cmac();
        Arena arena = new Arena(arenaSize, this);
        registry = new Registry(arena);
        loading = new LoadSession(arena, registry, keySet, cmac);
        personalization = new Personalization(arena, registry);
        access = new ServiceAccess(arena, registry);
        reading = new ReadCommands(access, new StageTwoInformation(keySet, record, arena, registry));
        InstallCommand install = new InstallCommand(arena, registry, loading, personalization);
        TypeTwoCommands commands = new TypeTwoCommands(install, loading, personalization, reading);
        Script script = new Script(commands, record);
        entity = new ReceivingEntity(keySet, parameters, aid, cmac, record, script);
    }

    /** Starts a packet; false when it is too long. */
    boolean begin(short length) {
        progress[EXPECTED] = (short) 0;
        progress[RECEIVED] = (short) 0;
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
            begin((short) 0);
            return false;
        }
        Util.arrayCopyNonAtomic(part, offset, packet, received, length);
        progress[RECEIVED] = (short) (received + length);
        return true;
    }

    /** S450, S460: opens the packet, executes it, writes its response packet; see StageLink. */
    short execute(byte[] answer, short offset, short room) {
        short length = progress[EXPECTED];
        if (length == 0 || progress[RECEIVED] != length) {
            return StageLink.REFUSED;
        }
        begin((short) 0);
        short answered = entity.receive(packet, length, answer, offset, room);
        // What was deciphered must not stay.
        Util.arrayFillNonAtomic(packet, (short) 0, (short) packet.length, (byte) 0);
        return answered;
    }

    /** The selection of a service, and commands that read. */
    ServiceAccess access() {
        return access;
    }

    /** GET STATUS and GET DATA at the interface. */
    ReadCommands reading() {
        return reading;
    }

    /** Marks what the registry and the sessions under way use. */
    public void mark() {
        registry.mark();
        loading.mark();
        personalization.mark();
    }
}
