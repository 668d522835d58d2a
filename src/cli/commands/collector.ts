export async function runCollector(..._args: unknown[]): Promise<never> { throw new Error('not built'); }
