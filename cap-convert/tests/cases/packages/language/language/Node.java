package language;

/** Objects that refer to each other. */
final class Node {
    private final short value;
    private final Node next;
    private Node[] children = new Node[2];

    Node(short value, Node next) {
        this.value = value;
        this.next = next == this ? null : next;
        children[0] = next;
    }

    Node next() {
        return next;
    }

    short sum() {
        short sum = 0;
        for (Node node = this; node != null; node = node.next) {
            sum += node.value;
        }
        return sum;
    }

    Node deepest() {
        Node node = this;
        while (true) {
            if (node.children[0] == null) {
                return node;
            }
            node = node.children[0];
        }
    }

    public boolean equals(Object other) {
        return other instanceof Node && ((Node) other).value == value;
    }
}
