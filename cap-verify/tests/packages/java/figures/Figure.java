package figures;

/** Fields and methods of every visibility, some abstract, some final. */
public abstract class Figure implements Shape {
    public static Figure last;
    protected static short made;
    private static byte hidden = 7;

    public short sides;
    public byte[] label;
    private Figure next;
    private short size;

    protected Figure(short sides) {
        this.sides = sides;
        next = last;
        last = this;
        made++;
    }

    public abstract short area();

    public Shape larger(Shape other) {
        return other.area() > area() ? other : this;
    }

    public final short sides() {
        return (short) (sides + hidden);
    }

    protected short grow(short by) {
        size = sum(size, by);
        return inPackage(by);
    }

    short inPackage(short value) {
        return own(value);
    }

    private short own(short value) {
        return (short) (value + size);
    }

    public static short sum(short left, short right) {
        return (short) (left + right);
    }
}
