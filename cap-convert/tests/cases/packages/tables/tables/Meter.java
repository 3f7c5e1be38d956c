package tables;

/** Methods that subclasses override stand among others that they inherit. */
abstract class Meter {
    short value;

    abstract void step();

    void reset() {
        value = 0;
    }

    void widen() {
        value += 2;
    }

    void keep() {
        value = value;
    }

    public abstract void show();

    public void hide() {
        value = -1;
    }
}

class Up extends Meter {
    void step() {
        value++;
    }

    void widen() {
        value += 4;
    }

    public void show() {
        value = 1;
    }
}

class Down extends Meter {
    void step() {
        value--;
    }

    public void show() {
        value = 2;
    }
}
