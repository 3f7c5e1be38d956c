package twofold.second;

import javacard.framework.Util;
import twofold.link.KeySet;
import twofold.link.ScriptRecord;
import twofold.link.StageInformation;

/** What GET DATA tells of the second stage. */
final class StageTwoInformation extends StageInformation {
    private final Arena arena;
    private final Registry registry;

    StageTwoInformation(KeySet keys, ScriptRecord record, Arena arena, Registry registry) {
        super(keys, record);
        this.arena = arena;
        this.registry = registry;
    }

    /** Octets of the arena (2), free octets (2), load files (1), services (1). */
    protected short writeStorage(byte[] out, short offset) {
        short at = Util.setShort(out, offset, arena.total());
        at = Util.setShort(out, at, arena.free());
        out[at++] = registry.count(Registry.KIND_LOAD_FILE);
        out[at++] = registry.count(Registry.KIND_SERVICE);
        return at;
    }
}
