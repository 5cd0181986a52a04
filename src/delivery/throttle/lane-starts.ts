/**
 * The limits that a relay which delivers to the mailbox providers itself (`direct`) starts with, across all processes:
 * the values that KumoMTA ships (assets/policy-extras/shaping.toml and assets/community/shaping.toml, August 2026).
 * Kept as data, so that they are easy to update. Behind a relay that has a queue of its own, lanes start unlimited and
 * only react.
 */
export interface LaneStart {
  /** Concurrent hand-overs. */
  connections: number | null;
  /** Messages per second; null: no limit. */
  rate: number | null;
}

const starts: Readonly<Record<string, LaneStart>> = {
  // Gmail and Workspace together: 5 connections for the provider
  google: { connections: 5, rate: null },
  // outlook (.olc.protection), office365 (.mail.protection) and .mx.microsoft: 5 each
  microsoft: { connections: 5, rate: null },
  // .yahoodns.net: the default of 10 connections and 100 messages a second
  yahoo: { connections: 10, rate: 100 },
  // .icloud.com: 10
  apple: { connections: 10, rate: 100 },
  // .qq.com: 4
  tencent: { connections: 4, rate: null },
  // .netease.com: 4
  netease: { connections: 4, rate: null },
};

/** `other` is many small hosts, each with limits of its own: no single number fits them all. */
export const directStart = (lane: string): LaneStart | null => starts[lane] ?? null;
