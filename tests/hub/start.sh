#!/usr/bin/env bash
# Starts a JupyterHub in a place of its own: users, homes and the exchange are gone with the last
# process, and the machine has never heard of them. Runs as root, behind `unshare --mount --pid`.
#   start.sh tljh|z2jh FOLDER_OF_EXERCISES JUPYTERHUB OPTIONS...
set -euo pipefail
if [ -z "${INSIDE:-}" ]; then
  # `unshare` ignores what would end it politely, and takes all it has started along.
  INSIDE=1 unshare --mount --pid --fork --mount-proc --kill-child=KILL bash "$0" "$@" &
  trap 'kill -KILL $!' TERM
  wait $!
  exit
fi

kind=$1 exercises=$2
here=$(cd "$(dirname "$0")" && pwd)
shift 2

cp /etc/passwd /tmp/passwd.$$
mount -t tmpfs -o mode=755 tmpfs /srv
mv /tmp/passwd.$$ /srv/passwd
mkdir -p /srv/home /srv/volumes /srv/jupyterhub /srv/nbgrader /srv/shared
mkdir -m 777 /srv/nbgrader/exchange
# Stands for /etc/jupyter, which belongs to the machine.
mkdir -m 755 /srv/jupyter
python -m aiimpact.classroom settings > /srv/jupyter/nbgrader_config.py
# What nbgitpuller clones here belongs to somebody else, which git wants to be told.
printf '[safe]\n\tdirectory = *\n' > /srv/jupyter/gitconfig
# In a pod everybody is `jovyan`, and HOME is the mount of a volume. The Littlest JupyterHub makes a
# user of the system for each of its own.
number=20001
for user in teacher s101 s102; do
  if [ "$kind" = z2jh ]; then
    name=jovyan home=/srv/home/jovyan folder=/srv/volumes/$user
    mkdir -p $home
  else
    name=jupyter-$user home=/srv/home/jupyter-$user folder=/srv/home/jupyter-$user
  fi
  echo "$name:x:$number:100::$home:/bin/bash" >> /srv/passwd
  mkdir -m 700 "$folder"
  if [ $user = teacher ]; then
    cp -r "$exercises" "$folder/exercises"
    chown $number:100 /srv/shared
  fi
  chown -R $number:100 "$folder"
  number=$((number + 1))
done
mount --bind /srv/passwd /etc/passwd

# Python, its packages and this clone may lie in a home that other users cannot enter. What else is
# in it stays hidden.
clone=$(dirname "$(dirname "$here")")
kept=("$(python -c 'import sys; print(sys.base_prefix)')" "$(python -c 'import sys; print(sys.prefix)')" "$clone")
closed=()
for i in "${!kept[@]}"; do
  mkdir -p "/srv/kept/$i"
  mount --bind "${kept[i]}" "/srv/kept/$i"
  above=$(dirname "${kept[i]}")
  while [ "$above" != / ]; do
    [[ $(stat -c %A "$above") == *x ]] || closed+=("$above")
    above=$(dirname "$above")
  done
done
for folder in "${closed[@]}"; do
  [ ! -d "$folder" ] || mount -t tmpfs -o mode=755 tmpfs "$folder"
done
for i in "${!kept[@]}"; do
  [ -n "$(ls "${kept[i]}" 2>/dev/null)" ] || { mkdir -p "${kept[i]}"; mount --bind "/srv/kept/$i" "${kept[i]}"; }
done

# The hub gives a proxy of its own ten seconds to start, which a busy machine may take longer for.
read -r public hub api <<< "$PORTS"
CONFIGPROXY_AUTH_TOKEN=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
export CONFIGPROXY_AUTH_TOKEN
"$PROXY" --ip 127.0.0.1 --port "$public" --api-ip 127.0.0.1 --api-port "$api" \
  --error-target "http://127.0.0.1:$hub/hub/error" &
until (: < "/dev/tcp/127.0.0.1/$api") 2> /dev/null; do sleep 0.2; done

cd /srv/jupyterhub
umask 022
KIND=$kind HERE=$here exec "$@"
