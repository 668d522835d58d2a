import { afterEach, expect, test } from 'vitest';
import { Pty } from './pty.js';
import { describeWith } from './require-tool.js';

const open: Pty[] = [];
const start = (script: string): Pty => {
  const pty = new Pty('sh', ['-c', script]);
  open.push(pty);
  return pty;
};

afterEach(async () => {
  for (const pty of open.splice(0)) await pty.close();
});

describeWith(['python3', 'stty'], 'a program in a pseudo-terminal', () => {
  test('sees a terminal of 80x24, and its new size', async () => {
    const pty = start('while stty size; read line; do echo got $line; done');
    await pty.waitForText(/^24 80$/m);
    pty.resize(100, 30);
    await pty.go('word\r', /^got word\n30 100$/m);
    expect(pty.screen()).toHaveLength(30);
    pty.press('\u0004');
    expect(await pty.exit()).toEqual({ code: 0, modesRestored: true });
  });

  test('is told from one that leaves the terminal raw', async () => {
    const pty = start('stty raw -echo; printf "\\033[?1049h\\033[?25l"; exit 7');
    expect(await pty.exit()).toEqual({ code: 7, modesRestored: false });
    expect([pty.alternate, pty.cursorShown]).toEqual([true, false]);
  });

  test('is not seen while half of an update is written', async () => {
    // The terminal answers where the cursor is (DSR 6), so the two halves are two writes.
    const pty = start(
      'stty raw -echo; printf "\\033[?2026hhalf\\033[6n"; dd bs=1 count=6 2>/dev/null >/dev/null; printf " whole\\033[?2026l"; cat',
    );
    const half = expect(pty.waitForText(/half(?! whole)/)).rejects.toThrow('the program ended');
    await pty.waitForText(/half whole/);
    await pty.close();
    await half;
  });

  test('is hung up when the terminal closes', async () => {
    const pty = start('echo there; exec sleep 1000');
    await pty.waitForText(/there/);
    await pty.close();
    expect((await pty.exit()).code).toBeNaN();
  });
});
