package library;

/** Not visible outside. */
final class Helper extends Base implements TaskList {
    public short value() {
        return Base.twice(visible);
    }

    short internal() {
        return (short) (super.internal() + packaged);
    }

    public byte run(Base base) {
        return base.value() > base.hook() && base.isBase() ? DONE : (byte) 0;
    }

    public Task next() {
        return this;
    }
}
