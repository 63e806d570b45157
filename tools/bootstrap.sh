#!/bin/sh
# Makes .venv from the pinned requirements, with nothing needed but some Python 3. A second run does nothing.
set -eu
cd "$(dirname "$0")/.."
stamp=.venv/.requirements-installed
if [ -f "$stamp" ] && [ "$stamp" -nt requirements/dev.txt ]; then exit 0; fi
if command -v uv >/dev/null 2>&1; then
    uv=uv
else
    uv=.tools/uv/bin/uv
    if [ ! -x "$uv" ]; then
        echo "Installing uv into .tools (once) ..."
        python3 -m venv .tools/uv || { echo "This Python has no venv module; install python3-venv and try again." >&2; exit 1; }
        .tools/uv/bin/python -m pip install --quiet --disable-pip-version-check uv
    fi
fi
python_version=$(cat .python-version)
# The Python we develop on if it is here, else another that will do; only where there is none, uv downloads one.
[ -x .venv/bin/python ] ||
    "$uv" venv --quiet --no-python-downloads --python "$python_version" .venv 2>/dev/null ||
    "$uv" venv --quiet --no-python-downloads --python ">=3.12" .venv 2>/dev/null ||
    "$uv" venv --quiet --python "$python_version" .venv
echo "Installing the pinned requirements ..."
"$uv" pip sync --quiet --python .venv/bin/python --require-hashes requirements/dev.txt
touch "$stamp"
