"""`python -m tpfeedback` is the command `tpfeedback`."""

from tpfeedback.cli import main

if __name__ == "__main__":
    main()
