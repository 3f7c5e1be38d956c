package figures;

public interface Solid extends Shape {
    short volume(short height, byte[] unit);
}
