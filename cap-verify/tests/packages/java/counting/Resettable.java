package counting;

import figures.Counter;

public interface Resettable extends Counter {
    void reset(Resettable other);
}
