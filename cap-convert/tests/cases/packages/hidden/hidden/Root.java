package hidden;

/** Above a class that others do not see. */
public class Root {
    public short value() {
        return 0;
    }
}
