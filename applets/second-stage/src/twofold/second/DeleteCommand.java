package twofold.second;

import javacard.framework.JCSystem;

/**
 * DELETE (GPCS 11.2): a service with its objects, a load file, alone or with its services, or the load under way. It
 * only takes links away, in one transaction; the blocks behind them are free from then on.
 */
final class DeleteCommand {
    private static final byte P2_OBJECT = (byte) 0x00;
    private static final byte P2_WITH_RELATED = (byte) 0x80;

    private final Arena arena;
    private final Registry registry;
    private final LoadState loading;
    private final Personalization personalization;
    private final ServiceSelection selection;
    private final StatusCommand status;

    DeleteCommand(Arena arena, Registry registry, LoadState loading, Personalization personalization,
            ServiceSelection selection, StatusCommand status) {
        this.arena = arena;
        this.registry = registry;
        this.loading = loading;
        this.personalization = personalization;
        this.selection = selection;
        this.status = status;
    }

    void execute(byte p1, byte p2, byte[] data, short offset, short length) {
        CommandFields.requireP1P2(p1 == 0 && (p2 == P2_OBJECT || p2 == P2_WITH_RELATED));
        CommandFields.requireLength(length != 0);
        short aidLength = CommandFields.aidObject(data, offset, length);
        CommandFields.requireData(CommandFields.isAidLength(aidLength));
        short aid = (short) (offset + CommandFields.TLV_HEADER);
        if (loading.hasAid(data, aid, aidLength)) {
            status.end();
            JCSystem.beginTransaction();
            loading.end();
            return;
        }
        short entry = registry.find(Registry.KIND_ANY, data, aid, aidLength);
        CommandFields.requireFound(entry != Arena.NONE);
        CommandFields.requireState(p2 == P2_WITH_RELATED || !registry.hasServices(entry));
        forget(entry);
        JCSystem.beginTransaction();
        registry.remove(entry);
    }

    /** Ends everything in transient memory that refers to what goes; a block number may mean something else soon. */
    private void forget(short entry) {
        status.end();
        if (goesWith(selection.service(), entry)) {
            selection.end();
        }
        if (goesWith(personalization.target(), entry)) {
            personalization.drop();
        }
        arena.forgetMarks();
    }

    private boolean goesWith(short service, short entry) {
        return service != Arena.NONE && (service == entry || registry.belongsTo(service, entry));
    }
}
