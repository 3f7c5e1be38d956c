package language;

/** What needs the long forms: far branches, many variables, many arguments, deep stacks. */
class Limits {
    short a, c, d;
    byte[] e;

    static short manyVariables(short p) {
        short v1 = p, v2 = 2, v3 = 3, v4 = 4, v5 = 5, v6 = 6, v7 = 7, v8 = 8, v9 = 9, v10 = 10, v11 = 11, v12 = 12;
        short v13 = 13, v14 = 14, v15 = 15, v16 = 16, v17 = 17;
        v17 += 1000;
        v16 -= 128;
        v15++;
        return (short) (v1 + v2 + v3 + v4 + v5 + v6 + v7 + v8 + v9 + v10 + v11 + v12 + v13 + v14 + v15 + v16 + v17);
    }

    static short manyArguments(short a, byte b, short c, byte[] d, Object e, boolean f, short g, short h, short i, short j, short k,
            short l, short m, short n, short o, short p, short q) {
        return (short) (a + b + c + d[0] + g + h + i + j + k + l + m + n + o + p + (q + (a + (b + (c + (g + (h + i)))))));
    }

    short far(short x, Object o) {
        while (x > 0) {
            if (o == null && x == 3) {
                a += manyArguments(x, (byte) 1, x, e, o, true, x, x, x, x, x, x, x, x, x, x, x);
                a += manyArguments(x, (byte) 2, x, e, o, true, x, x, x, x, x, x, x, x, x, x, x);
                a += manyArguments(x, (byte) 3, x, e, o, true, x, x, x, x, x, x, x, x, x, x, x);
                c += manyArguments(x, (byte) 4, x, e, o, true, x, x, x, x, x, x, x, x, x, x, x);
                d += manyArguments(x, (byte) 5, x, e, o, true, x, x, x, x, x, x, x, x, x, x, x);
            } else if (o != this || x != d) {
                a -= manyArguments(x, (byte) 6, x, e, o, true, x, x, x, x, x, x, x, x, x, x, x);
                a -= manyArguments(x, (byte) 7, x, e, o, true, x, x, x, x, x, x, x, x, x, x, x);
                a -= manyArguments(x, (byte) 8, x, e, o, true, x, x, x, x, x, x, x, x, x, x, x);
                c -= manyArguments(x, (byte) 9, x, e, o, true, x, x, x, x, x, x, x, x, x, x, x);
                d -= manyArguments(x, (byte) 10, x, e, o, true, x, x, x, x, x, x, x, x, x, x, x);
            }
            x--;
            if (e[x] < e[0] && e[x] >= e[1] || e[x] > e[2] && e[x] <= e[3]) {
                continue;
            }
            e[x] += e[0]++ - --e[1];
            this.a = this.c = this.d = x;
        }
        return x;
    }
}
