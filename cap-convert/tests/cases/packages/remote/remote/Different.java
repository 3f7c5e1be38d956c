package remote;

/** Does not extend the class that most remote classes do, and is not public. */
class Different implements Alike {
    public short m60() {
        return 60;
    }

    public short m142() {
        return 142;
    }
}
