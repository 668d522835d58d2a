import { rename, rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { systemErrorWords } from '../../domain/system-error.js';
import { visibleLine } from '../../domain/visible.js';

/** A file that goes beside a bundle. */
export type SideFile = { readonly path: string; readonly text: string };

/** Under its name only when it is whole: half a report would be read as a whole one. Answers why not; null when it is there. */
async function writeOne({ path, text }: SideFile): Promise<string | null> {
  const temporary = `${path}.${String(process.pid)}.part`;
  try {
    await writeFile(temporary, text, { mode: 0o644, flag: 'wx' });
    await rename(temporary, path);
    return null;
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    return `${visibleLine(basename(path))} (${systemErrorWords(error)})`;
  }
}

/** Writes files beside a bundle that is there already. One that cannot be written keeps back no other. Never rejects. */
export async function writeBeside(
  files: readonly SideFile[],
): Promise<{ readonly written: readonly string[]; readonly problem?: string }> {
  const written: string[] = [];
  const missing: string[] = [];
  for (const file of files) {
    const why = await writeOne(file);
    if (why === null) written.push(file.path);
    else missing.push(why);
  }
  if (missing.length === 0) return { written };
  const what = missing.join(', ');
  return {
    written,
    problem: `The bundle is whole, but beside it this was not written: ${what}. Make room there, or move away what has that name; then Enter writes again.`,
  };
}
