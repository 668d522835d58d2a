export async function runSchema(..._args: unknown[]): Promise<never> { throw new Error('not built'); }
