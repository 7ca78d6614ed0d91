"""``python -m muvi_provision``: the same program under no name of its own."""

from muvi_provision.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
