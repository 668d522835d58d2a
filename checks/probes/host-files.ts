import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';
import { HOST_PATHS, type HostPath } from '../requirements/host-paths.js';

/** `hidden`: a folder above it may not be entered by the login user, so nobody knows. */
export type PathKind = 'directory' | 'file' | 'other' | 'dangling' | 'missing' | 'hidden';
export type HostFiles = ReadonlyMap<HostPath, PathKind>;

const KINDS = ['directory', 'file', 'other', 'dangling', 'missing', 'hidden'] as const;

// Builtins alone: no process for a path.
const SCRIPT = `for p in ${HOST_PATHS.join(' ')}; do
  if [ -d "$p" ]; then k=directory
  elif [ -f "$p" ]; then k='file'
  elif [ -e "$p" ]; then k=other
  elif [ -L "$p" ]; then k=dangling
  else
    q=\${p%/*}
    while [ -n "$q" ] && [ ! -e "$q" ]; do q=\${q%/*}; done
    if [ -x "\${q:-/}" ]; then k=missing; else k=hidden; fi
  fi
  printf '%s %s\\n' "$k" "$p"
done
echo end`;

function parse(stdout: string): HostFiles {
  const lines = stdout.split('\n').filter((line) => line !== '');
  if (lines.pop() !== 'end') throw new ProbeParseError('it does not end with "end"');
  const found = new Map<HostPath, PathKind>();
  for (const line of lines) {
    const [word = '', name = ''] = line.split(' ', 2);
    const kind = KINDS.find((known) => known === word);
    const path = HOST_PATHS.find((known) => known === name);
    if (kind === undefined) throw new ProbeParseError('a path without a kind');
    if (path !== undefined) found.set(path, kind);
  }
  if (found.size === 0) throw new ProbeParseError('it names no path that was asked for');
  return found;
}

/** Whether the paths that checks ask for are there, and as what. Nothing is read from them. */
export const hostFiles = defineProbe<HostFiles>({
  id: 'host-files',
  command: 'ls -ld PATH',
  script: SCRIPT,
  rootCommands: [],
  timeoutSeconds: 10,
  maxBytes: 16_384,
  fields: { keys: 'plain', values: 'plain' },
  parse: ({ stdout }) => parse(stdout),
});
