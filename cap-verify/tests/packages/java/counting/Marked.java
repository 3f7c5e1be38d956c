package counting;

interface Marked {
    byte mark();
}
