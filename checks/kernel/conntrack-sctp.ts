import { defineCheck } from '../../src/domain/check.js';
import { modprobeProtoSctp } from '../probes/modprobe-n.js';
import { CONNTRACK_SCTP, SCTP_SOCKETS } from '../requirements/kernel-features.js';
import { pageB, pageToday } from '../requirements/sources.js';
import { verdictOnAll } from './feature-list.js';
import { kernelWitnesses } from './witnesses.js';

const SAYS = 'Connection tracking has SCTP support when SCTP is used.';

/** Without it the packets of an SCTP association belong to no connection. */
export const conntrackSctp = defineCheck({
  id: 'kernel/conntrack-sctp',
  title: 'Connection tracking knows SCTP',
  why: 'Without it SCTP packets are invalid to connection tracking, and Felix drops what is invalid: associations between pods never come up.',
  sources: [
    pageB('B21', 'kernel-dependencies', SAYS),
    pageToday('kernel-dependencies', SAYS),
    {
      page: 'projectcalico/calico#2570',
      url: 'https://github.com/projectcalico/calico/issues/2570',
      date: '2026-08-22',
      says: 'SCTP packets are dropped where nf_conntrack_proto_sctp is not loaded; newer kernels have it in nf_conntrack.',
    },
  ],
  disagreement:
    'Felix of every release asks modprobe for nf_conntrack_proto_sctp (read 2026-08), a module that newer kernels do not have: there CONFIG_NF_CT_PROTO_SCTP=y makes it a part of nf_conntrack, and its absence is no failure. The configuration, or the running kernel itself, judges.',
  severity: 'required',
  waivable: true,
  skip: ({ sctp }) => (sctp ? null : 'the intent (sctp: false) uses no SCTP'),
  rule: () =>
    'It passes when CONFIG_NF_CT_PROTO_SCTP is set, the module nf_conntrack_proto_sctp of old kernels is there, or the running kernel shows SCTP among its timeouts. Where sockets of SCTP (the module sctp) are missing or kept from loading it warns, because pods need them too.',
  breaks: ['SCTP between pods, and services with SCTP ports'],
  alternatives: () => ['sctp: false'],
  needs: {},
  witnesses: { ...kernelWitnesses, modprobeProtoSctp },
  judge: (facts) =>
    verdictOnAll(
      {
        needed: [CONNTRACK_SCTP],
        helpful: [SCTP_SOCKETS],
        expected: 'connection tracking of SCTP, and the module sctp for the pods',
      },
      { ...facts, pasted: [facts.modprobeProtoSctp] },
    ),
});
