package twofold.second;

import javacard.framework.AID;
import javacard.framework.JCSystem;
import javacard.framework.Util;
import twofold.link.InstallParameters;
import twofold.link.StageLink;

/** The shareable interface object of the second stage. Only the first stage may call it. */
final class LinkServer implements StageLink {
    private final StageTwo stage;
    private final byte[] client;

    /** @param aid where in {@code parameters} the instance AID of the client is */
    LinkServer(StageTwo stage, byte[] parameters, short aid) {
        this.stage = stage;
        client = new byte[InstallParameters.AID_LENGTH];
        Util.arrayCopyNonAtomic(parameters, aid, client, (short) 0, InstallParameters.AID_LENGTH);
    }

    public boolean begin(short length) {
        return isClientCalling() && stage.begin(length);
    }

    public boolean append(byte[] part, short offset, short length) {
        return isClientCalling() && stage.append(part, offset, length);
    }

    public short execute(byte[] answer, short offset, short room) {
        return isClientCalling() ? stage.execute(answer, offset, room) : REFUSED;
    }

    /** True when {@code aid} names the client. */
    boolean isClient(AID aid) {
        return aid != null && aid.equals(client, (short) 0, (byte) client.length);
    }

    /** The calling context, where the card tells it, must be the first stage's (JCRE 6.2.5); null is the JCRE. */
    private boolean isClientCalling() {
        AID caller = JCSystem.getPreviousContextAID();
        return caller == null || isClient(caller);
    }
}
