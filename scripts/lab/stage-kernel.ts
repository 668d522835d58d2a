import { show, uncover, write, STAGE_DIR } from './breakage.js';

const CONFIG = '/proc/config.gz';
const COPY = `${STAGE_DIR}/proc-config.gz`;
const INOTIFY = '/proc/sys/fs/inotify';

/** Shell text that sets symbols of the staged kernel configuration, in the place where it is mounted. */
export const configure = (value: 'y' | 'm' | 'n', ...symbols: readonly string[]): string => {
  const line = (symbol: string): string =>
    value === 'n' ? `# CONFIG_${symbol} is not set` : `CONFIG_${symbol}=${value}`;
  const gone = `CONFIG_(${symbols.join('|')})[= ]`;
  return `{ zcat ${COPY} | grep -vE '${gone}'; printf '%s\\n' ${symbols.map((one) => `'${line(one)}'`).join(' ')}; } | gzip -1 > ${COPY}.new && cat ${COPY}.new > ${COPY}`;
};

const ALL = [
  ...['NET_IPIP', 'WIREGUARD', 'IP_VS', 'IP_VS_RR', 'IP_VS_WRR', 'IP_VS_SH', 'IP_VS_NFCT'],
  ...['NETFILTER_XT_MATCH_IPVS', 'NETFILTER_XT_MATCH_SCTP', 'IP_SCTP', 'NF_CT_PROTO_SCTP'],
  ...['IP_SET_HASH_NETNET', 'NET_CLS_BPF', 'NET_SCH_INGRESS', 'CGROUP_BPF', 'NFT_CONNLIMIT'],
];

const staged = `mountpoint -q ${CONFIG}`;

/** A kernel of this machine whose configuration has all that Calico can ask for. */
export const wholeKernel = {
  what: 'a kernel configuration that has everything, and high limits of inotify',
  set: () =>
    `${staged} || { ${show(CONFIG, `zcat ${CONFIG} | gzip -1`)} && ${configure('y', ...ALL)} && for one in instances:8192 watches:524288; do f=${STAGE_DIR}/inotify-\${one%%:*}; echo \${one##*:} > $f && mount --bind $f ${INOTIFY}/max_user_\${one%%:*} || exit 1; done; }`,
  clear: () =>
    `${uncover(CONFIG)}; ${uncover(`${INOTIFY}/max_user_instances`)}; ${uncover(`${INOTIFY}/max_user_watches`)}`,
};

const UBUNTU = 'ID=ubuntu\nVERSION_ID="22.04"\nPRETTY_NAME="Ubuntu 22.04.5 LTS"';
const FOLDER = '/lib/modules/$(cat /proc/sys/kernel/osrelease)';

/** An Ubuntu whose kernel loads modules, with one of them installed. */
export const modularKernel = {
  what: 'an Ubuntu whose kernel has SCTP as a module',
  set: () =>
    `${staged} || { ${show(CONFIG, `zcat ${CONFIG} | gzip -1`)} && ${configure('y', 'MODULES', ...ALL)} && ${configure('m', 'IP_SCTP')} && mkdir -p ${FOLDER} && echo kernel/net/sctp/sctp.ko: > ${FOLDER}/modules.dep && rm /etc/os-release && ${write('/etc/os-release', UBUNTU)}; }`,
  clear: () =>
    `${uncover(CONFIG)}; rm -rf /lib/modules; ln -sf ../usr/lib/os-release /etc/os-release`,
};
