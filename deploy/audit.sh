#!/bin/sh
# audit.sh: is a vulnerability known of any version in requirements.lock? Wants pip-audit and the network: it asks PyPI's
# advisory service, or OSV with SERVICE=osv. Exit status 1 where one is known, or where a package could not be asked about.
set -eu
lock=$(dirname "$0")/../requirements.lock
exec "${PIP_AUDIT:-pip-audit}" --requirement "$lock" --require-hashes --disable-pip --strict \
    --vulnerability-service "${SERVICE:-pypi}" --progress-spinner off
