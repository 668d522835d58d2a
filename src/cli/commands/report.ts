export async function runReport(..._args: unknown[]): Promise<never> { throw new Error('not built'); }
