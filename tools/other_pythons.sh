#!/bin/sh
# The unit tests on the other Pythons that pyproject.toml allows, where this machine has them: none is downloaded.
set -eu
cd "$(dirname "$0")/.."
uv=$(command -v uv || echo .tools/uv/bin/uv)
for version in 3.12 3.14; do
    # pyenv's shims refuse versions that are not chosen; its folders come before them.
    folders=$(printf '%s:' "${PYENV_ROOT:-$HOME/.pyenv}/versions/$version".*/bin)
    if python=$(PATH="$folders$PATH" "$uv" python find --no-project --no-python-downloads "$version" 2>/dev/null); then
        echo "Unit tests on Python $version ($python)"
        "$uv" venv --quiet --clear --python "$python" "build/python-$version"
        "$uv" pip sync --quiet --python "build/python-$version/bin/python" --require-hashes requirements/dev.txt
        "build/python-$version/bin/python" -m pytest -q -n 2 -p no:cacheprovider backend/tests/unit
    else
        echo "NO PYTHON $version HERE; the unit tests on it are SKIPPED" >&2
    fi
done
