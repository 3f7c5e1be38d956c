package language;

/** An abstract class between two interfaces: it leaves methods of both open. */
abstract class Shape implements Measured, Named {
    protected short size;
    private byte kind;
    short seen;

    Shape(short size) {
        this.size = size;
        kind = 1;
    }

    /** Package-visible, overridden below. */
    short scaled(short by) {
        return (short) (area() * by);
    }

    abstract short corners();

    public boolean isLarge() {
        return area() > 100 && corners() > kind;
    }

    static short both(Shape a, Measured b) {
        return (short) (a.area() + b.area() + a.name());
    }
}

interface Measured {
    short area();

    boolean isLarge();
}

interface Named {
    short NAMELESS = 0;

    byte name();
}

interface Drawn extends Named, Measured {
    void draw();
}
