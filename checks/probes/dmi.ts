import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';

/** Who says that they built the machine; empty where the firmware does not say. No serial numbers. */
export type Dmi = {
  readonly sysVendor: string;
  readonly productName: string;
  readonly boardVendor: string;
  readonly biosVendor: string;
  /** The chassis carries the mark of Azure, which tells it from any other Hyper-V. */
  readonly isAzure: boolean;
};

// All may be read by anybody, other than the serial numbers beside them. The asset tag itself stays on the node: it is
// only compared with the one that every machine of Azure has (systemd, src/basic/virt.c; cloud-init, DataSourceAzure).
const SCRIPT = `cd /sys/class/dmi/id 2>/dev/null || { echo 'there is no /sys/class/dmi/id: no DMI tables on this machine' >&2; exit 127; }
for f in sys_vendor product_name board_vendor bios_vendor; do
  v=
  [ ! -r "$f" ] || read -r v <"$f"
  printf '%s=%s\\n' "$f" "$v"
done
v=
[ ! -r chassis_asset_tag ] || read -r v <chassis_asset_tag
[ "$v" != 7783-7084-3265-9085-8269-3286-77 ] || echo azure=yes
:`;

const LINE = /^(sys_vendor|product_name|board_vendor|bios_vendor)=(.{0,200})$/;

function parse(stdout: string): Dmi {
  const values = new Map<string, string>();
  for (const line of stdout.split('\n')) {
    const match = line.length > 300 ? null : LINE.exec(line.trimEnd());
    if (match?.[1] !== undefined) values.set(match[1], (match[2] ?? '').trim());
  }
  if (!values.has('sys_vendor')) throw new ProbeParseError('it has no line sys_vendor=');
  const of = (key: string): string => values.get(key) ?? '';
  return {
    sysVendor: of('sys_vendor'),
    productName: of('product_name'),
    boardVendor: of('board_vendor'),
    biosVendor: of('bios_vendor'),
    isAzure: stdout.split('\n').some((line) => line.trimEnd() === 'azure=yes'),
  };
}

/** The makers of machine, board and firmware. */
export const dmi = defineProbe<Dmi>({
  id: 'dmi',
  command: 'cat /sys/class/dmi/id/{sys_vendor,product_name,board_vendor,bios_vendor}',
  script: `(\n${SCRIPT}\n)`,
  rootCommands: [],
  timeoutSeconds: 5,
  maxBytes: 4096,
  fields: {
    sysVendor: 'plain',
    productName: 'plain',
    boardVendor: 'plain',
    biosVendor: 'plain',
    isAzure: 'plain',
  },
  parse: ({ stdout }) => parse(stdout),
});
