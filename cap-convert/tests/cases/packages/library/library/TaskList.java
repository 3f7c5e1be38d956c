package library;

/** Extends the interface. */
public interface TaskList extends Task {
    Task next();
}
