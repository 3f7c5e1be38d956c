package language;

/** Overrides package-visible and public methods, calls those of its superclass, and has an inner class that sees its secrets. */
class Square extends Shape implements Drawn {
    private short drawn;
    private final Pen pen = new Pen();

    Square(short side) {
        super(side);
    }

    public short area() {
        return (short) (size * size);
    }

    short scaled(short by) {
        return (short) (super.scaled(by) + 1);
    }

    short corners() {
        return 4;
    }

    public byte name() {
        return (byte) 'S';
    }

    public void draw() {
        pen.move();
        drawn += pen.moved;
        Drawn self = this;
        if (self.isLarge() && self.equals(pen)) {
            seen = both(this, self);
        }
    }

    public boolean isLarge() {
        return super.isLarge() | drawn > 3;
    }

    private short secret(short x) {
        return (short) (x + drawn);
    }

    private static short hidden() {
        return 9;
    }

    /** An inner class: javac lets it reach private members, from Java 11 on without a method between. */
    private class Pen {
        private short moved;

        private void move() {
            moved = (short) (secret(moved) + hidden() + drawn++);
        }
    }

    static final class Dotted extends Square {
        Dotted() {
            super((short) 2);
        }

        short corners() {
            return super.corners();
        }

        public void draw() {
            super.draw();
            seen++;
        }
    }
}
