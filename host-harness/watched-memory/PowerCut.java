/** The card has lost its power. An error and not an exception: no applet catches it. */
final class PowerCut extends Error {
    private static final long serialVersionUID = 1;

    PowerCut() {
        super("the card has no power", null, false, false);
    }
}
