import type { ReadStream, WriteStream } from 'node:tty';

/** The terminal's two ends, named here so that no other file of the screens needs Node's types. */
export type TerminalIn = ReadStream;
export type TerminalOut = WriteStream;
