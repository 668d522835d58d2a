export async function runVerify(..._args: unknown[]): Promise<never> { throw new Error('not built'); }
