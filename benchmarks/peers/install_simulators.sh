#!/bin/sh
# Makes a virtual environment with the simulators that Tripartite is compared with:
#     benchmarks/peers/install_simulators.sh [folder]        # default: venv-simulators
# NEST's wheel brings its own library (import nest works at once). Brian2 compiles what it runs: it needs
# g++, and its last release for Python 3.11 needs NumPy 1.
set -eu
folder=${1:-venv-simulators}
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet nest-simulator==3.10.0 brian2==2.9.0 numpy==1.26.4 scipy==1.17.1 h5py==3.16.0
"$folder/bin/python" -c 'import brian2, nest; print("NEST", nest.__version__, "Brian2", brian2.__version__)'
