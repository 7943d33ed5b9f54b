#!/bin/sh
# backup.sh FOLDER: one backup a day in the folder, none older than KEEP days (14); the newest always stays.
# With PostgreSQL the database is dumped first, so that every row of the dump finds its record in the archive:
# DATABASE=postgresql://... backup.sh FOLDER
set -eu
umask 077
folder=${1:?backup.sh FOLDER}
reportwatch=${REPORTWATCH:-reportwatch}
name=$folder/reportwatch-$(date +%Y-%m-%dT%H%M%S)

if [ -n "${DATABASE-}" ]; then
    pg_dump --format=custom --file="$name.dump.part" "$DATABASE"
    mv "$name.dump.part" "$name.dump"
    "$reportwatch" backup --no-database "$name.tar"
else
    "$reportwatch" backup "$name.tar"
fi

# Only after a new one is whole do old ones go.
find "$folder" -maxdepth 1 -type f -name 'reportwatch-*' ! -name "${name##*/}*" -mtime "+${KEEP:-14}" -delete

if [ -n "${BUDGET-}" ]; then
    # 3: what is left is over the budget, because reports rest on it; that is said, and no failure of the backup.
    "$reportwatch" prune --budget "$BUDGET" || [ $? -eq 3 ]
fi
