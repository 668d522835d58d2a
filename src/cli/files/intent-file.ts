import * as z from 'zod';
import { parseCidr } from '../../domain/cidr.js';
import { InputError } from '../../domain/errors.js';
import { DEFAULT_INTENT, INTENT_CHOICES, type Intent } from '../../domain/intent.js';
import { visibleLine } from '../../domain/visible.js';
import { expectedOf } from './expected.js';
import { isPort } from './node-argument.js';
import { readText } from './read-text.js';
import { parseYaml } from './yaml-document.js';

const whole = (least: number, most: number, expected: string) =>
  z
    .int({ error: expected })
    .refine((value) => value >= least && value <= most, { error: expected });
const port = whole(1, 65535, 'a port from 1 to 65535');
const MTU = '`auto` or a number of bytes from 576 to 65535';
// An address alone is read as one host elsewhere; a pool of one address is never meant.
const cidr = z.string().refine((text) => text.includes('/') && parseCidr(text) !== null, {
  error: 'a CIDR such as 192.168.0.0/16',
});
const RANGE = 'a range of ports such as 30000-32767';
const HOST_PORT = 'host:port, or empty';

function isPortRange(text: string): boolean {
  const [first, last] = text.split('-').map(Number);
  return (
    first !== undefined && last !== undefined && isPort(first) && isPort(last) && first <= last
  );
}

const matching = (pattern: RegExp, expected: string) =>
  z.string().regex(pattern, { error: expected });

const schema = z
  .strictObject({
    calico: z.enum(INTENT_CHOICES.calico),
    install: z.enum(INTENT_CHOICES.install),
    dataplane: z.enum(INTENT_CHOICES.dataplane),
    encapsulation: z.enum(INTENT_CHOICES.encapsulation),
    bgp: z.boolean(),
    typha: z.boolean(),
    wireguard: z.enum(INTENT_CHOICES.wireguard),
    ipFamilies: z
      .array(z.enum(INTENT_CHOICES.ipFamilies))
      .min(1)
      .refine((families) => new Set(families).size === families.length, {
        error: 'each family once',
      }),
    podCIDRs: z.array(cidr).min(1).max(16),
    serviceCIDRs: z.array(cidr).min(1).max(16),
    // facts.md 10: 20 to 32 for IPv4, 116 to 128 for IPv6.
    blockSize: z
      .int()
      .refine((size) => (size >= 20 && size <= 32) || (size >= 116 && size <= 128), {
        error: 'a prefix length from 20 to 32, or from 116 to 128 for IPv6',
      }),
    mtu: z
      .union([z.literal('auto'), z.int()], { error: MTU })
      .refine((mtu) => mtu === 'auto' || (mtu >= 576 && mtu <= 65535), { error: MTU }),
    sctp: z.boolean(),
    datastore: z.enum(INTENT_CHOICES.datastore),
    etcdEndpoints: z
      .array(
        matching(
          /^(https?:\/\/)?[A-Za-z0-9._:[\]-]{1,255}$/,
          'an endpoint such as https://10.0.0.1:2379',
        ),
      )
      .max(64),
    kubernetes: matching(
      /^\d{1,2}\.\d{1,3}(\.\d{1,3})?$/,
      'a Kubernetes version in quotes such as "1.34"',
    ),
    kubeProxy: z.enum(INTENT_CHOICES.kubeProxy),
    nodePortRange: matching(/^\d{1,5}-\d{1,5}$/, RANGE).refine(isPortRange, { error: RANGE }),
    apiServer: matching(/^([A-Za-z0-9._:[\]-]{1,255}:\d{1,5})?$/, HOST_PORT).refine(
      (text) => text === '' || isPort(Number(text.split(':').at(-1))),
      { error: HOST_PORT },
    ),
    apiServerPort: port,
    typhaPort: port,
    vxlanPort: port,
    network: z.enum(INTENT_CHOICES.network),
  })
  .partial();

const KEYS = Object.keys(DEFAULT_INTENT);

type Place = (path: readonly PropertyKey[]) => string;

// Versions are compared as text; an unquoted 1.30 is the number 1.3, so it is refused rather than guessed.
const QUOTED = new Set(['calico', 'kubernetes']);

function explain(
  issue: z.core.$ZodIssue,
  [place, placeOfKey]: readonly [Place, Place],
  value: unknown,
): InputError {
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    return new InputError(
      `${placeOfKey([...issue.path, key])}: unknown key "${visibleLine(key, 60)}".`,
      `The known keys are ${KEYS.join(', ')}.`,
    );
  }
  if (issue.path.length === 0) {
    return new InputError(
      `${place([])}: this is not an intent: it is no list of \`key: value\` lines.`,
      'Print one with calico-ready intent.',
    );
  }
  const at = issue.path.join('.');
  if (
    QUOTED.has(at) &&
    typeof value === 'object' &&
    typeof (value as Record<string, unknown>)[at] === 'number'
  ) {
    return new InputError(
      `${place(issue.path)}: "${at}" must be in quotes.`,
      `Write it as in ${at}: "${DEFAULT_INTENT[at as 'calico']}".`,
    );
  }
  return new InputError(
    `${place(issue.path)}: "${visibleLine(at, 60)}" is not what it should be.`,
    `Expected ${expectedOf(issue)}.`,
  );
}

/** Completes and validates an intent. Throws InputError naming the place, the key and what was expected. */
export function validateIntent(value: unknown, place: Place, placeOfKey: Place = place): Intent {
  const parsed = schema.safeParse(value ?? {});
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw issue === undefined
      ? new InputError('The intent is not valid.', 'Print one with `calico-ready intent`.')
      : explain(issue, [place, placeOfKey], value);
  }
  const given = Object.fromEntries(
    Object.entries(parsed.data).filter(([, item]) => (item as unknown) !== undefined),
  );
  return { ...DEFAULT_INTENT, ...given };
}

export function parseIntent(text: string, name: string): Intent {
  const document = parseYaml(text, name, 'intent file');
  return validateIntent(document.value, document.place, document.placeOfKey);
}

export const readIntent = async (path: string): Promise<Intent> =>
  parseIntent(await readText(path, 'intent file'), path);
