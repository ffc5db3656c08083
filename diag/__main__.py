"""`python -m diag` is `arcdiag`."""

from diag.cli.main import run

if __name__ == "__main__":
    run()
