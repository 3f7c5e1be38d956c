package twofold.second;

import javacard.framework.Util;
import twofold.link.Cmac;
import twofold.link.DeleteKey;
import twofold.link.FailureCounts;
import twofold.link.InstallParameters;
import twofold.link.KeySets;
import twofold.link.PutKey;
import twofold.link.ReceivingEntity;
import twofold.link.Script;
import twofold.link.StageLink;

/** The second stage without its shell: opens a type-2 packet, and runs its script on storage 2. */
final class StageTwo implements ArenaRoots {
    private static final byte KEY_VERSION = (byte) 2;
    /** Sizes given at install: packet (2), arena (2). */
    private static final short SIZES_LENGTH = (short) 4;
    /** A packet of this length holds fewer commands than the response can count. */
    private static final short MAX_PACKET = (short) 1472;
    private static final short MIN_ARENA = (short) 256;
    private static final short MAX_ARENA = (short) 32704;

    /** What is counted: packets that were refused. */
    private static final short REFUSED_PACKETS = (short) 0;
    private static final short FAILURE_KINDS = (short) 1;

    private final PacketBuffer packet;
    private final FailureCounts failures;
    private final ReceivingEntity entity;
    private final ServiceObjects objects;
    private final LoadState loading;
    private final Personalization personalization;
    private final ServiceSelection selection;
    private final ServicePin pin;
    private final StatusCommand status;
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

        packet = new PacketBuffer(packetLength);
        failures = new FailureCounts(FAILURE_KINDS);
        KeySets keySets = new KeySets(KEY_VERSION, parameters, keys, counter);
        Cmac cmac = new Cmac();
        Arena arena = new Arena(arenaSize, this);
        Registry registry = new Registry(arena);
        objects = new ServiceObjects(arena, registry);
        loading = new LoadState(arena, registry);
        selection = new ServiceSelection(registry);
        pin = new ServicePin(arena, objects, selection);
        personalization = new Personalization(arena, registry, objects, selection);
        status = new StatusCommand(arena, registry);
        reading = new ReadCommands(status, new ObjectReader(arena, objects, selection),
            new StageTwoInformation(keySets, arena, registry, loading, failures));
        LoadSession session = new LoadSession(arena, registry, loading, keySets, cmac);
        TypeTwoCommands commands = new TypeTwoCommands(
            new InstallCommand(arena, registry, session, loading, personalization),
            session,
            personalization,
            new DeleteCommand(arena, registry, loading, personalization, selection, status),
            new SetStatusCommand(registry, personalization, selection),
            new PutKey(keySets, cmac),
            new DeleteKey(keySets),
            reading);
        entity = new ReceivingEntity(keySets, parameters, aid, cmac, new Script(commands, keySets));
    }

    /** Starts a packet; false when it is too long. */
    boolean begin(short length) {
        boolean begun = packet.begin(length);
        if (!begun) {
            failures.add(REFUSED_PACKETS);
        }
        return begun;
    }

    /** Adds octets to the packet; false, and the packet is forgotten, when they are more than announced. */
    boolean append(byte[] part, short offset, short length) {
        return packet.append(part, offset, length);
    }

    /** S450, S460: opens the packet, executes it, writes its response packet; see StageLink. */
    short execute(byte[] answer, short offset, short room) {
        short length = packet.take();
        short answered = StageLink.REFUSED;
        if (length != 0) {
            answered = entity.receive(packet.octets(), length, answer, offset, room);
            // What was deciphered must not stay.
            packet.clear();
        }
        if (answered == StageLink.REFUSED) {
            failures.add(REFUSED_PACKETS);
        }
        return answered;
    }

    /** The applet was selected: no service is, and there is no GET STATUS to go on with. */
    void restart() {
        selection.end();
        status.end();
    }

    /** The selection of a service at the interface. */
    ServiceSelection selection() {
        return selection;
    }

    /** VERIFY PIN and CHANGE PIN at the interface. */
    ServicePin pin() {
        return pin;
    }

    /** GET STATUS and GET DATA at the interface. */
    ReadCommands reading() {
        return reading;
    }

    /** Marks what the registry, the load and the personalization under way use. */
    public void mark() {
        objects.markRegistry();
        loading.mark();
        personalization.mark();
    }
}
