package refused;

/** Classes that Java allows and a CAP file cannot have. */
class Inheritance {
    short hidden(short x) {
        return x;
    }

    static class Below extends Inheritance {
        public short hidden(short x) {
            return 1; // CC503 make the method above public
        }
    }
}
