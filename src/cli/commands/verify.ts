import { verifyBundle } from '../../bundle/verify-bundle.js';
import { visibleLine } from '../../domain/visible.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { emit } from '../io.js';
import { readBytes, readText } from '../files/read-text.js';

/** `calico-ready verify`: ends 0 when everything is right, whatever the readiness inside. */
export async function runVerify(
  bundle: string,
  options: { readonly allowedSigners: string; readonly signer: string },
): Promise<ExitCode> {
  const signers = await readText(options.allowedSigners, 'allowed signers file');
  const packed = await readBytes(bundle, 'bundle', 512 * 1024 * 1024);
  const { files, fingerprint } = await verifyBundle(packed, signers, options.signer, Date.now());
  await emit(
    `OK: ${String(files)} files, signed by ${visibleLine(options.signer)} with ${fingerprint}\n`,
    undefined,
  );
  return EXIT.good;
}
