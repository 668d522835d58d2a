import { visibleLine } from '../../domain/visible.js';
import type { Session } from '../../domain/transport.js';
import type { AccessSettings } from '../../session/state.js';

/** Asks who the login user is and whether sudo or doas works without a password; changes nothing. */
export const PRIVILEGE_QUESTION = [
  'main() {',
  'PATH=/usr/sbin:/sbin:/usr/bin:/bin:$PATH; export PATH',
  'if [ "$(id -u)" = 0 ]; then echo "@@privilege root"',
  'elif sudo -n true </dev/null >/dev/null 2>&1; then echo "@@privilege sudo without a password"',
  'elif doas -n true </dev/null >/dev/null 2>&1; then echo "@@privilege doas without a password"',
  'elif sudo -n -l </dev/null >/dev/null 2>&1; then echo "@@privilege sudo without a password for some commands"',
  'elif command -v sudo >/dev/null 2>&1; then echo "@@privilege not root; sudo asks for a password or is not allowed"',
  'elif command -v doas >/dev/null 2>&1; then echo "@@privilege not root; doas asks for a password or is not allowed"',
  'else echo "@@privilege not root, and there is neither sudo nor doas"',
  'fi; }; main',
  '',
].join('\n');

const DEADLINE_MS = 20_000;
const MOST_BYTES = 65_536;

/** What the login user may do, in words for the screen. A node that does not say is told as such, not failed. */
export async function privilegeOf(
  session: Session,
  become: AccessSettings['become'],
  signal: AbortSignal,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  const end = await session.run(
    {
      script: PRIVILEGE_QUESTION,
      deadlineMs: DEADLINE_MS,
      maxStdout: MOST_BYTES,
      maxStderr: MOST_BYTES,
      runAs: 'login',
      onStdout: (chunk) => chunks.push(chunk),
      onStderr: () => undefined,
    },
    signal,
  );
  if (end.kind !== 'exited') return 'not known';
  const said =
    /^@@privilege (.{1,80})$/m.exec(Buffer.concat(chunks).toString('utf8'))?.[1] ?? 'not known';
  return visibleLine(
    become === 'none' && said !== 'root' ? 'not root, and not becoming root' : said,
    80,
  );
}
