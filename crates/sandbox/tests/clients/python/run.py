"""Runs every suite, then says what was covered. Exit code 1 on any failure, uncalled operation or broken contract."""

import sys
import unittest

import harness

# Methods no suite calls, each with its reason.
NOT_CALLED = {}


def main():
    suite = unittest.defaultTestLoader.discover(".", "test_*.py")
    result = unittest.TextTestRunner(verbosity=1).run(suite)
    missing = sorted(key for key in harness.methods() - harness.CALLED if key not in NOT_CALLED)
    for name, method in missing:
        print(f"never called: {name}.{method}")
    print(f"{len(harness.CALLED)} of {len(harness.methods())} operations of the SDK called")
    broken = []
    if harness.CONTRACT:
        broken = sorted(set(harness.CONTRACT.problems))
        for problem in broken:
            print(f"contract: {problem}")
        print(f"{harness.CONTRACT.answers} answers held against {len(harness.CONTRACT.seen)} documented operations")
    else:
        print("left out: the contract check (no OpenAPI file at ASANA_OPENAPI)")
    return 0 if result.wasSuccessful() and not missing and not broken else 1


if __name__ == "__main__":
    sys.exit(main())
