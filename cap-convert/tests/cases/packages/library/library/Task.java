package library;

/** An interface of a library. */
public interface Task {
    byte DONE = 1;

    byte run(Base base);
}
