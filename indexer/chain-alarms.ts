import { ChainAlarm, type ChainWatchSeen } from "../schema/chain-watch.js";

/** Largest age of the newest block that is still well, in seconds: many times the block time of every chain that we run on. */
const headAgeLimit = 30;
/** How far the newest block may be ahead of our clock, in seconds. */
const aheadLimit = 5;
/** Rounds of all signers in which each must have sealed a block. */
const silentRounds = 4;

/** @returns what is wrong, by what was seen. Pure. @param disagree - the nodes have different final blocks. */
export function chainAlarms({ nodes, signers }: Pick<ChainWatchSeen, "nodes" | "signers">, disagree: boolean): ChainWatchSeen["alarms"] {
  const alarms: ChainWatchSeen["alarms"] = [];
  const raise = (alarm: ChainAlarm, about: string): number => alarms.push({ alarm, about });
  nodes.forEach(({ up, peers, syncing }, index) => {
    const name = `node ${index + 1}`;
    if (!up) raise(ChainAlarm.NODE_DOWN, `${name} does not answer, or serves another chain`);
    if (syncing) raise(ChainAlarm.NODE_SYNCING, `${name} is catching up`);
    if (peers === 0 && signers.length > 1) raise(ChainAlarm.NO_PEERS, `${name} has no peer`);
  });
  if (disagree) raise(ChainAlarm.NODES_DISAGREE, "the nodes have different final blocks");
  const drifts = nodes.flatMap(({ drift }) => (drift === null ? [] : [drift]));
  const youngest = Math.min(...drifts);
  if (drifts.length > 0 && youngest > headAgeLimit) raise(ChainAlarm.HEAD_OLD, `the newest block is ${Math.round(youngest)} s old`);
  if (drifts.length > 0 && youngest < -aheadLimit) raise(ChainAlarm.CLOCK_DRIFT, `the newest block is ${Math.round(-youngest)} s ahead of the clock`);
  const head = Math.max(-1, ...nodes.map((node) => node.head ?? -1));
  for (const { address, lastBlock } of signers) {
    if (head - lastBlock > silentRounds * signers.length) raise(ChainAlarm.SIGNER_SILENT, `${address} has sealed none of the last ${head - lastBlock} blocks`);
  }
  return alarms;
}
