"""Builds the Cython extensions, named one by one so that a missing source fails loudly.

POLYCLINIC_DEBUG=1 builds with bounds checks, assertions and the address and undefined-behaviour sanitizers.
"""

import os

from Cython.Build import cythonize
from setuptools import Extension, setup

DEBUG = os.environ.get("POLYCLINIC_DEBUG") == "1"

# -ffp-contract=off: a fused multiply-add rounds differently from one machine to the next.
RELEASE_FLAGS = ["-O3", "-ffp-contract=off"]
DEBUG_FLAGS = [
    "-O1",
    "-g",
    "-ffp-contract=off",
    # Python is built with -fwrapv, which would hide signed overflow from the sanitizer.
    "-fno-wrapv",
    "-fno-omit-frame-pointer",
    "-fsanitize=address,undefined",
    "-fno-sanitize-recover=undefined",
]

MODULES = (
    "entity_table",
    "grid",
    "observers",
    "fidelity",
    "attention",
    "interest",
    "frame_writer",
    "snapshot",
    "record_codec",
    "frame_decoder",
    "poller",
    "web_socket",
    "socket_port",
    "echo_port",
    "witness",
    "bot_port",
    "pose_wheel",
)

extensions = [
    Extension(
        f"core_ext.{module}",
        [f"core_ext/{module}.pyx"],
        extra_compile_args=DEBUG_FLAGS if DEBUG else RELEASE_FLAGS,
        extra_link_args=["-fsanitize=address,undefined"] if DEBUG else [],
    )
    for module in MODULES
]

setup(
    ext_modules=cythonize(  # type: ignore[no-untyped-call]  # Cython annotates none of its build functions
        extensions,
        language_level="3",
        compiler_directives={
            "boundscheck": DEBUG,
            "wraparound": False,
            "cdivision": not DEBUG,
            "initializedcheck": DEBUG,
            "embedsignature": True,
            # What nobody uses and no stub should have to mention: pickling of C state, a dictionary of doctests.
            "auto_pickle": False,
            "autotestdict": False,
        },
        force=DEBUG,
        build_dir="build/cython-debug" if DEBUG else "build/cython",
    ),
)
