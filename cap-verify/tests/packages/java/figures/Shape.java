package figures;

public interface Shape {
    short area();

    Shape larger(Shape other);
}
