"""Runs a program in a pseudo-terminal: pty-run.py ROWS COLUMNS PROGRAM ARGUMENT...

Standard input goes to the terminal, what the program prints to standard output. Each line `ROWS COLUMNS` on
descriptor 3 resizes the terminal. Descriptor 4 gets one line at the end: CODE, then `same` or `changed`, for the
modes of the terminal (canonical input, echo, signals ...) against those before the program began.
"""

import fcntl
import os
import pty
import select
import struct
import sys
import termios

rows, columns, program = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
main, line = pty.openpty()


def resize(rows, columns):
    fcntl.ioctl(line, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def spawn():
    child = os.fork()
    if child == 0:
        take_terminal()
        os.closerange(3, 256)
        os.execvp(program[0], program)
    return child


def take_terminal():
    os.setsid()
    fcntl.ioctl(line, termios.TIOCSCTTY, 0)
    for target in (0, 1, 2):
        os.dup2(line, target)


def modes():
    # A local mode that the line discipline sets by itself while input waits: no program chose it.
    found = termios.tcgetattr(line)
    found[3] &= ~termios.PENDIN
    return found


def pump(child):
    """Until the program has ended and all it printed was handed on. Returns its exit code."""
    sources, control, code = [main, 0, 3], b"", None
    while True:
        ready, _, _ = select.select(sources, [], [], 0 if code is not None else 0.05)
        if main in ready:
            os.write(1, os.read(main, 65536))
        if 3 in ready:
            asked = os.read(3, 4096)
            if not asked:
                sources.remove(3)
            *whole, control = (control + asked).split(b"\n")
            for size in whole:
                resize(*map(int, size.split()))
        if 0 in ready:
            typed = os.read(0, 65536)
            if typed:
                os.write(main, typed)
            else:
                sources.remove(0)
        if code is not None and main not in ready:
            return code
        if code is None:
            ended, status = os.waitpid(child, os.WNOHANG)
            code = os.waitstatus_to_exitcode(status) if ended else None


resize(rows, columns)
before = modes()
code = pump(spawn())
os.write(4, f"{code} {'same' if modes() == before else 'changed'}\n".encode())
