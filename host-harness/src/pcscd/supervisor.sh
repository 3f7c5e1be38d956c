# Runs in fresh namespaces: first argument the folder of reader configurations, then the command of the card's process.
# Standard input is pcscd's listening socket, standard output the control channel, a socket that both reads and writes.
PATH=$PATH:/usr/sbin:/sbin
exec 3<&0 </dev/null
fail() { echo "error $*"; exit 1; }

command -v pcscd >/dev/null || fail "pcscd is missing: run scripts/setup test"
ip link set lo up || fail "the loopback interface of the new network namespace cannot be started (ip link set lo up)"
mount -t tmpfs tmpfs /run || fail "a private /run cannot be mounted"
# Real readers belong to the system's own daemon.
[ ! -d /usr/lib/pcsc/drivers ] || mount -t tmpfs tmpfs /usr/lib/pcsc/drivers || fail "/usr/lib/pcsc/drivers cannot be hidden"

# libsystemd takes the socket only if LISTEN_PID is pcscd's own process id.
sh -c 'LISTEN_FDS=1 LISTEN_PID=$$ exec pcscd --foreground --config "$1"' pcscd "$1" 1>&2 &
pcscd=$!
exec 3<&-
shift
"$@" <&1
# Its files are in a /run that goes away with it; nothing is lost by not asking politely.
kill -KILL "$pcscd"
