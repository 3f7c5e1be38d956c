import javacard.framework.Applet;

/**
 * The memory of the applets as the bridge sees it. This one is jCardSim's own, which forgets nothing and undoes nothing;
 * the sources in host-harness/watched-memory/ have one with transactions and power cuts.
 */
class CardMemory {
    /** Loads the class of an applet. */
    Class<? extends Applet> load(String className) throws ClassNotFoundException {
        return Class.forName(className).asSubclass(Applet.class);
    }

    /** An instance is about to be made: what is allocated from now on is its own. */
    void installing(String instanceAid) {
    }

    /** The installation has ended, well or not. */
    void installed() {
    }

    /** An instance was deleted. */
    void deleted(String instanceAid) {
    }

    /** False after a power cut, until the next reset: the card is mute. */
    boolean isPowered() {
        return true;
    }

    /** A command has been processed. */
    void commandEnded() {
    }

    /** The card was reset. */
    void reset() {
    }

    /** What {@code memory} answers besides the transient octets: nothing, or words with a blank in front. */
    String report() {
        return "";
    }

    /** Executes a control line that the bridge does not know; null when it is unknown here too. */
    String execute(String[] words) throws ReflectiveOperationException {
        return null;
    }
}
