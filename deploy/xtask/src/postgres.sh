# Runs a PostgreSQL of its own for as long as its standard input stays open, then removes every trace of it.
# The one who started it holds the other end of that pipe: however that process ends, the pipe closes.
# Arguments: folder of the PostgreSQL programs, folder for temporary files, port on 127.0.0.1.
set -eu
trap '' INT TERM HUP PIPE
cd /
umask 077
home=$(mktemp -d "$2/coffret-postgres.XXXXXX" 2>/dev/null || mktemp -d /tmp/coffret-postgres.XXXXXX)

remove() {
    "$1/pg_ctl" -D "$home/data" -m immediate -w stop >"$home/log" 2>&1 || true
    rm -rf "$home"
}
trap 'remove "$1"' EXIT

"$1/initdb" -D "$home/data" -U postgres --auth=trust --encoding=UTF8 --locale=C --no-sync >"$home/log" 2>&1 ||
    { cat "$home/log" >&2; exit 1; }
cat >>"$home/data/postgresql.conf" <<SETTINGS
listen_addresses = '127.0.0.1'
port = $3
unix_socket_directories = '$home'
max_connections = 200
fsync = on
synchronous_commit = on
timezone = 'UTC'
SETTINGS
"$1/pg_ctl" -D "$home/data" -l "$home/log" -w -t 60 start >"$home/start" 2>&1 ||
    { cat "$home/start" "$home/log" >&2; exit 1; }
echo ready
cat >/dev/null
