package twofold.second;

/** Knows what in the arena is in use. */
interface ArenaRoots {
    /** Marks every chain that is in use, with {@link Arena#markChain}. */
    void mark();
}
