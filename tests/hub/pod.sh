#!/usr/bin/env bash
# What a pod is to a user: a home that is a volume of one's own, the exchange, and nobody else's.
#   pod.sh USER NUMBER COMMAND...
set -euo pipefail
user=$1 number=$2
shift 2
mount --bind "/srv/volumes/$user" /srv/home/jovyan
mount -t tmpfs -o mode=000 tmpfs /srv/volumes
cd /srv/home/jovyan
exec setpriv --reuid "$number" --regid 100 --clear-groups "$@"
