package remote;

/** Not remote. */
public interface Lockable {
    void lock();
}
