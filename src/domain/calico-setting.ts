/** A setting of Calico itself that mends a finding: data, printed with the finding and exported with the Installation. */
export type CalicoSetting = {
  /** Path within the operator's Installation resource, such as `spec.calicoNetwork.mtu`; null when it has none there. */
  readonly installation: string | null;
  /** The same for a manifest install: an environment variable of calico-node or a key of its ConfigMap. Null when there is none. */
  readonly manifest: string | null;
  /** A number, a word, or a list of words. */
  readonly value: number | string | readonly string[];
  /** Why, in one sentence. */
  readonly why: string;
};
