package exact;

/**
 * `finally` as subroutines (jsr, ret), which javac has not made since Java 1.4. The class file beside this source was made by the
 * Eclipse compiler 4.4.2 with `-source 1.3 -target 1.1 -g`.
 */
public class Subroutines {
    public static short early(short a) {
        short seen = 0;
        try {
            if (a > 3) {
                return (short) (a + 1);
            }
            seen = 2;
        } finally {
            seen += 5;
        }
        return (short) (seen + a);
    }

    public static short nested(short a, byte b) {
        short x = a;
        for (short i = 0; i < 3; i++) {
            try {
                try {
                    if (x == b) {
                        continue;
                    }
                    x += 2;
                } finally {
                    x = (short) (x - b);
                }
                if (x > 100) {
                    break;
                }
            } finally {
                x ^= i;
            }
        }
        return x;
    }
}
