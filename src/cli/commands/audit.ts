export async function runAudit(..._args: unknown[]): Promise<never> { throw new Error('not built'); }
