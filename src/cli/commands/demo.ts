import type { DemoOptions } from '../demo/demo-options.js';
import type { ExitCode } from '../exit-codes.js';

/** Whether a flag asks for what only the audit does: a report in a format or a file, or a bundle without a signature. */
const asksForAudit = ({ format, output, unsigned }: DemoOptions): boolean =>
  format !== 'human' || output !== undefined || unsigned === true;

/**
 * `calico-ready demo`: the wizard on the embedded fleet; without a terminal, or with a flag that the wizard could not
 * follow, its audit. Ends with the fleet's code.
 */
export async function runDemo(options: DemoOptions): Promise<ExitCode> {
  if (process.stdin.isTTY && process.stdout.isTTY && !asksForAudit(options)) {
    const { showDemo } = await import('../demo/show-demo.js');
    return showDemo(options);
  }
  const { auditDemo } = await import('../demo/audit-demo.js');
  return auditDemo(options);
}
