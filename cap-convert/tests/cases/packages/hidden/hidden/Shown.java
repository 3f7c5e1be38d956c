package hidden;

/** What it inherits from stays in the package. */
public class Shown extends Hidden {
    public short value() {
        return 1;
    }
}

class Hidden extends Root implements Secret {
    public short secret() {
        return 2;
    }
}

interface Secret {
    short secret();
}
