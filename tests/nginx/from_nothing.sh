#!/usr/bin/env bash
# from_nothing.sh ROOT WORK: types the commands of examples/nginx/README.md that
# bring els into a running nginx, and asks that nginx for what els knows. What they
# would install goes below WORK, and packages are only looked for.
set -euo pipefail
root=$1
work=$2
rm -rf "$work"
mkdir -p "$work"/{tree,nginx/modules,nginx/modules-enabled,installed}
for entry in "$root"/*; do
  [ "$(basename "$entry")" = build ] || ln -s "$entry" "$work/tree/"
done

# The example's upstream and servers, with a port that is free.
readme=$root/examples/nginx/README.md
block() { awk -v fence="\`\`\`$1" '$0 == "```" {on = 0} on; $0 == fence && !n++ {on = 1}' "$readme"; }
port=$(python3 -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
conf=$work/nginx/nginx.conf
write_conf() {
  {
    echo "include modules-enabled/*.conf; pid nginx.pid; error_log error.log;"
    if [ "$(id -u)" -eq 0 ]; then echo 'user root;'; fi
    echo 'events {} http { access_log off;'
    for folder in client_body proxy fastcgi uwsgi scgi; do
      echo "${folder}_temp_path $folder;"
    done
    cat
    echo '}'
  } >"$conf"
}
nginx() { /usr/sbin/nginx -p "$work/nginx" -c "$conf" "$@"; }
trap 'nginx -s stop' EXIT

echo "server { listen 127.0.0.1:$port; return 200 old; }" | write_conf
nginx
block nginx | sed "s/listen 127.0.0.1:8080/listen 127.0.0.1:$port/" | write_conf

apt() {
  [ "$1" = install ]
  shift
  dpkg-query -W -f '${Package} ${Status}\n' "$@"
}
export DESTDIR=$work/installed
pkgconfig=$(cd "$work/installed" && pwd)/usr/local/lib
export PKG_CONFIG_PATH=$pkgconfig/pkgconfig:$pkgconfig/x86_64-linux-gnu/pkgconfig
commands=$(block sh | sed "s|/usr/lib/nginx/|$work/nginx/|; s|/etc/nginx/|$work/nginx/|")
[ "$(wc -l <<<"$commands")" -eq 4 ]
cd "$work/tree"
while read -r command; do
  printf '# %s\n' "$command"
  eval "$command"
done <<<"$commands"

for _ in $(seq 100); do
  if status=$(curl -sf "http://127.0.0.1:$port/els") && [[ $status == *10.0.0.1:8080* ]]; then
    echo "$status"
    exit 0
  fi
  sleep 0.1
done
echo 'nginx does not say what els knows' >&2
exit 1
