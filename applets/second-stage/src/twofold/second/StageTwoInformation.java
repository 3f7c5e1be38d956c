package twofold.second;

import javacard.framework.Util;
import twofold.link.FailureCounts;
import twofold.link.KeySets;
import twofold.link.StageInformation;

/** What GET DATA tells of the second stage. */
final class StageTwoInformation extends StageInformation {
    private static final short TAG_LOAD_UNDER_WAY = (short) 0xDF07;

    private final Arena arena;
    private final Registry registry;
    private final LoadState loading;
    private final FailureCounts failures;

    StageTwoInformation(KeySets keys, Arena arena, Registry registry, LoadState loading, FailureCounts failures) {
        super(keys);
        this.arena = arena;
        this.registry = registry;
        this.loading = loading;
        this.failures = failures;
    }

    /** Octets of the arena (2), free octets (2), load files (1), services (1). */
    protected short writeStorage(byte[] out, short offset) {
        short at = Util.setShort(out, offset, arena.total());
        at = Util.setShort(out, at, arena.free());
        out[at++] = (byte) registry.count(Registry.KIND_LOAD_FILE);
        out[at++] = (byte) registry.count(Registry.KIND_SERVICE);
        return at;
    }

    /** Packets refused (2). */
    protected short writeFailures(byte[] out, short offset) {
        return failures.write(out, offset);
    }

    protected boolean hasOwn(short tag) {
        return tag == TAG_LOAD_UNDER_WAY;
    }

    /** DF07, the load under way; 6A88 when there is none. */
    protected short writeOwn(short tag, byte[] out, short offset) {
        CommandFields.requireFound(loading.isUnderWay());
        return loading.write(out, offset);
    }
}
