package twofold.link;

import javacard.framework.JCSystem;

/**
 * The key set versions of a stage: at most two in use, and a place to spare, in which PUT KEY prepares a new set. A set
 * that a script replaced while it ran under it still protects the answer, and is wiped then.
 */
public final class KeySets {
    /** The most versions in use. */
    static final short MAX_VERSIONS = (short) 2;
    /** Key version numbers are a nibble of KIc, and 0 is no version. */
    static final short MAX_VERSION = (short) 15;

    private static final short PLACES = (short) 3;

    private final KeySet[] sets;
    /** CLEAR_ON_RESET: the place of the set that the packet under way came under. */
    private final byte[] current;

    /**
     * Takes the keys given at install, as the first version.
     *
     * @param version key version number, 1 to 15
     * @param keys where KIc, KID and DEK are in {@code parameters}, 16 octets each
     * @param counter where the last used counter value is
     */
    public KeySets(byte version, byte[] parameters, short keys, short counter) {
        current = JCSystem.makeTransientByteArray((short) 1, JCSystem.CLEAR_ON_RESET);
        sets = new KeySet[PLACES];
        for (short place = 0; place < PLACES; place++) {
            sets[place] = new KeySet();
        }
        KeySet first = sets[0];
        short length = (short) (KeySet.INSTALL_LENGTH / KeySet.KEYS);
        for (short which = 0; which < KeySet.KEYS; which++) {
            first.put(which, parameters, (short) (keys + (short) (which * length)), length);
        }
        first.record().start(parameters, counter);
        first.use(version);
    }

    /** The set of a version, or null. */
    public KeySet find(byte version) {
        for (short place = 0; place < PLACES; place++) {
            if (sets[place].isInUse() && sets[place].version() == version) {
                return sets[place];
            }
        }
        return null;
    }

    /** The set that the packet under way came under. */
    public KeySet current() {
        return sets[current[0]];
    }

    /**
     * Makes the set of a version current. For a version that is not there it is some other set, so that the work done
     * on a packet does not tell which versions there are; the comparison of KIc and KID then fails.
     */
    KeySet choose(byte version) {
        short found = PLACES;
        short any = 0;
        for (short place = 0; place < PLACES; place++) {
            if (sets[place].isInUse()) {
                any = place;
                found = sets[place].version() == version ? place : found;
            }
        }
        current[0] = (byte) (found == PLACES ? any : found);
        return current();
    }

    /** The lowest version above {@code version}, or null: the way to see all in ascending order. */
    KeySet above(short version) {
        KeySet next = null;
        for (short place = 0; place < PLACES; place++) {
            KeySet set = sets[place];
            if (set.version() > version && (next == null || set.version() < next.version())) {
                next = set;
            }
        }
        return next;
    }

    /** True when no further version can be added. */
    boolean isFull() {
        short used = 0;
        for (short place = 0; place < PLACES; place++) {
            if (sets[place].isInUse()) {
                used++;
            }
        }
        return used == MAX_VERSIONS;
    }

    /** A set that is neither in use nor current, or null. */
    KeySet spare() {
        for (short place = 0; place < PLACES; place++) {
            if (!sets[place].isInUse() && place != current[0]) {
                return sets[place];
            }
        }
        return null;
    }

    /** Clears the keys that are not in use: replaced ones, and those of a PUT KEY that failed or was cut off. */
    void wipeUnused() {
        for (short place = 0; place < PLACES; place++) {
            if (!sets[place].isInUse()) {
                sets[place].wipe();
            }
        }
    }
}
