import { resolve } from 'node:path';
import { InputError } from '../../domain/errors.js';
import { checkDestination } from '../files/write-text.js';
import type { CommonOptions } from '../options.js';

type Destinations = Partial<
  Pick<CommonOptions, 'output' | 'bundle' | 'signKey' | 'unsigned' | 'profile'>
>;

/** The flag that says how a bundle is made, where none is. */
function idleFlag({ bundle, signKey, unsigned, profile }: Destinations): string | null {
  if (bundle !== undefined) return null;
  if (signKey !== undefined) return '--sign-key';
  if (unsigned === true) return '--unsigned';
  return profile === 'support' ? '--profile' : null;
}

/** Refuses, before any node is asked, results that could not be delivered. Rejects with InputError. */
export async function checkDestinations(options: Destinations): Promise<void> {
  const { output, bundle } = options;
  const idle = idleFlag(options);
  if (idle !== null)
    throw new InputError(
      `${idle} says how a bundle is made, and no bundle is named.`,
      'Name it with --bundle FILE, or leave the flag out.',
    );
  if (output !== undefined && bundle !== undefined && resolve(output) === resolve(bundle))
    throw new InputError('--output and --bundle name the same file.', 'Name two files.');
  if (output !== undefined) await checkDestination(output, 'written');
  if (bundle !== undefined) await checkDestination(bundle, 'replaced');
}
