#!/usr/bin/env bash
# nginx_log.sh BACKEND LOG: writes a log of real nginx before three backends of
# the demo, of which one is slow and one fails a tenth, in the form that
# docs/tuning.md asks for.
set -euo pipefail
backend=$1 log=$2
folder=$(mktemp -d)
stop() {
  kill $(jobs -p)
  if [ -e "$folder/nginx.pid" ]; then
    local nginx
    nginx=$(cat "$folder/nginx.pid")
    kill "$nginx"
    while kill -0 "$nginx" 2>/dev/null; do sleep 0.05; done
  fi
  rm -rf "$folder"
}
trap stop EXIT

"$backend" --name a --mean-ms 20 >"$folder/a" &
"$backend" --name b --mean-ms 100 --seed 2 >"$folder/b" &
"$backend" --name c --mean-ms 20 --failing 0.1 --seed 3 >"$folder/c" &
for name in a b c; do
  until grep -q listening "$folder/$name"; do sleep 0.05; done
  sed 's/listening on \(.*\)/server \1 max_fails=0;/' "$folder/$name"
done >"$folder/servers"

{
  printf '%s\n' "pid $folder/nginx.pid;" "events {}" 'http {'
  for kind in client_body proxy fastcgi uwsgi scgi; do
    echo "${kind}_temp_path $folder/$kind;"
  done
  # As the page has it.
  sed -n '/^log_format/,/;$/p' "$(dirname "$0")/../../docs/tuning.md"
  printf '%s\n' "access_log $log.new timed;" "upstream all { " \
    "include $folder/servers; }" "server { listen unix:$folder/socket;" \
    'location / { proxy_pass http://all; } } }'
} >"$folder/nginx.conf"
rm -f "$log.new" "$log"
PATH=$PATH:/usr/sbin nginx -e "$folder/error" -p "$folder" -c "$folder/nginx.conf"
curl --silent --no-progress-meter --output /dev/null --unix-socket "$folder/socket" --parallel \
  --parallel-max 8 'http://x/[1-1500]'
gzip <"$log.new" >"$log"
rm "$log.new"
